package dev.parley.broker.management;

import dev.parley.broker.channel.ChannelState;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Channels. Users who are no monitors see those of their own connections. Thread-safe. */
final class ChannelResource {
    private final ApiContext context;

    ChannelResource(ApiContext context) {
        this.context = context;
    }

    void register(Routes routes) {
        routes.at("channels")
                .get(
                        Right.MANAGEMENT,
                        request -> Listing.paged(request, list(ConnectionResource.visible(context, request).stream())));
        routes.at("vhosts/:vhost/channels").get(Right.VIRTUAL_HOST, request -> {
            String name = context.virtualHost(request).name();
            return Listing.paged(
                    request,
                    list(ConnectionResource.visible(context, request).stream()
                            .filter(connection -> connection.virtualHostName().equals(name))));
        });
        routes.at("connections/:connection/channels")
                .get(
                        Right.MANAGEMENT,
                        request -> Listing.all(request, list(Stream.of(ConnectionResource.find(context, request)))));
        routes.at("channels/:channel").get(Right.MANAGEMENT, this::one);
    }

    private static List<Map<String, @Nullable Object>> list(Stream<Connection> connections) {
        return connections
                .flatMap(connection ->
                        connection.details().state().channels().stream().map(channel -> json(connection, channel)))
                .toList();
    }

    /** The name of a channel: that of its connection and its number. */
    static String name(Connection connection, int number) {
        return connection + " (" + number + ")";
    }

    private Response one(ApiRequest request) {
        String name = request.part("channel");
        int space = name.lastIndexOf(" (");
        for (Connection connection : ConnectionResource.visible(context, request)) {
            if (space < 0 || !connection.toString().equals(name.substring(0, space))) {
                continue;
            }
            for (ChannelState channel : connection.details().state().channels()) {
                if (name(connection, channel.number()).equals(name)) {
                    Map<String, @Nullable Object> json = json(connection, channel);
                    json.put("consumer_details", consumers(connection, channel));
                    json.put("deliveries", List.of());
                    json.put("publishes", List.of());
                    return Listing.one(request, json);
                }
            }
        }
        throw ApiException.notFound();
    }

    private List<Object> consumers(Connection connection, ChannelState channel) {
        VirtualHost host = context.broker().virtualHosts().get(connection.virtualHostName());
        if (host == null) {
            return List.of();
        }
        Map<Long, Connection> owner = Map.of(connection.id(), connection);
        Stream<MessageQueue> queues = host.queues().stream();
        return queues.flatMap(queue -> queue.consumers().stream()
                        .filter(consumer -> consumer.connectionId() == connection.id()
                                && consumer.channelNumber() == channel.number())
                        .<Object>map(consumer -> ConsumerResource.json(host, queue, consumer, owner)))
                .toList();
    }

    private static Map<String, @Nullable Object> json(Connection connection, ChannelState channel) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", name(connection, channel.number()));
        json.put("number", channel.number());
        json.put("node", ApiContext.NODE);
        json.put("vhost", connection.virtualHostName());
        json.put("user", connection.userName());
        json.put("user_who_performed_action", connection.userName());
        json.put("connection_details", Stats.connection(connection));
        json.put("state", connection.isBlocked() ? "flow" : "running");
        json.put("confirm", channel.confirming());
        json.put("transactional", channel.transactional());
        json.put("consumer_count", channel.consumers());
        json.put("prefetch_count", channel.prefetch());
        json.put("global_prefetch_count", channel.globalPrefetch());
        json.put("messages_unacknowledged", channel.unacknowledged());
        json.put("messages_unconfirmed", channel.unconfirmed());
        json.put("messages_uncommitted", channel.uncommitted());
        json.put("acks_uncommitted", channel.acksUncommitted());
        json.put("pending_raft_commands", 0);
        json.put("idle_since", Stats.time(channel.activeAtMillis()));
        Stats.put(json, event -> Objects.requireNonNull(channel.counts().get(event)));
        return json;
    }
}
