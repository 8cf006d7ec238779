package dev.parley.oslo.notify;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import dev.parley.Limits;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.memory.MemoryDriver;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.message.NotificationFormat;
import dev.parley.oslo.topology.Exchange;
import dev.parley.spi.ValueMapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Publishes notifications for tests of the receiving side, with RabbitMQ's own client or in memory. */
final class PublishedNotifications {
    private static final Codec CODEC = new Codec(new ValueMapping(Limits.defaults(), List.of()));
    private static final BasicProperties PROPERTIES = new BasicProperties.Builder()
            .contentType("application/json")
            .contentEncoding("utf-8")
            .deliveryMode(2)
            .priority(0)
            .headers(Map.of())
            .build();

    private final @Nullable Channel channel;
    private final @Nullable Driver memory;

    private PublishedNotifications(@Nullable Channel channel, @Nullable Driver memory) {
        this.channel = channel;
        this.memory = memory;
    }

    static PublishedNotifications to(Channel channel) {
        return new PublishedNotifications(channel, null);
    }

    /** To {@code memory://NAME}. */
    static PublishedNotifications toMemory(String name) {
        return new PublishedNotifications(null, new MemoryDriver(name));
    }

    /** Publishes as Python's notifier with driver {@code messagingv2} does. */
    void send(String priority, String eventType, @Nullable Object payload) throws IOException {
        send("openstack", "notifications", priority, eventType, payload, Map.of("project_id", "shop"));
    }

    void send(
            String exchange,
            String topic,
            String priority,
            String eventType,
            @Nullable Object payload,
            Map<String, @Nullable Object> context)
            throws IOException {
        NotificationContent content = new NotificationContent(
                UUID.randomUUID().toString(),
                "compute.host1",
                eventType,
                priority.toUpperCase(java.util.Locale.ROOT),
                Instant.parse("2026-11-22T18:06:26.995570Z"),
                payload,
                Object.class,
                context);
        raw(exchange, topic + "." + priority, CODEC.notification(content, NotificationFormat.ENVELOPED));
    }

    /** Publishes a body as it is. */
    void raw(String exchange, String key, String body) throws IOException {
        raw(exchange, key, body.getBytes(StandardCharsets.UTF_8));
    }

    private void raw(String exchange, String key, byte[] body) throws IOException {
        if (channel != null) {
            channel.basicPublish(exchange, key, PROPERTIES, body);
        } else if (memory != null) {
            memory.publish(OutboundMessage.builder(
                            new Exchange(exchange, exchange.isEmpty() ? "direct" : "topic", false, false),
                            key,
                            body,
                            System.nanoTime() + 30_000_000_000L)
                    .build());
        }
    }
}
