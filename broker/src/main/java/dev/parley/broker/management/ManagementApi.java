package dev.parley.broker.management;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.auth.Grant;
import dev.parley.broker.auth.Grant.Action;
import dev.parley.broker.auth.User;
import dev.parley.broker.channel.ChannelCounters;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueConsumer;
import dev.parley.broker.virtualhost.VirtualHost;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the management API, with the names of RabbitMQ's JSON. A user sees the granted virtual hosts.
 * Thread-safe.
 */
final class ManagementApi {
    private static final String NODE = "parley@localhost";

    private final BrokerCore broker;
    private final String host;
    private final int port;

    /** Creates it for a broker that listens for AMQP at this address. */
    ManagementApi(BrokerCore broker, String host, int port) {
        this.broker = broker;
        this.host = host;
        this.port = port;
    }

    /**
     * Responds to a call by its path after {@code /api/}: what is asked for, then the virtual host and the name if
     * given.
     *
     * @param conditions the names of the parameters that are true, such as {@code if-empty}
     */
    Response respond(String method, List<String> path, Set<String> conditions, User user) {
        String virtualHost = path.size() > 1 ? path.get(1) : null;
        String name = path.size() > 2 ? path.get(2) : null;
        if (path.size() > 3 || (virtualHost != null && !user.grants().containsKey(virtualHost))) {
            return Response.notFound();
        }
        return switch (method) {
            case "GET" -> read(path.get(0), virtualHost, name, user);
            case "DELETE" -> delete(path.get(0), virtualHost, name, conditions, user);
            default -> Response.error(HttpURLConnection.HTTP_BAD_METHOD, "method_not_allowed", "GET or DELETE");
        };
    }

    private Response read(String kind, @Nullable String virtualHost, @Nullable String name, User user) {
        List<VirtualHost> hosts = hosts(virtualHost, user);
        return switch (kind) {
            case "overview" -> Response.ok(overview());
            case "whoami" -> Response.ok(Map.of("name", user.name(), "tags", List.of("administrator")));
            case "vhosts" ->
                Response.ok(hosts(null, user).stream()
                        .map(host -> Map.of("name", host.name()))
                        .toList());
            case "queues" -> select(hosts.stream().flatMap(ManagementApi::queues), name);
            case "exchanges" -> select(hosts.stream().flatMap(ManagementApi::exchanges), name);
            case "bindings" -> select(hosts.stream().flatMap(ManagementApi::bindings), null);
            case "consumers" -> select(hosts.stream().flatMap(ManagementApi::consumers), null);
            case "connections" -> select(connections(user), null);
            default -> Response.notFound();
        };
    }

    private List<VirtualHost> hosts(@Nullable String virtualHost, User user) {
        return broker.virtualHosts().values().stream()
                .filter(host -> user.grants().containsKey(host.name()))
                .filter(host -> virtualHost == null || virtualHost.equals(host.name()))
                .sorted(Comparator.comparing(VirtualHost::name))
                .toList();
    }

    private static Response select(Stream<Map<String, @Nullable Object>> all, @Nullable String name) {
        if (name == null) {
            return Response.ok(all.toList());
        }
        return all.filter(one -> name.equals(one.get("name")))
                .findFirst()
                .map(Response::ok)
                .orElseGet(Response::notFound);
    }

    private Response delete(
            String kind, @Nullable String virtualHost, @Nullable String name, Set<String> conditions, User user) {
        if (virtualHost == null || name == null) {
            return Response.notFound();
        }
        Grant grant = user.grants().get(virtualHost);
        if (grant == null || !grant.allows(Action.CONFIGURE, name)) {
            return Response.error(
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
            return Response.error(HttpURLConnection.HTTP_BAD_REQUEST, "bad_request", e.replyText());
        }
        return deleted ? Response.noContent() : Response.notFound();
    }

    private Map<String, @Nullable Object> overview() {
        ChannelCounters counters = broker.counters();
        List<VirtualHost> hosts = List.copyOf(broker.virtualHosts().values());
        List<MessageQueue> queues =
                hosts.stream().flatMap(host -> host.queues().stream()).toList();
        List<Connection> connections =
                broker.connections().stream().filter(Connection::isOpen).toList();
        long ready = queues.stream().mapToLong(MessageQueue::readyCount).sum();
        long unacked = queues.stream().mapToLong(MessageQueue::unackedCount).sum();
        Map<String, @Nullable Object> overview = new LinkedHashMap<>();
        overview.put("management_version", broker.profile().release());
        overview.put("rabbitmq_version", broker.profile().release());
        overview.put("product_name", "RabbitMQ");
        overview.put("product_version", broker.profile().release());
        overview.put("cluster_name", NODE);
        overview.put("node", NODE);
        Map<String, @Nullable Object> messages = new LinkedHashMap<>();
        messages.put("publish", counters.published());
        messages.put("confirm", counters.confirmed());
        messages.put("return_unroutable", counters.returned());
        messages.put("deliver_get", counters.delivered());
        messages.put("ack", counters.acknowledged());
        overview.put("message_stats", messages);
        overview.put(
                "queue_totals",
                Map.of("messages", ready + unacked, "messages_ready", ready, "messages_unacknowledged", unacked));
        Map<String, @Nullable Object> objects = new LinkedHashMap<>();
        objects.put("connections", connections.size());
        objects.put(
                "channels",
                connections.stream().mapToInt(Connection::channelCount).sum());
        objects.put(
                "exchanges",
                hosts.stream().mapToInt(host -> host.exchanges().size()).sum());
        objects.put("queues", queues.size());
        objects.put(
                "consumers",
                queues.stream().mapToInt(MessageQueue::consumerCount).sum());
        overview.put("object_totals", objects);
        overview.put("listeners", List.of(Map.of("node", NODE, "protocol", "amqp", "ip_address", host, "port", port)));
        return overview;
    }

    private static Stream<Map<String, @Nullable Object>> queues(VirtualHost host) {
        return host.queues().stream()
                .sorted(Comparator.comparing(MessageQueue::name))
                .map(queue -> queue(host, queue));
    }

    private static Map<String, @Nullable Object> queue(VirtualHost host, MessageQueue queue) {
        int ready = queue.readyCount();
        int unacked = queue.unackedCount();
        long bytes = queue.watermark().bytes();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", queue.name());
        json.put("vhost", host.name());
        json.put("type", queue.settings().kind());
        json.put("durable", queue.settings().durable());
        json.put("auto_delete", queue.settings().autoDelete());
        json.put("exclusive", queue.settings().exclusive());
        json.put("arguments", queue.settings().arguments());
        json.put("node", NODE);
        json.put("state", "running");
        json.put("messages", ready + unacked);
        json.put("messages_ready", ready);
        json.put("messages_unacknowledged", unacked);
        json.put("message_bytes", bytes);
        json.put("memory", bytes);
        json.put("consumers", queue.consumerCount());
        json.put(
                "message_stats",
                Map.of(
                        "publish", queue.publishedCount(),
                        "deliver_get", queue.deliveredCount(),
                        "ack", queue.acknowledgedCount()));
        return json;
    }

    private static Stream<Map<String, @Nullable Object>> exchanges(VirtualHost host) {
        return host.exchanges().stream()
                .sorted(Comparator.comparing(Exchange::name))
                .map(exchange -> {
                    Map<String, @Nullable Object> json = new LinkedHashMap<>();
                    json.put("name", exchange.name());
                    json.put("vhost", host.name());
                    json.put("type", exchange.type().text());
                    json.put("durable", exchange.settings().durable());
                    json.put("auto_delete", exchange.settings().autoDelete());
                    json.put("internal", exchange.settings().internal());
                    json.put("arguments", exchange.settings().arguments());
                    return json;
                });
    }

    private static Stream<Map<String, @Nullable Object>> bindings(VirtualHost host) {
        Stream<Map<String, @Nullable Object>> toDefault =
                host.queues().stream().map(queue -> binding(host, "", queue.name(), false, queue.name(), Map.of()));
        Stream<Map<String, @Nullable Object>> declared = host.exchanges().stream()
                .flatMap(exchange -> exchange.bindings().stream())
                .map(binding -> binding(host, binding));
        return Stream.concat(toDefault, declared);
    }

    private static Map<String, @Nullable Object> binding(VirtualHost host, Binding binding) {
        return binding(
                host,
                binding.source().name(),
                binding.destination().name(),
                binding.destination() instanceof Exchange,
                binding.routingKey(),
                binding.arguments());
    }

    private static Map<String, @Nullable Object> binding(
            VirtualHost host,
            String source,
            String destination,
            boolean toExchange,
            String routingKey,
            Map<String, @Nullable Object> arguments) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", source);
        json.put("vhost", host.name());
        json.put("destination", destination);
        json.put("destination_type", toExchange ? "exchange" : "queue");
        json.put("routing_key", routingKey);
        json.put("arguments", arguments);
        json.put("properties_key", routingKey.isEmpty() ? "~" : routingKey);
        return json;
    }

    private static Stream<Map<String, @Nullable Object>> consumers(VirtualHost host) {
        return host.queues().stream()
                .flatMap(queue -> queue.consumers().stream().map(consumer -> consumer(host, queue, consumer)));
    }

    private static Map<String, @Nullable Object> consumer(
            VirtualHost host, MessageQueue queue, QueueConsumer consumer) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("vhost", host.name());
        json.put("queue", Map.of("name", queue.name(), "vhost", host.name()));
        json.put("consumer_tag", consumer.tag());
        json.put("ack_required", !consumer.noAck());
        json.put("exclusive", consumer.exclusive());
        json.put("prefetch_count", consumer.prefetch());
        json.put("active", queue.isActive(consumer));
        json.put("arguments", consumer.arguments());
        return json;
    }

    private Stream<Map<String, @Nullable Object>> connections(User user) {
        return broker.connections().stream()
                .filter(Connection::isOpen)
                .filter(connection -> user.grants().containsKey(connection.virtualHostName()))
                .sorted(Comparator.comparingLong(Connection::id))
                .map(ManagementApi::connection);
    }

    private static Map<String, @Nullable Object> connection(Connection connection) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", connection.toString());
        json.put("user_provided_name", connection.clientName());
        json.put("user", connection.userName());
        json.put("vhost", connection.virtualHostName());
        json.put("node", NODE);
        json.put("protocol", "AMQP 0-9-1");
        json.put("state", connection.isBlocked() ? "blocked" : "running");
        json.put("channels", connection.channelCount());
        json.put("channel_max", connection.tuning().channelMax());
        json.put("frame_max", connection.tuning().frameMax());
        json.put("timeout", connection.tuning().heartbeatSeconds());
        json.put("connected_at", connection.connectedAt().toEpochMilli());
        json.put("client_properties", connection.clientProperties());
        return json;
    }
}
