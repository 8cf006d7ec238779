package dev.parley.broker.management;

import dev.parley.broker.BindingInfo;
import dev.parley.broker.BrokerCounters;
import dev.parley.broker.ConnectionInfo;
import dev.parley.broker.ConsumerInfo;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.ExchangeInfo;
import dev.parley.broker.Permissions;
import dev.parley.broker.Permissions.Action;
import dev.parley.broker.QueueInfo;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.auth.User;
import dev.parley.broker.management.ManagementServer.Answer;
import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The calls of the management API, with the names RabbitMQ gives things there. Thread-safe. */
public final class ManagementApi {
    private final EmbeddedBroker broker;

    public ManagementApi(EmbeddedBroker broker) {
        this.broker = broker;
    }

    public static Answer notFound() {
        return Answer.error(HttpURLConnection.HTTP_NOT_FOUND, "Object Not Found", "Not Found");
    }

    /**
     * Answers a call by its path after {@code /api/}: the kind of thing, then virtual host and name where given.
     *
     * @param conditions the parameters that are "true", such as {@code if-empty}
     */
    public Answer answer(String method, List<String> path, Set<String> conditions, User user) {
        String virtualHost = path.size() > 1 ? path.get(1) : null;
        String name = path.size() > 2 ? path.get(2) : null;
        if (virtualHost != null && !user.permissions().containsKey(virtualHost)) {
            return notFound();
        }
        if (path.size() > 3) {
            return notFound();
        }
        return switch (method) {
            case "GET" -> read(path.get(0), virtualHost, name, user);
            case "DELETE" -> delete(path.get(0), virtualHost, name, conditions, user);
            default -> Answer.error(HttpURLConnection.HTTP_BAD_METHOD, "method_not_allowed", "GET or DELETE");
        };
    }

    private Answer read(String kind, @Nullable String virtualHost, @Nullable String name, User user) {
        return switch (kind) {
            case "overview" -> Answer.ok(overview());
            case "whoami" -> Answer.ok(Map.of("name", user.name(), "tags", List.of("administrator")));
            case "vhosts" ->
                Answer.ok(broker.virtualHosts().stream()
                        .filter(user.permissions()::containsKey)
                        .map(host -> Map.of("name", host))
                        .toList());
            case "queues" -> select(broker.queues().stream().map(ManagementApi::queue), virtualHost, name, user);
            case "exchanges" ->
                select(broker.exchanges().stream().map(ManagementApi::exchange), virtualHost, name, user);
            case "bindings" -> select(broker.bindings().stream().map(ManagementApi::binding), virtualHost, null, user);
            case "consumers" ->
                select(broker.consumers().stream().map(ManagementApi::consumer), virtualHost, null, user);
            case "connections" ->
                select(broker.connections().stream().map(ManagementApi::connection), null, null, user);
            default -> notFound();
        };
    }

    private static Answer select(
            Stream<Map<String, @Nullable Object>> all, @Nullable String virtualHost, @Nullable String name, User user) {
        List<Map<String, @Nullable Object>> selected = all.filter(
                        one -> user.permissions().containsKey(String.valueOf(one.get("vhost")))
                                && (virtualHost == null || virtualHost.equals(one.get("vhost")))
                                && (name == null || name.equals(one.get("name"))))
                .toList();
        if (name == null) {
            return Answer.ok(selected);
        }
        return selected.isEmpty() ? notFound() : Answer.ok(selected.get(0));
    }

    private Answer delete(
            String kind, @Nullable String virtualHost, @Nullable String name, Set<String> conditions, User user) {
        if (virtualHost == null || name == null) {
            return notFound();
        }
        Permissions permissions = user.permissions().get(virtualHost);
        if (permissions == null || !permissions.allows(Action.CONFIGURE, name)) {
            return Answer.error(
                    HttpURLConnection.HTTP_UNAUTHORIZED, "not_authorised", "User not authorised to configure " + name);
        }
        boolean ifUnused = conditions.contains("if-unused");
        boolean deleted;
        try {
            deleted = switch (kind) {
                case "queues" -> broker.deleteQueue(virtualHost, name, ifUnused, conditions.contains("if-empty"));
                case "exchanges" -> broker.deleteExchange(virtualHost, name, ifUnused);
                default -> false;
            };
        } catch (AmqpException e) {
            return Answer.error(HttpURLConnection.HTTP_BAD_REQUEST, "bad_request", e.replyText());
        }
        return deleted ? new Answer(HttpURLConnection.HTTP_NO_CONTENT, null) : notFound();
    }

    private Map<String, @Nullable Object> overview() {
        BrokerCounters counters = broker.counters();
        List<QueueInfo> queues = broker.queues();
        List<ConnectionInfo> connections = broker.connections();
        long ready = queues.stream().mapToLong(QueueInfo::ready).sum();
        long unacked = queues.stream().mapToLong(QueueInfo::unacked).sum();
        return map(
                "management_version",
                "3.10.8",
                "rabbitmq_version",
                "3.10.8",
                "product_name",
                "RabbitMQ",
                "product_version",
                "3.10.8",
                "cluster_name",
                "parley@localhost",
                "node",
                "parley@localhost",
                "message_stats",
                map(
                        "publish",
                        counters.published(),
                        "confirm",
                        counters.confirmed(),
                        "return_unroutable",
                        counters.returned(),
                        "deliver_get",
                        counters.delivered(),
                        "ack",
                        counters.acknowledged()),
                "queue_totals",
                map("messages", ready + unacked, "messages_ready", ready, "messages_unacknowledged", unacked),
                "object_totals",
                map(
                        "connections",
                        connections.size(),
                        "channels",
                        connections.stream().mapToInt(ConnectionInfo::channels).sum(),
                        "exchanges",
                        broker.exchanges().size(),
                        "queues",
                        queues.size(),
                        "consumers",
                        queues.stream().mapToInt(QueueInfo::consumers).sum()),
                "listeners",
                List.of(map(
                        "node",
                        "parley@localhost",
                        "protocol",
                        "amqp",
                        "ip_address",
                        broker.host(),
                        "port",
                        broker.port())));
    }

    private static Map<String, @Nullable Object> queue(QueueInfo queue) {
        return map(
                "name",
                queue.name(),
                "vhost",
                queue.virtualHost(),
                "type",
                queue.kind(),
                "durable",
                queue.durable(),
                "auto_delete",
                queue.autoDelete(),
                "exclusive",
                queue.exclusive(),
                "arguments",
                queue.arguments(),
                "node",
                "parley@localhost",
                "state",
                "running",
                "messages",
                queue.ready() + queue.unacked(),
                "messages_ready",
                queue.ready(),
                "messages_unacknowledged",
                queue.unacked(),
                "message_bytes",
                queue.bytes(),
                "memory",
                queue.bytes(),
                "consumers",
                queue.consumers(),
                "message_stats",
                map("publish", queue.published(), "deliver_get", queue.delivered(), "ack", queue.acknowledged()));
    }

    private static Map<String, @Nullable Object> exchange(ExchangeInfo exchange) {
        return map(
                "name",
                exchange.name(),
                "vhost",
                exchange.virtualHost(),
                "type",
                exchange.type(),
                "durable",
                exchange.durable(),
                "auto_delete",
                exchange.autoDelete(),
                "internal",
                exchange.internal(),
                "arguments",
                exchange.arguments());
    }

    private static Map<String, @Nullable Object> binding(BindingInfo binding) {
        return map(
                "source",
                binding.source(),
                "vhost",
                binding.virtualHost(),
                "destination",
                binding.destination(),
                "destination_type",
                binding.toExchange() ? "exchange" : "queue",
                "routing_key",
                binding.routingKey(),
                "arguments",
                binding.arguments(),
                "properties_key",
                binding.routingKey().isEmpty() ? "~" : binding.routingKey());
    }

    private static Map<String, @Nullable Object> consumer(ConsumerInfo consumer) {
        return map(
                "vhost",
                consumer.virtualHost(),
                "queue",
                map("name", consumer.queue(), "vhost", consumer.virtualHost()),
                "consumer_tag",
                consumer.tag(),
                "ack_required",
                !consumer.noAck(),
                "exclusive",
                consumer.exclusive(),
                "prefetch_count",
                consumer.prefetch(),
                "active",
                consumer.active(),
                "arguments",
                consumer.arguments());
    }

    private static Map<String, @Nullable Object> connection(ConnectionInfo connection) {
        return map(
                "name",
                connection.name(),
                "user_provided_name",
                connection.clientName(),
                "user",
                connection.user(),
                "vhost",
                connection.virtualHost(),
                "node",
                "parley@localhost",
                "protocol",
                "AMQP 0-9-1",
                "state",
                connection.blocked() ? "blocked" : "running",
                "channels",
                connection.channels(),
                "channel_max",
                connection.channelMax(),
                "frame_max",
                connection.frameMax(),
                "timeout",
                connection.heartbeatSeconds(),
                "connected_at",
                connection.connectedAt().toEpochMilli(),
                "client_properties",
                connection.clientProperties());
    }

    private static Map<String, @Nullable Object> map(Object... namesAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
