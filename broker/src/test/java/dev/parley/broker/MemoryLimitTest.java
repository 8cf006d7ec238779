package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLimitTest {
    private static final int MESSAGES = 400;
    private static final byte[] BODY = new byte[10_000];

    @ParameterizedTest(name = "limit of {0}")
    @ValueSource(strings = {"the broker", "a queue"})
    void blocksPublishersAndLosesNothing(String whose) throws Exception {
        BrokerBuilder builder = EmbeddedBroker.builder();
        builder = whose.equals("a queue") ? builder.queueMemoryLimit(500_000) : builder.memoryLimit(500_000);
        try (EmbeddedBroker broker = builder.start();
                Connection publishing = connect(broker);
                Connection consuming = connect(broker)) {
            var blocked = new CountDownLatch(1);
            var unblocked = new CountDownLatch(1);
            publishing.addBlockedListener(reason -> blocked.countDown(), unblocked::countDown);
            Channel channel = publishing.createChannel();
            channel.queueDeclare("q", false, false, false, Map.of());
            Thread publisher = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < MESSAGES; i++) {
                        channel.basicPublish("", "q", null, BODY);
                    }
                } catch (java.io.IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(broker.connections()).extracting(ConnectionInfo::blocked).containsExactly(true, false);
            assertThat(broker.counters().memoryBytes()).isLessThan(3_000_000);
            assertThat(unblocked.getCount()).isEqualTo(1);

            var received = new AtomicInteger();
            var all = new CountDownLatch(MESSAGES);
            consuming
                    .createChannel()
                    .basicConsume(
                            "q",
                            true,
                            (tag, delivery) -> {
                                received.incrementAndGet();
                                all.countDown();
                            },
                            tag -> {});
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(unblocked.await(30, TimeUnit.SECONDS)).isTrue();
            publisher.join();
            assertThat(received).hasValue(MESSAGES);
            assertThat(broker.counters().memoryBytes()).isZero();
        }
    }

    @Test
    void fullQueueBlocksOnlyItsPublishers() throws Exception {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.builder().queueMemoryLimit(50_000).start();
                Connection greedy = connect(broker);
                Connection modest = connect(broker)) {
            var blocked = new CountDownLatch(1);
            greedy.addBlockedListener(reason -> blocked.countDown(), () -> {});
            Channel channel = greedy.createChannel();
            channel.queueDeclare("full", false, false, false, Map.of());
            for (int i = 0; i < 10; i++) {
                channel.basicPublish("", "full", null, BODY);
            }
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
            Channel other = modest.createChannel();
            other.queueDeclare("free", false, false, false, Map.of());
            other.confirmSelect();
            other.basicPublish("", "free", null, BODY);
            assertThat(other.waitForConfirms(10_000)).isTrue();
            other.queueDelete("full");
        }
    }

    @Test
    void deletedQueueUnblocksItsPublishers() throws Exception {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.builder().queueMemoryLimit(50_000).start();
                Connection publishing = connect(broker)) {
            Connection consuming = connect(broker);
            var blocked = new CountDownLatch(1);
            var unblocked = new CountDownLatch(1);
            publishing.addBlockedListener(reason -> blocked.countDown(), unblocked::countDown);
            Channel consumer = consuming.createChannel();
            consumer.queueDeclare("q", false, false, true, Map.of());
            consumer.basicConsume("q", false, (tag, delivery) -> {}, tag -> {});
            Channel channel = publishing.createChannel();
            for (int i = 0; i < 10; i++) {
                channel.basicPublish("", "q", null, BODY);
            }
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
            // Nothing is acknowledged, and the queue is deleted with its consumer.
            consuming.abort(0);
            assertThat(unblocked.await(30, TimeUnit.SECONDS)).isTrue();
            channel.queueDeclare("q", false, true, false, Map.of());
            assertThat(broker.counters().memoryBytes()).isZero();
        }
    }

    @Test
    void blockedClientThatDisconnectsIsForgotten() throws Exception {
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().memoryLimit(50_000).start()) {
            Connection connection = connect(broker);
            var blocked = new CountDownLatch(1);
            connection.addBlockedListener(reason -> blocked.countDown(), () -> {});
            Channel channel = connection.createChannel();
            channel.queueDeclare("q", false, true, false, Map.of());
            for (int i = 0; i < 10; i++) {
                channel.basicPublish("", "q", null, BODY);
            }
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
            connection.abort(0);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!broker.connections().isEmpty() || broker.counters().memoryBytes() > 0) {
                assertThat(System.nanoTime()).as("%s", broker.connections()).isLessThan(end);
                Thread.sleep(10);
            }
            assertThat(broker.queues()).isEmpty();
        }
    }

    /** A small message in many queues uses memory in each of them. */
    @Test
    void countsEachQueueOfAMessage() throws Exception {
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().memoryLimit(500_000).start()) {
            Connection connection = connect(broker);
            var blocked = new CountDownLatch(1);
            connection.addBlockedListener(reason -> blocked.countDown(), () -> {});
            Channel channel = connection.createChannel();
            for (int i = 0; i < 200; i++) {
                String queue = channel.queueDeclare().getQueue();
                channel.queueBind(queue, "amq.fanout", "");
            }
            for (int i = 0; i < 50; i++) {
                channel.basicPublish("amq.fanout", "", null, new byte[1]);
            }
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
            connection.abort(0);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (broker.counters().memoryBytes() > 0) {
                assertThat(System.nanoTime()).as("%s", broker.queues()).isLessThan(end);
                Thread.sleep(10);
            }
        }
    }
}
