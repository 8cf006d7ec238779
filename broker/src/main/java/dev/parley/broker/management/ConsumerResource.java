package dev.parley.broker.management;

import dev.parley.broker.connection.Connection;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueConsumer;
import dev.parley.broker.virtualhost.VirtualHost;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Consumers. Thread-safe. */
final class ConsumerResource {
    private final ApiContext context;

    ConsumerResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("consumers")
                .get(Right.MANAGEMENT, request -> Listing.all(request, list(context.grantedHosts(request.user()))));
        routes.at("consumers/:vhost")
                .get(Right.VIRTUAL_HOST, request -> Listing.all(request, list(List.of(context.virtualHost(request)))));
    }

    /** The open connections by their ids, to name those of consumers. */
    static Map<Long, Connection> connections(ApiContext context) {
        return context.broker().connections().stream()
                .collect(Collectors.toMap(Connection::id, Function.identity(), (a, b) -> a));
    }

    private List<Map<String, @Nullable Object>> list(List<VirtualHost> hosts) {
        Map<Long, Connection> connections = connections(context);
        return hosts.stream()
                .flatMap(host -> host.queues().stream()
                        .sorted(Comparator.comparing(MessageQueue::name))
                        .flatMap(queue -> of(host, queue, connections)))
                .toList();
    }

    /** The consumers of a queue. */
    static Stream<Map<String, @Nullable Object>> of(
            VirtualHost host, MessageQueue queue, Map<Long, Connection> connections) {
        return queue.consumers().stream().map(consumer -> json(host, queue, consumer, connections));
    }

    static Map<String, @Nullable Object> json(
            VirtualHost host, MessageQueue queue, QueueConsumer consumer, Map<Long, Connection> connections) {
        Map<String, Object> of = new LinkedHashMap<>();
        of.put("name", queue.name());
        of.put("vhost", host.name());
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("queue", of);
        json.put("consumer_tag", consumer.tag());
        json.put("channel_details", channel(connections.get(consumer.connectionId()), consumer.channelNumber()));
        json.put("ack_required", !consumer.noAck());
        json.put("exclusive", consumer.exclusive());
        json.put("prefetch_count", consumer.prefetch());
        boolean active = queue.isActive(consumer);
        json.put("active", active && !queue.settings().kind().equals("stream"));
        json.put("activity_status", active ? "up" : "waiting");
        json.put("arguments", consumer.arguments());
        return json;
    }

    private static Object channel(@Nullable Connection connection, int number) {
        if (connection == null) {
            return List.of(); // It has gone meanwhile.
        }
        InetSocketAddress client = connection.details().clientAddress();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", ChannelResource.name(connection, number));
        json.put("number", number);
        json.put("user", connection.userName());
        json.put("connection_name", connection.toString());
        json.put("peer_host", Stats.host(client));
        json.put("peer_port", client == null ? 0 : client.getPort());
        json.put("node", ApiContext.NODE);
        return json;
    }
}
