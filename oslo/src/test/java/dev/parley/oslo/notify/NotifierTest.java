package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.parley.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a notifier puts on the wire. The expected messages were recorded from oslo.messaging 14.0.3. */
class NotifierTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String MESSAGE = "\\{\"message_id\":\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\","
            + "\"publisher_id\":\"compute.host1\",\"event_type\":\"compute.start\",\"priority\":\"INFO\","
            + "\"payload\":\\{\"id\":1},"
            + "\"timestamp\":\"\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}\",\"_unique_id\":\"[0-9a-f]{32}\"";

    private EmbeddedBroker broker;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.builder().start();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        connection.abort();
        broker.close();
    }

    private Notifier.Builder builder() {
        return Notifier.builder(broker.address()).publisherId("compute.host1");
    }

    private GetResponse next(String queue) throws Exception {
        GetResponse message = channel.basicGet(queue, true);
        assertThat(message).as("a message in " + queue).isNotNull();
        return message;
    }

    private static String body(GetResponse message) {
        return new String(message.getBody(), StandardCharsets.UTF_8);
    }

    private static void assertGolden(GetResponse message) {
        BasicProperties properties = message.getProps();
        assertThat(message.getEnvelope().getExchange()).isEqualTo("openstack");
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getContentEncoding()).isEqualTo("utf-8");
        assertThat(properties.getHeaders()).isEmpty();
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getPriority()).isZero();
        assertThat(properties.getExpiration()).isNull();
        assertThat(properties.getMessageId()).isNull();
        assertThat(properties.getCorrelationId()).isNull();
        assertThat(properties.getReplyTo()).isNull();
        assertThat(properties.getTimestamp()).isNull();
        assertThat(properties.getType()).isNull();
        assertThat(properties.getUserId()).isNull();
        assertThat(properties.getAppId()).isNull();
    }

    @Test
    void envelopedMessageMatchesPython() throws Exception {
        try (Notifier notifier = builder().build()) {
            notifier.with(Map.of("user_id", "u1")).info("compute.start", Map.of("id", 1));
            assertThat(notifier.flush(LONG)).isTrue();
            GetResponse message = next("notifications.info");
            assertGolden(message);
            assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("notifications.info");
            assertThat(body(message))
                    .startsWith("{\"oslo.version\": \"2.0\", \"oslo.message\": \"{\\\"message_id\\\":");
            assertThat(body(message).replaceFirst(".*?oslo.message\": \"", "").replace("\\\"", "\""))
                    .matches(MESSAGE + ",\"_context_user_id\":\"u1\"}\"}");
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(1, 0, 0, 0));
        }
    }

    @Test
    void bareMessageMatchesPython() throws Exception {
        try (Notifier notifier = builder().drivers("messaging").build()) {
            notifier.info("compute.start", Map.of("id", 1));
            assertThat(notifier.flush(LONG)).isTrue();
            GetResponse message = next("notifications.info");
            assertGolden(message);
            assertThat(body(message)).matches(MESSAGE + "}");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyPriorityHasAQueueThatThePublisherDeclares(Priority priority) throws Exception {
        try (Notifier notifier = builder().drivers("messaging").build()) {
            notifier.send(priority, "evt", null);
            assertThat(notifier.flush(LONG)).isTrue();
            String queue = "notifications." + priority.key();
            assertThat(broker.queues())
                    .singleElement()
                    .matches(one -> one.name().equals(queue) && !one.durable() && !one.autoDelete())
                    .matches(one -> one.arguments().isEmpty());
            assertThat(broker.bindings())
                    .filteredOn(one -> one.source().equals("openstack"))
                    .singleElement()
                    .matches(one ->
                            one.routingKey().equals(queue) && one.destination().equals(queue));
            assertThat(body(next(queue))).contains("\"priority\":\"" + priority.name() + "\",\"payload\":null");
        }
    }

    @Test
    void everyTopicGetsACopyWithAnIdOfItsOwn() throws Exception {
        try (Notifier notifier = builder()
                .drivers("messaging")
                .topics("notifications", "audit")
                .exchange("nova")
                .build()) {
            notifier.warn("evt", List.of(1, 2));
            assertThat(notifier.flush(LONG)).isTrue();
            String first = body(next("notifications.warn"));
            String second = body(next("audit.warn"));
            assertThat(first).contains("\"priority\":\"WARN\",\"payload\":[1,2]");
            assertThat(first.substring(0, 60)).isEqualTo(second.substring(0, 60));
            assertThat(first).isNotEqualTo(second);
            assertThat(notifier.counts().confirmed()).isEqualTo(2);
        }
    }
}
