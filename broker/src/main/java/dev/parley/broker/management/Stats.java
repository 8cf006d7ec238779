package dev.parley.broker.management;

import dev.parley.broker.connection.Connection;
import dev.parley.broker.queue.MessageCounters;
import dev.parley.broker.queue.MessageEvent;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.VirtualHost;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The parts of JSON that several resources have. Stateless. */
final class Stats {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSxxx", Locale.ROOT);
    private static final List<MessageEvent> PUBLISHING = List.of(
            MessageEvent.PUBLISH, MessageEvent.CONFIRM, MessageEvent.RETURN_UNROUTABLE, MessageEvent.DROP_UNROUTABLE);
    private static final List<MessageEvent> DELIVERED =
            List.of(MessageEvent.DELIVER, MessageEvent.DELIVER_NO_ACK, MessageEvent.GET, MessageEvent.GET_NO_ACK);
    private static final List<MessageEvent> CONSUMING = List.of(
            MessageEvent.ACK,
            MessageEvent.DELIVER,
            MessageEvent.DELIVER_NO_ACK,
            MessageEvent.GET,
            MessageEvent.GET_EMPTY,
            MessageEvent.GET_NO_ACK,
            MessageEvent.REDELIVER);

    private Stats() {}

    /** A time as RabbitMQ writes it in UTC. */
    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
    }

    /** Adds the {@code message_stats} of a queue. */
    static void putOfQueue(Map<String, @Nullable Object> json, MessageCounters counters) {
        put(json, List.of(MessageEvent.PUBLISH), counters::get);
    }

    /** Adds the {@code message_stats} of the broker, a virtual host or a channel. */
    static void put(Map<String, @Nullable Object> json, ToLongFunction<MessageEvent> counter) {
        put(json, PUBLISHING, counter);
    }

    /** As RabbitMQ does, without the part of which nothing was counted. */
    private static void put(
            Map<String, @Nullable Object> json, List<MessageEvent> publishing, ToLongFunction<MessageEvent> counter) {
        Map<String, @Nullable Object> stats = new LinkedHashMap<>();
        if (publishing.stream().mapToLong(counter).sum() > 0) {
            publishing.forEach(event -> stats.put(name(event), counter.applyAsLong(event)));
        }
        if (CONSUMING.stream().mapToLong(counter).sum() > 0) {
            CONSUMING.forEach(event -> stats.put(name(event), counter.applyAsLong(event)));
            stats.put("deliver_get", DELIVERED.stream().mapToLong(counter).sum());
        }
        if (!stats.isEmpty()) {
            json.put("message_stats", stats);
        }
    }

    private static String name(MessageEvent event) {
        return event.name().toLowerCase(Locale.ROOT);
    }

    /** How many messages some virtual hosts hold. */
    static Map<String, @Nullable Object> totals(Collection<VirtualHost> hosts) {
        long ready = 0;
        long unacked = 0;
        for (VirtualHost host : hosts) {
            for (MessageQueue queue : host.queues()) {
                ready += queue.readyCount();
                unacked += queue.unackedCount();
            }
        }
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("messages", ready + unacked);
        json.put("messages_ready", ready);
        json.put("messages_unacknowledged", unacked);
        return json;
    }

    /** The connection of a channel or an exclusive queue. */
    static Map<String, @Nullable Object> connection(Connection connection) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", connection.toString());
        InetSocketAddress client = connection.details().clientAddress();
        json.put("peer_host", host(client));
        json.put("peer_port", client == null ? 0 : client.getPort());
        return json;
    }

    /** An address without its port; empty if there is none. */
    static String host(@Nullable InetSocketAddress address) {
        return address == null || address.getAddress() == null
                ? ""
                : address.getAddress().getHostAddress();
    }

    /** An object, which RabbitMQ writes as an empty list if it is empty. */
    static Object orEmptyList(Map<String, ? extends @Nullable Object> object) {
        return object.isEmpty() ? List.of() : object;
    }
}
