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
    private static final List<MessageEvent> OF_QUEUES = List.of(
            MessageEvent.ACK,
            MessageEvent.DELIVER,
            MessageEvent.DELIVER_NO_ACK,
            MessageEvent.GET,
            MessageEvent.GET_EMPTY,
            MessageEvent.GET_NO_ACK,
            MessageEvent.PUBLISH,
            MessageEvent.REDELIVER);

    private Stats() {}

    /** A time as RabbitMQ writes it in UTC. */
    static String time(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC));
    }

    /** The {@code message_stats} of a queue. */
    static Map<String, @Nullable Object> ofQueue(MessageCounters counters) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        OF_QUEUES.forEach(event -> json.put(name(event), counters.get(event)));
        json.put("deliver_get", counters.delivered());
        return json;
    }

    /** The {@code message_stats} of the broker or a virtual host. */
    static Map<String, @Nullable Object> of(MessageCounters counters) {
        return of(counters::get);
    }

    /** The {@code message_stats} of what counts all events. */
    static Map<String, @Nullable Object> of(ToLongFunction<MessageEvent> counter) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        long delivered = 0;
        for (MessageEvent event : MessageEvent.values()) {
            long count = counter.applyAsLong(event);
            json.put(name(event), count);
            delivered += switch (event) {
                case GET, GET_NO_ACK, DELIVER, DELIVER_NO_ACK -> count;
                default -> 0;
            };
        }
        json.put("deliver_get", delivered);
        return json;
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
