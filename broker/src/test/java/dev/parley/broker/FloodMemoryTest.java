package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.broker.conformance.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Floods a broker of little memory, several times in each manner: what it holds stays near its limit meanwhile, and
 * afterwards it holds nothing and the heap is as full as before.
 */
@Timeout(300)
class FloodMemoryTest {
    private static final int MIB = 1 << 20;
    private static final long LIMIT = 16 * MIB;
    /** Objects of the client library and of the JVM, which come and go. */
    private static final long HEAP_NOISE = 8 * MIB;

    private static final int ROUNDS = 3;

    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().memoryLimit(LIMIT).start();

    private volatile long highest;

    /** The manners. */
    enum Flood {
        UNFINISHED_MESSAGES {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                List<RawClient> clients = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    RawClient client = test.raw();
                    clients.add(client);
                    unlessClosed(() -> {
                        client.send(publishFrame("nowhere"));
                        client.send(header(15L * MIB));
                        body(client, 2 * MIB);
                    });
                    test.look();
                }
                close(clients);
            }
        },
        UNFINISHED_FRAMES {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                List<RawClient> clients = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    RawClient client = test.raw();
                    clients.add(client);
                    unlessClosed(() -> client.send(Unpooled.buffer()
                            .writeByte(1)
                            .writeShort(1)
                            .writeInt(130_000)
                            .writeZero(120_000)
                            .array()));
                    test.look();
                }
                close(clients);
            }
        },
        TRANSACTIONS {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                for (int i = 0; i < 4; i++) {
                    Connection connection = connect(test.broker);
                    unlessClosed(() -> {
                        Channel channel = connection.createChannel();
                        channel.txSelect();
                        for (int j = 0; j < 6; j++) {
                            channel.basicPublish("", "nowhere", null, new byte[MIB]);
                            test.look();
                        }
                    });
                    connection.abort(0);
                }
            }
        },
        MESSAGES_THAT_NOBODY_CONSUMES {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                Connection connection = connect(test.broker);
                Channel channel = connection.createChannel();
                String queue = channel.queueDeclare().getQueue();
                Thread publisher = Thread.ofVirtual()
                        .start(() -> unlessClosed(() -> {
                            for (int i = 0; i < 4_000; i++) {
                                channel.basicPublish("", queue, null, new byte[10_000]);
                            }
                        }));
                await(() -> test.broker.connections().getFirst().blocked());
                test.look();
                test.broker.faults().dropConnections(); // The client cannot: it waits for room in its socket.
                publisher.join();
            }
        },
        UNACKNOWLEDGED_DELIVERIES {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                try (Connection publishing = connect(test.broker)) {
                    Connection consuming = connect(test.broker);
                    Channel consumer = consuming.createChannel();
                    consumer.queueDeclare("held", false, false, true, Map.of());
                    consumer.basicConsume("held", false, (tag, delivery) -> {}, tag -> {});
                    Channel channel = publishing.createChannel();
                    channel.confirmSelect();
                    for (int i = 0; i < 300; i++) {
                        channel.basicPublish("", "held", null, new byte[10_000]);
                    }
                    assertThat(channel.waitForConfirms(30_000)).isTrue();
                    test.look();
                    consuming.abort(0);
                }
            }
        },
        DEAD_LETTERS_IN_A_CIRCLE {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                try (Connection connection = connect(test.broker)) {
                    Channel channel = connection.createChannel();
                    String back = channel.queueDeclare().getQueue();
                    String queue = channel.queueDeclare(
                                    "circle",
                                    false,
                                    true,
                                    false,
                                    Map.of(
                                            "x-dead-letter-exchange",
                                            "",
                                            "x-dead-letter-routing-key",
                                            back,
                                            "x-max-length",
                                            10))
                            .getQueue();
                    channel.confirmSelect();
                    for (int i = 0; i < 500; i++) {
                        channel.basicPublish("", queue, null, new byte[10_000]);
                    }
                    assertThat(channel.waitForConfirms(30_000)).isTrue();
                    test.look();
                }
            }
        },
        A_STREAM {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                try (Connection connection = connect(test.broker)) {
                    Channel channel = connection.createChannel();
                    channel.queueDeclare(
                            "stream", true, false, false, Map.of("x-queue-type", "stream", "x-max-length-bytes", MIB));
                    channel.confirmSelect();
                    for (int i = 0; i < 2_000; i++) {
                        channel.basicPublish("", "stream", null, new byte[10_000]);
                    }
                    assertThat(channel.waitForConfirms(30_000)).isTrue();
                    test.look();
                    assertThat(test.highest).as("a stream that is truncated").isLessThan(4 * MIB);
                    channel.queueDelete("stream");
                }
            }
        },
        OUTPUT_THAT_NOBODY_READS {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                List<RawClient> clients = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    RawClient client = test.raw();
                    clients.add(client);
                    Thread.ofVirtual()
                            .start(() -> unlessClosed(() -> {
                                while (true) {
                                    // Each is returned.
                                    client.send(publishFrame("nowhere"));
                                    client.send(header(2 * MIB));
                                    body(client, 2 * MIB);
                                }
                            }));
                }
                await(() -> test.broker.connections().size() < 12);
                test.look();
                close(clients);
            }
        },
        DECLARATIONS {
            @Override
            void run(FloodMemoryTest test) throws Exception {
                try (Connection connection = connect(test.broker)) {
                    Channel channel = connection.createChannel();
                    for (int i = 0; i < 3_000; i++) {
                        channel.queueDeclareNoWait("q" + i, false, true, false, Map.of("x-expires", 600_000));
                        channel.queueBindNoWait("q" + i, "amq.topic", "some." + i + ".#", Map.of());
                    }
                    channel.queueDeclarePassive("q2999");
                    test.look();
                }
            }
        };

        abstract void run(FloodMemoryTest test) throws Exception;
    }

    private interface Step {
        void run() throws Exception;
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private static void unlessClosed(Step step) {
        try {
            step.run();
        } catch (IOException | ShutdownSignalException closed) {
            // The broker has had enough of it, or the test.
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void close(List<RawClient> clients) throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private RawClient raw() throws IOException {
        RawClient client = new RawClient("127.0.0.1", broker.port()).login(0);
        client.send(RawClient.openChannel(1));
        client.expect("20.11");
        return client;
    }

    private static byte[] publishFrame(String routingKey) {
        ByteBuf publish = Unpooled.buffer();
        publish.writeShort(60).writeShort(40).writeShort(0).writeByte(0);
        publish.writeByte(routingKey.length()).writeBytes(routingKey.getBytes(StandardCharsets.US_ASCII));
        return RawClient.frame(1, 1, publish.writeByte(1));
    }

    private static byte[] header(long size) {
        return RawClient.frame(
                2,
                1,
                Unpooled.buffer().writeShort(60).writeShort(0).writeLong(size).writeShort(0));
    }

    private static void body(RawClient client, int bytes) throws IOException {
        int frame = 64 << 10;
        for (int at = 0; at < bytes; at += frame) {
            client.send(RawClient.frame(3, 1, Unpooled.wrappedBuffer(new byte[frame])));
        }
    }

    private void look() {
        highest = Math.max(highest, broker.counters().memoryBytes());
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.holds()) {
            assertThat(System.nanoTime() - end).as("waited 30 s").isNegative();
            Thread.sleep(10);
        }
    }

    private static long usedHeap() throws InterruptedException {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(50);
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }

    @ParameterizedTest
    @EnumSource
    void isFlatAfterwards(Flood flood) throws Exception {
        long first = 0;
        for (int round = 0; round < ROUNDS; round++) {
            highest = 0;
            flood.run(this);
            await(() -> broker.connections().isEmpty());
            await(() -> broker.counters().memoryBytes() == 0);
            await(() -> broker.queues().isEmpty());
            // Each of the connections of a flood may have a message on its way.
            assertThat(highest).as("bytes held meanwhile").isLessThan(2 * LIMIT);
            if (round == 0) {
                first = usedHeap();
            }
        }
        assertThat(usedHeap() - first).as("growth of the heap").isLessThan(HEAP_NOISE);
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            String queue = channel.queueDeclare().getQueue();
            channel.basicPublish("", queue, new AMQP.BasicProperties(), new byte[1_000]);
            assertThat(channel.basicGet(queue, true).getBody()).hasSize(1_000);
        }
    }
}
