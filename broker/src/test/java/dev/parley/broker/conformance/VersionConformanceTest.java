package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import dev.parley.broker.conformance.BrokerUnderTest.Version;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is not the same in RabbitMQ 3.10, 4.0 and 4.3. */
class VersionConformanceTest extends ConformanceTest {
    /** How a shared queue that is not durable is denied; more lines follow, which say how it was configured. */
    static final String DENIED =
            "CONNECTION closed 541 INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\n";

    private static final String REFUSED = "CHANNEL closed 406 PRECONDITION_FAILED - ";

    private String declared(boolean durable, boolean exclusive, boolean autoDelete, Map<String, Object> arguments)
            throws Exception {
        String name = name();
        String outcome =
                outcome(() -> connect().createChannel().queueDeclare(name, durable, exclusive, autoDelete, arguments));
        channel().queueDelete(name);
        return outcome;
    }

    @Test
    @DisplayName("shared queues that are not durable")
    void transientQueues() throws Exception {
        String expected = broker.denying() ? DENIED : "ok";
        assertThat(declared(false, false, false, Map.of())).startsWith(expected);
        assertThat(declared(false, false, true, Map.of("x-expires", 60_000))).startsWith(expected);
        assertThat(declared(true, false, true, Map.of())).isEqualTo("ok");
    }

    @Test
    @DisplayName("exclusive queues that are not durable")
    void exclusiveQueues() throws Exception {
        assertThat(outcome(() -> channel().queueDeclare(name(), false, true, false, Map.of())))
                .isEqualTo("ok");
        assertThat(outcome(() -> channel().queueDeclare())).isEqualTo("ok");
    }

    @Test
    @DisplayName("x-queue-master-locator")
    void masterLocator() throws Exception {
        assertThat(declared(true, false, false, Map.of("x-queue-master-locator", "client-local")))
                .startsWith(broker.byVersion(
                        "ok",
                        "ok",
                        "CONNECTION closed 541 INTERNAL_ERROR - Feature `queue_master_locator` is deprecated.\n"));
    }

    @Test
    @DisplayName("x-queue-version=1")
    void queueVersion() throws Exception {
        assertThat(declared(true, false, false, Map.of("x-queue-version", 1)))
                .isEqualTo(broker.byVersion(
                        "ok",
                        "ok",
                        REFUSED + "invalid arg 'x-queue-version' for queue '<q>' in vhost '/': \"unsupported queue"
                                + " version '1'\""));
        assertThat(declared(true, false, false, Map.of("x-queue-version", 2))).isEqualTo("ok");
    }

    @Test
    @DisplayName("x-consumer-timeout of a classic queue")
    void consumerTimeout() throws Exception {
        assertThat(declared(true, false, false, Map.of("x-consumer-timeout", 60_000)))
                .isEqualTo(broker.byVersion(
                        "ok",
                        "ok",
                        REFUSED + "invalid arg 'x-consumer-timeout' for queue '<q>' in vhost '/' of queue type"
                                + " rabbit_classic_queue"));
    }

    @Test
    @DisplayName("queue redeclare: the type differs")
    void typeMismatch() throws Exception {
        String queue = durableQueue(channel(), Map.of("x-queue-type", "quorum"));
        String received = broker.byVersion(
                "received none but current is the value 'quorum' of type 'longstr'",
                "received 'classic' but current is 'quorum'",
                "received 'classic' but current is 'quorum'");
        assertThat(outcome(() -> channel().queueDeclare(queue, true, false, false, Map.of())))
                .isEqualTo(REFUSED + "inequivalent arg 'x-queue-type' for queue '<q>' in vhost '/': " + received);
    }

    @Test
    @DisplayName("a message of more than 16 MiB")
    void largestMessage() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        byte[] body = new byte[(16 << 20) + 1];
        if (broker.isAtLeast(Version.V4_0)) {
            assertThat(asynchronousOutcome(channel, () -> channel.basicPublish("", queue, NONE, body)))
                    .isEqualTo(REFUSED + "message size 16777217 is larger than configured max size 16777216");
        } else {
            channel.basicPublish("", queue, NONE, body);
            assertThat(get(channel, queue).getBody()).hasSize(body.length);
        }
    }

    @Test
    @DisplayName("quorum queue: basic.nack and the delivery limit")
    void nackAndDeliveryLimit() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = durableQueue(
                channel,
                Map.of(
                        "x-queue-type",
                        "quorum",
                        "x-delivery-limit",
                        2,
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        dead));
        publish(channel, "", queue, "poison");
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        for (int round = 0; round < broker.byVersion(3, 3, 10); round++) {
            channel.basicNack(next(deliveries).getEnvelope().getDeliveryTag(), false, true);
        }
        if (broker.isAtLeast(Version.V4_3)) {
            next(deliveries);
        } else {
            assertThat(get(channel, dead)
                            .getProps()
                            .getHeaders()
                            .get("x-first-death-reason")
                            .toString())
                    .isEqualTo("delivery_limit");
        }
    }

    @Test
    @DisplayName("quorum queue without a limit: basic.reject 22 times")
    void defaultDeliveryLimit() throws Exception {
        Channel channel = channel();
        String queue = durableQueue(channel, Map.of("x-queue-type", "quorum"));
        publish(channel, "", queue, "poison");
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        for (int round = 0; round < 21; round++) {
            channel.basicReject(next(deliveries).getEnvelope().getDeliveryTag(), true);
        }
        if (broker.isAtLeast(Version.V4_0)) {
            assertThat(deliveries.poll(300, TimeUnit.MILLISECONDS)).isNull();
        } else {
            next(deliveries);
        }
    }

    @Test
    @DisplayName("quorum queue: the order of messages with priorities")
    void priorities() throws Exception {
        Channel channel = channel();
        String queue = durableQueue(channel, Map.of("x-queue-type", "quorum"));
        channel.confirmSelect();
        for (int priority : new int[] {1, 5, 9, 4}) {
            publish(
                    channel,
                    "",
                    queue,
                    new AMQP.BasicProperties.Builder().priority(priority).build(),
                    "" + priority);
        }
        channel.waitForConfirmsOrDie(10_000);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            order.append(body(get(channel, queue))).append(' ');
        }
        assertThat(order).hasToString(broker.byVersion("1 5 9 4 ", "5 9 1 4 ", "9 5 4 1 "));
    }

    @Test
    @DisplayName("x-death in a message that a client publishes again")
    void publishedAgain() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(channel, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        AMQP.BasicProperties properties = NONE;
        for (int round = 1; round <= 2; round++) {
            publish(channel, "", queue, properties, "again");
            eventually(() -> channel.messageCount(queue) == 1);
            channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
            GetResponse got = get(channel, dead);
            Map<?, ?> death = (Map<?, ?>) ((List<?>) got.getProps().getHeaders().get("x-death")).get(0);
            assertThat(death.get("count")).isEqualTo(broker.isAtLeast(Version.V4_0) ? 1L : (long) round);
            properties = got.getProps();
        }
    }

    @Test
    @DisplayName("exchange types of later versions")
    void exchangeTypes() throws Exception {
        assertThat(exchange("x-local-random")).isEqualTo(broker.isAtLeast(Version.V4_0));
        assertThat(exchange("x-modulus-hash")).isEqualTo(broker.isAtLeast(Version.V4_3));
    }

    private boolean exchange(String type) throws Exception {
        String name = name();
        String outcome = outcome(() -> connect().createChannel().exchangeDeclare(name, type, true));
        channel().exchangeDelete(name);
        return outcome.equals("ok");
    }

    @Test
    @DisplayName("frame-max 4096")
    void smallFrames() throws Exception {
        ConnectionFactory factory = broker.factory();
        factory.setRequestedFrameMax(4096);
        boolean accepted = true;
        try {
            factory.newConnection().close();
        } catch (IOException e) {
            accepted = false;
        }
        assertThat(accepted).isEqualTo(!broker.isAtLeast(Version.V4_3));
        factory.setRequestedFrameMax(8192);
        factory.newConnection().close();
    }

    @Test
    @DisplayName("the mechanisms")
    void mechanisms() throws Exception {
        try (RawClient client = new RawClient(broker.host(), broker.port())) {
            client.send(RawClient.protocolHeader());
            ByteBuf start = client.expect("10.10").payload().skipBytes(6);
            start.skipBytes(start.readInt());
            String mechanisms = start.readCharSequence(start.readInt(), StandardCharsets.UTF_8)
                    .toString();
            assertThat(mechanisms.split(" "))
                    .containsExactlyInAnyOrder(
                            broker.isAtLeast(Version.V4_0)
                                    ? new String[] {"PLAIN", "AMQPLAIN", "ANONYMOUS"}
                                    : new String[] {"PLAIN", "AMQPLAIN"});
        }
    }

    @Test
    @DisplayName("a wrong protocol header")
    void wrongHeader() throws Exception {
        try (RawClient client = new RawClient(broker.host(), broker.port())) {
            client.send(new byte[] {'A', 'M', 'Q', 'P', 0, 9, 9, 9});
            assertThat(client.receive(8))
                    .containsExactly(
                            broker.isAtLeast(Version.V4_0)
                                    ? new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0}
                                    : new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        }
    }
}
