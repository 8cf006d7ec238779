package dev.parley.broker.queue;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTable.Timestamp;
import dev.parley.broker.profile.RabbitMqProfile;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
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
        headers.put("x-death", deaths);
        for (String what : DEATH) {
            String value = switch (what) {
                case "exchange" -> message.exchange();
                case "queue" -> queue;
                default -> reason.text();
            };
            headers.putIfAbsent("x-first-death-" + what, value);
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

    /** The {@code x-death} header with this death, the latest first. */
    private List<Map<String, @Nullable Object>> deaths(
            Message message, Map<String, @Nullable Object> headers, Reason reason) {
        List<Map<String, @Nullable Object>> deaths = new ArrayList<>();
        Map<String, @Nullable Object> latest = null;
        if (headers.get("x-death") instanceof List<?> earlier) {
            for (Object item : earlier) {
                if (item instanceof Map<?, ?> map) {
                    Map<String, @Nullable Object> death = new LinkedHashMap<>();
                    map.forEach((name, value) -> death.put(String.valueOf(name), value));
                    boolean same =
                            queue.equals(death.get("queue")) && reason.text().equals(death.get("reason"));
                    if (same && latest == null) {
                        long count = death.get("count") instanceof Number n ? n.longValue() : 0;
                        death.put("count", count + 1);
                        latest = death;
                    } else {
                        deaths.add(death);
                    }
                }
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
}
