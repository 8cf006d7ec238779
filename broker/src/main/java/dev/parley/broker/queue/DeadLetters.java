package dev.parley.broker.queue;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTable.Timestamp;
import dev.parley.broker.profile.RabbitMqProfile;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the messages that a queue drops to its dead letter exchange, with RabbitMQ's {@code x-death} history. That
 * happens on the queue's event loop: in order, and never under the lock of a queue. Thread-safe.
 */
final class DeadLetters {
    /** Why a message is dead-lettered. */
    enum Reason {
        REJECTED,
        EXPIRED,
        MAXLEN,
        DELIVERY_LIMIT;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the headers {@code x-first-death-*} and {@code x-last-death-*} tell. */
    private static final List<String> DEATH = List.of("exchange", "queue", "reason");

    private final String queue;
    private final QueueHost host;
    private final EventLoop loop;
    private final @Nullable String exchange;
    private final @Nullable String routingKey;

    DeadLetters(String queue, QueueSettings settings, QueueHost host, EventLoop loop) {
        this.queue = queue;
        this.host = host;
        this.loop = loop;
        this.exchange = settings.text("x-dead-letter-exchange");
        this.routingKey = settings.text("x-dead-letter-routing-key");
    }

    /** Publishes a message soon, unless the queue has no dead letter exchange. */
    void add(Message message, Reason reason) {
        if (exchange != null) {
            message.retain(host.memory());
            loop.execute(() -> {
                try {
                    publish(exchange, message, reason);
                } finally {
                    message.release(host.memory());
                }
            });
        }
    }

    private void publish(String exchange, Message message, Reason reason) {
        Map<String, @Nullable Object> headers =
                new LinkedHashMap<>(message.header().headers());
        RabbitMqProfile profile = host.profile();
        if (profile.ignoresDeathsOfClients() && !message.isDeadLetter()) {
            headers.remove("x-death");
            for (String what : DEATH) {
                headers.remove("x-first-death-" + what);
                headers.remove("x-last-death-" + what);
            }
        }
        String key = routingKey == null ? message.routingKey() : routingKey;
        if (routingKey != null) {
            headers.remove("CC");
            headers.remove("BCC");
        }
        List<Map<String, @Nullable Object>> deaths = deaths(message, headers, reason);
        boolean first = headers.put("x-death", deaths) == null;
        for (String what : DEATH) {
            String value = switch (what) {
                case "exchange" -> message.exchange();
                case "queue" -> queue;
                default -> reason.text();
            };
            if (first) {
                headers.putIfAbsent("x-first-death-" + what, value);
            }
            if (profile.namesLastDeath()) {
                headers.put("x-last-death-" + what, value);
            }
        }
        ContentHeader header = message.header().withHeaders(headers).withoutExpiration();
        Message dead = message.deadLetter(exchange, key, header);
        for (MessageQueue target : host.route(exchange, dead)) {
            if (!isCycle(deaths, target, reason)) {
                target.offer(dead);
            }
        }
    }

    /** Whether a message returned to a queue without having been rejected on the way: such a cycle never ends. */
    private boolean isCycle(List<Map<String, @Nullable Object>> deaths, MessageQueue target, Reason reason) {
        if (reason == Reason.REJECTED) {
            return false;
        }
        for (Map<String, @Nullable Object> death : deaths) {
            if (Reason.REJECTED.text().equals(death.get("reason"))) {
                return false;
            }
            if (target.name().equals(death.get("queue"))) {
                return true;
            }
        }
        return false;
    }

    /** The {@code x-death} header with this death at its head. */
    private List<Map<String, @Nullable Object>> deaths(
            Message message, Map<String, @Nullable Object> headers, Reason reason) {
        List<Map<String, @Nullable Object>> deaths = new ArrayList<>();
        Map<String, @Nullable Object> latest = null;
        for (Map<String, @Nullable Object> death : grouped(headers.get("x-death"))) {
            if (latest == null
                    && queue.equals(death.get("queue"))
                    && reason.text().equals(death.get("reason"))) {
                long count = death.get("count") instanceof Number n ? n.longValue() : 0;
                death.put("count", count + 1);
                latest = death;
            } else {
                deaths.add(death);
            }
        }
        if (latest == null) {
            latest = new LinkedHashMap<>();
            latest.put("count", 1L);
            latest.put("reason", reason.text());
            latest.put("queue", queue);
            latest.put("time", new Timestamp(System.currentTimeMillis() / 1000));
            latest.put("exchange", message.exchange());
            latest.put("routing-keys", message.knownRoutingKeys());
            String expiration = message.header().expiration();
            if (expiration != null) {
                latest.put("original-expiration", expiration);
            }
        }
        deaths.add(0, latest);
        return deaths;
    }

    /**
     * The deaths of a message until now. RabbitMQ before 3.6 repeated a death in place of counting it, so its successors
     * count the repeated ones, and reverse the order of several as they do that.
     */
    private static List<Map<String, @Nullable Object>> grouped(@Nullable Object header) {
        Map<List<@Nullable Object>, Map<String, @Nullable Object>> deaths = new LinkedHashMap<>();
        Map<List<@Nullable Object>, Long> repeated = new HashMap<>();
        int count = 0;
        for (Object item : header instanceof List<?> earlier ? earlier : List.of()) {
            if (item instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> death = new LinkedHashMap<>();
                map.forEach((name, value) -> death.put(String.valueOf(name), value));
                List<@Nullable Object> kind = Arrays.asList(death.get("queue"), death.get("reason"));
                deaths.putIfAbsent(kind, death);
                repeated.merge(kind, 1L, Long::sum);
                count++;
            }
        }
        if (count > 1) {
            deaths.forEach((kind, death) -> death.putIfAbsent("count", repeated.get(kind)));
        }
        return count > 1 ? new ArrayList<>(deaths.values()).reversed() : new ArrayList<>(deaths.values());
    }
}
