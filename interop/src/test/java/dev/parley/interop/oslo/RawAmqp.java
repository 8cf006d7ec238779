package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.parley.interop.RabbitMq;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A peer made by hand of RabbitMQ's own client: it sees each message as it is, and sends what no library would. */
final class RawAmqp implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    /** What every message of oslo.messaging needs. */
    static final BasicProperties TYPED =
            new BasicProperties.Builder().contentType("application/json").build();

    private static final String ID = "[0-9a-f]{32}";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Connection connection;
    private final Channel channel;

    RawAmqp(RabbitMq rabbit) throws Exception {
        connection = rabbit.connect();
        channel = connection.createChannel();
    }

    /** A queue of its own, and what arrives in it. */
    record Tap(String queue, BlockingQueue<Delivery> arrived) {
        Delivery next() throws InterruptedException {
            Delivery delivery = arrived.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(delivery).as("message in " + queue).isNotNull();
            return delivery;
        }
    }

    Tap tap() throws IOException {
        BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
        String queue = channel.queueDeclare().getQueue();
        channel.basicConsume(queue, true, (tag, delivery) -> arrived.add(delivery), tag -> {});
        return new Tap(queue, arrived);
    }

    /** Bound to an exchange, which is declared as the peers do. */
    Tap tap(String exchange, String type, String key) throws IOException {
        Tap tap = tap();
        channel.exchangeDeclare(exchange, type, false, type.equals("fanout"), null);
        channel.queueBind(tap.queue(), exchange, key);
        return tap;
    }

    Channel channel() {
        return channel;
    }

    void publish(String exchange, String key, BasicProperties properties, String body) throws IOException {
        publish(exchange, key, properties, body.getBytes(StandardCharsets.UTF_8));
    }

    void publish(String exchange, String key, BasicProperties properties, byte[] body) throws IOException {
        channel.basicPublish(exchange, key, properties, body);
    }

    static String envelope(String message) {
        Map<String, String> envelope = new LinkedHashMap<>();
        envelope.put("oslo.version", "2.0");
        envelope.put("oslo.message", message);
        return JSON.writeValueAsString(envelope);
    }

    /** The message inside. */
    static ObjectNode message(Delivery delivery) {
        JsonNode envelope = JSON.readTree(unpacked(delivery));
        assertThat(envelope.propertyNames()).containsExactly("oslo.version", "oslo.message");
        assertThat(envelope.path("oslo.version").asString()).isEqualTo("2.0");
        return (ObjectNode) JSON.readTree(envelope.path("oslo.message").asString());
    }

    private static byte[] unpacked(Delivery delivery) {
        Map<String, @Nullable Object> headers = delivery.getProperties().getHeaders();
        if (headers == null || !headers.containsKey("compression")) {
            return delivery.getBody();
        }
        try {
            return new InflaterInputStream(new ByteArrayInputStream(delivery.getBody())).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * All of a delivery that both peers decide on: where it went, every property, the message with its keys in order;
     * what is at random is made alike.
     */
    static JsonNode all(Delivery delivery) {
        ObjectNode all = JSON.createObjectNode();
        all.put("exchange", delivery.getEnvelope().getExchange());
        all.put("key", delivery.getEnvelope().getRoutingKey());
        BasicProperties properties = delivery.getProperties();
        all.put("content-type", properties.getContentType());
        all.put("content-encoding", properties.getContentEncoding());
        all.put("headers", String.valueOf(properties.getHeaders()));
        all.put("delivery-mode", properties.getDeliveryMode());
        all.put("priority", properties.getPriority());
        all.put("correlation-id", properties.getCorrelationId());
        all.put("reply-to", properties.getReplyTo());
        all.put("expiration", properties.getExpiration());
        all.put("message-id", properties.getMessageId());
        all.put("timestamp", String.valueOf(properties.getTimestamp()));
        all.put("type", properties.getType());
        all.put("user-id", properties.getUserId());
        all.put("app-id", properties.getAppId());
        ObjectNode message = message(delivery);
        all.put("keys", message.propertyNames().toString());
        for (String name : new String[] {"_msg_id", "_unique_id", "_reply_q"}) {
            if (message.path(name).isString()) {
                message.put(name, message.path(name).asString().replaceFirst(ID + "$", "ID"));
            }
        }
        all.set("message", message);
        return all;
    }

    @Override
    public void close() {
        connection.abort();
    }
}
