package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.bytes;
import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of a version of RabbitMQ, and what the conformance suite cannot try on a node with its defaults. */
@Timeout(120)
class VersionTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void unknownVersionsAndFeaturesAreRefusedWithTheKnownOnes() {
        BrokerBuilder builder = EmbeddedBroker.builder();
        assertThatThrownBy(() -> builder.rabbitmq("5.0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown version '5.0' of RabbitMQ: known are 3.10, 4.0, 4.3");
        assertThatThrownBy(() -> builder.permitDeprecatedFeature("bogus"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown deprecated feature 'bogus': known are transient_nonexcl_queues,"
                        + " queue_master_locator, global_qos");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void deprecatedFeaturesCanBePermitted(boolean before) throws Exception {
        BrokerBuilder builder = EmbeddedBroker.builder();
        if (before) {
            builder.permitDeprecatedFeature("transient_nonexcl_queues")
                    .permitDeprecatedFeature("queue_master_locator")
                    .rabbitmq("4.3");
        } else {
            builder.rabbitmq("4.3")
                    .permitDeprecatedFeature("transient_nonexcl_queues")
                    .permitDeprecatedFeature("queue_master_locator");
        }
        try (EmbeddedBroker broker = builder.start();
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("q", false, false, false, Map.of("x-queue-master-locator", "random"));
            assertThat(broker.queues()).hasSize(1);
        }
    }

    @Test
    void globalQosCanBePermitted() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .rabbitmq("4.3")
                .permitDeprecatedFeature("global_qos")
                .start()) {
            Connection connection = connect(broker);
            Channel channel = connection.createChannel();
            channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", "quorum"));
            channel.basicQos(1, true);
            assertThatThrownBy(() -> channel.basicConsume("q", (tag, delivery) -> {}, tag -> {}))
                    .hasRootCauseInstanceOf(ShutdownSignalException.class)
                    .hasStackTraceContaining("does not support global qos");
        }
    }

    @Test
    void aDenialNamesTheSetting() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().rabbitmq("4.3").start()) {
            Connection connection = connect(broker);
            Channel channel = connection.createChannel();
            assertThatThrownBy(() -> channel.queueDeclare("q", false, false, false, Map.of()))
                    .isInstanceOf(IOException.class)
                    .satisfies(e -> {
                        var signal = (ShutdownSignalException) e.getCause();
                        var close = (AMQP.Connection.Close) signal.getReason();
                        assertThat(close.getReplyCode()).isEqualTo(541);
                        assertThat(close.getClassId()).isEqualTo(50);
                        assertThat(close.getMethodId()).isEqualTo(10);
                        assertThat(close.getReplyText())
                                .hasSize(255)
                                .startsWith("INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.")
                                .contains("By default, this feature is not permitted anymore.");
                    });
        }
    }

    @Test
    void theLargestMessageIsThatOfTheVersionUnlessSet() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .maxMessageSize(17 << 20)
                        .rabbitmq("4.0")
                        .start();
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            String queue = channel.queueDeclare().getQueue();
            channel.basicPublish("", queue, null, new byte[(16 << 20) + 1]);
            assertThat(channel.waitForConfirms(30_000)).isTrue();
        }
    }

    private static Channel withMessage(Connection connection, String type) throws Exception {
        Channel channel = connection.createChannel();
        channel.queueDeclare("q", true, false, false, Map.of("x-queue-type", type));
        channel.confirmSelect();
        channel.basicPublish("", "q", null, bytes("late"));
        channel.waitForConfirmsOrDie(30_000);
        return channel;
    }

    private static final String LATE = "PRECONDITION_FAILED - delivery acknowledgement on channel 2 timed out. Timeout"
            + " value used: 300 ms. This timeout value can be configured, see consumers doc guide to learn more";

    private static String closed(CompletableFuture<ShutdownSignalException> signal) throws Exception {
        var close = (AMQP.Channel.Close) signal.get(30, TimeUnit.SECONDS).getReason();
        assertThat(close.getReplyCode()).isEqualTo(406);
        return close.getReplyText();
    }

    @ParameterizedTest(name = "{0}, {1}, by {2}")
    @CsvSource({
        "3.10, classic, consume",
        "3.10, quorum, consume",
        "3.10, classic, get",
        "4.0, classic, consume",
        "4.0, quorum, get",
        "4.3, quorum, get"
    })
    void aChannelThatDoesNotAcknowledgeInTimeIsClosed(String version, String type, String how) throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .rabbitmq(version)
                        .consumerTimeout(SHORT)
                        .start();
                Connection connection = connect(broker)) {
            Channel channel = withMessage(connection, type);
            Channel late = connection.createChannel();
            var signal = new CompletableFuture<ShutdownSignalException>();
            late.addShutdownListener(signal::complete);
            if (how.equals("get")) {
                late.basicGet("q", false);
            } else {
                late.basicConsume("q", false, (tag, delivery) -> {}, tag -> {});
            }
            assertThat(closed(signal)).isEqualTo(LATE);
            assertThat(channel.isOpen()).isTrue();
            GetResponse again = channel.basicGet("q", true);
            assertThat(again.getEnvelope().isRedeliver()).isTrue();
        }
    }

    @Test
    void inVersion43AConsumerOfAQuorumQueueIsCancelled() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .rabbitmq("4.3")
                        .consumerTimeout(SHORT)
                        .start();
                Connection connection = connect(broker)) {
            Channel channel = withMessage(connection, "quorum");
            Channel late = connection.createChannel();
            BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
            var cancelled = new CompletableFuture<String>();
            String tag = late.basicConsume("q", false, (t, delivery) -> deliveries.add(delivery), cancelled::complete);
            assertThat(cancelled.get(30, TimeUnit.SECONDS)).isEqualTo(tag);
            GetResponse again = channel.basicGet("q", true);
            assertThat(again.getProps().getHeaders()).containsOnlyKeys("x-acquired-count");
            // An acknowledgement that comes too late changes nothing, and is no error; a second one is.
            Delivery delivery = deliveries.take();
            late.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            late.queueDeclarePassive("q");
            assertThat(late.isOpen()).isTrue();
            late.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
            assertThatThrownBy(() -> late.queueDeclarePassive("q")).hasStackTraceContaining("unknown delivery tag");
        }
    }

    @Test
    void inVersion43OthersHaveNoTimeoutAndQuorumConsumersTheirOwn() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .rabbitmq("4.3")
                        .consumerTimeout(SHORT)
                        .start();
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("classic", true, false, false, Map.of());
            Map<String, Object> quorum = Map.of("x-queue-type", "quorum");
            channel.queueDeclare("patient", true, false, false, quorum);
            channel.queueDeclare(
                    "tolerant", true, false, false, Map.of("x-queue-type", "quorum", "x-consumer-timeout", 3_600_000));
            channel.queueDeclare("strict", true, false, false, quorum);
            var cancelled = new LinkedBlockingQueue<String>();
            for (String queue : new String[] {"classic", "patient", "tolerant", "strict"}) {
                channel.basicPublish("", queue, null, bytes("x"));
                Map<String, Object> arguments =
                        queue.equals("patient") ? Map.of("x-consumer-timeout", 3_600_000) : Map.of();
                channel.basicConsume(queue, false, queue, false, false, arguments, (t, d) -> {}, cancelled::add);
            }
            assertThat(cancelled.poll(30, TimeUnit.SECONDS)).isEqualTo("strict");
            assertThat(broker.consumers()).hasSize(3);
            assertThat(cancelled).isEmpty();
        }
    }

    @Test
    void acknowledgementsCanHaveNoTimeout() throws Exception {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.builder().consumerTimeout(Duration.ZERO).start();
                Connection connection = connect(broker)) {
            Channel channel = withMessage(connection, "classic");
            assertThat(channel.basicGet("q", false)).isNotNull();
            assertThat(channel.queueDeclarePassive("q").getMessageCount()).isZero();
        }
        assertThatThrownBy(() -> EmbeddedBroker.builder().consumerTimeout(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
