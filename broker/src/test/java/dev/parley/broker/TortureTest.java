package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.bytes;
import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.parley.broker.amqp.FieldTable;
import dev.parley.broker.conformance.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever one client does, the broker still serves the others and keeps nothing of that client. */
class TortureTest {
    private static final int FUZZ_ROUNDS = Integer.getInteger("parley.broker.fuzzRounds", 1_500);
    private static final int MESSAGES = Integer.getInteger("parley.broker.messages", 1_000_000);

    private final EmbeddedBroker broker = EmbeddedBroker.builder().start();

    @AfterEach
    void end() {
        broker.close();
    }

    private void assertServing() throws Exception {
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            String queue = channel.queueDeclare().getQueue();
            channel.basicPublish("", queue, null, bytes("still here"));
            assertThat(channel.basicGet(queue, true).getBody()).isEqualTo(bytes("still here"));
        }
    }

    private void assertNothingKept() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!broker.connections().isEmpty() || broker.counters().memoryBytes() != 0) {
            assertThat(System.nanoTime())
                    .as("%s connections, %s bytes", broker.connections(), broker.counters())
                    .isLessThan(end);
            Thread.sleep(10);
        }
    }

    /** What a simple client sends after its login: declare, publish, consume, ack. */
    static byte[] session() {
        ByteBuf out = Unpooled.buffer();
        out.writeBytes(RawClient.openChannel(1));
        ByteBuf declare = Unpooled.buffer().writeShort(50).writeShort(10).writeShort(0);
        FieldTable.writeShortString(declare, "fuzz");
        declare.writeByte(0b01000);
        FieldTable.write(declare, Map.of("x-expires", 1000, "x-max-length", 100));
        out.writeBytes(RawClient.frame(1, 1, declare));
        ByteBuf publish =
                Unpooled.buffer().writeShort(60).writeShort(40).writeShort(0).writeByte(0);
        FieldTable.writeShortString(publish, "fuzz");
        out.writeBytes(RawClient.frame(1, 1, publish.writeByte(1)));
        ByteBuf header =
                Unpooled.buffer().writeShort(60).writeShort(0).writeLong(5).writeShort(0xb000);
        FieldTable.writeShortString(header, "text/plain");
        FieldTable.write(header, Map.of("a", List.of(1, "b", Map.of("c", true))));
        header.writeByte(1);
        out.writeBytes(RawClient.frame(2, 1, header));
        out.writeBytes(RawClient.frame(3, 1, Unpooled.wrappedBuffer(bytes("hello"))));
        ByteBuf consume = Unpooled.buffer().writeShort(60).writeShort(20).writeShort(0);
        FieldTable.writeShortString(consume, "fuzz");
        FieldTable.writeShortString(consume, "c");
        consume.writeByte(0);
        FieldTable.write(consume, Map.of());
        out.writeBytes(RawClient.frame(1, 1, consume));
        out.writeBytes(RawClient.frame(
                1,
                1,
                Unpooled.buffer().writeShort(60).writeShort(80).writeLong(1).writeByte(0)));
        return ByteBufUtil.getBytes(out);
    }

    @Test
    void fuzzedFrames() throws Exception {
        long seed = Long.getLong("parley.broker.fuzzSeed", System.nanoTime());
        Random random = new Random(seed);
        byte[] session = session();
        for (int round = 0; round < FUZZ_ROUNDS; round++) {
            byte[] octets = session.clone();
            switch (random.nextInt(4)) {
                case 0 -> {
                    for (int i = random.nextInt(6); i >= 0; i--) {
                        octets[random.nextInt(octets.length)] = (byte) random.nextInt(256);
                    }
                }
                case 1 -> octets[random.nextInt(octets.length)] ^= (byte) (1 << random.nextInt(8));
                case 2 -> {
                    byte[] payload = new byte[random.nextInt(200)];
                    random.nextBytes(payload);
                    ByteBuf method = Unpooled.buffer()
                            .writeShort(new int[] {10, 20, 40, 50, 60, 85, 90}[random.nextInt(7)])
                            .writeShort(10 * random.nextInt(13) + random.nextInt(2))
                            .writeBytes(payload);
                    octets = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(
                            RawClient.openChannel(1),
                            RawClient.frame(1 + random.nextInt(3), random.nextInt(2), method)));
                }
                default -> octets = Arrays.copyOf(octets, random.nextInt(octets.length));
            }
            try (RawClient client = new RawClient("127.0.0.1", broker.port()).login(0)) {
                client.send(octets);
                client.shutdownOutput();
                client.drain();
            } catch (java.net.SocketTimeoutException e) {
                throw new AssertionError("seed " + seed + ": the broker neither closed the connection nor responded to "
                        + HexFormat.of().formatHex(octets));
            } catch (IOException closed) {
                // Expected: the broker reported the error and closed the connection.
            }
        }
        assertServing();
        broker.queues().forEach(queue -> broker.deleteQueue(queue.virtualHost(), queue.name()));
        assertNothingKept();
    }

    @Test
    void randomOctets() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            byte[] octets = new byte[1 + random.nextInt(300)];
            random.nextBytes(octets);
            try (RawClient client = new RawClient("127.0.0.1", broker.port())) {
                client.send(octets);
                client.shutdownOutput();
                client.drain();
            } catch (java.net.SocketTimeoutException e) {
                throw e;
            } catch (IOException closed) {
                // Expected.
            }
        }
        assertServing();
        assertNothingKept();
    }

    @Test
    void connectionsCutAtEveryOctet() throws Exception {
        ByteBuf all = Unpooled.wrappedBuffer(
                RawClient.protocolHeader(), RawClient.startOk("guest", "guest"), RawClient.tuneOk(0), RawClient.open());
        byte[] handshake = ByteBufUtil.getBytes(Unpooled.wrappedBuffer(all, Unpooled.wrappedBuffer(session())));
        for (int length = 0; length <= handshake.length; length++) {
            try (RawClient client = new RawClient("127.0.0.1", broker.port())) {
                client.send(Arrays.copyOf(handshake, length));
            }
        }
        assertServing();
        broker.queues().forEach(queue -> broker.deleteQueue(queue.virtualHost(), queue.name()));
        assertNothingKept();
    }

    @Test
    void thousandConnections() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            clients.add(new RawClient("127.0.0.1", broker.port()).login(0));
        }
        assertThat(broker.connections()).hasSize(1_000);
        assertServing();
        for (RawClient client : clients) {
            client.close();
        }
        assertNothingKept();
    }

    @Test
    void tenThousandQueues() throws Exception {
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            for (int i = 0; i < 10_000; i++) {
                channel.queueDeclareNoWait("q" + i, false, true, false, Map.of("x-expires", 600_000));
                channel.queueBindNoWait("q" + i, "amq.topic", "some." + i + ".#", Map.of());
            }
            channel.confirmSelect();
            channel.basicPublish("amq.topic", "some.9999.key", null, bytes("found"));
            assertThat(channel.waitForConfirms(60_000)).isTrue();
            assertThat(broker.queues()).hasSize(10_000);
            assertThat(channel.basicGet("q9999", true).getBody()).isEqualTo(bytes("found"));
        }
        assertThat(broker.queues()).isEmpty();
        assertThat(broker.bindings()).isEmpty();
        assertNothingKept();
    }

    @Test
    void consumerThatDoesNotRead() throws Exception {
        try (RawClient idle = new RawClient("127.0.0.1", broker.port()).login(0);
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("unread", false, false, false, Map.of());
            ByteBuf consume = Unpooled.buffer().writeShort(60).writeShort(20).writeShort(0);
            FieldTable.writeShortString(consume, "unread");
            FieldTable.writeShortString(consume, "c");
            consume.writeByte(0b0010);
            FieldTable.write(consume, Map.of());
            idle.send(RawClient.openChannel(1));
            idle.send(RawClient.frame(1, 1, consume));
            idle.expect("20.11");
            idle.expect("60.21");
            channel.confirmSelect();
            for (int i = 0; i < 3_000; i++) {
                channel.basicPublish("", "unread", null, new byte[10_000]);
            }
            assertThat(channel.waitForConfirms(30_000)).isTrue();
            assertThat(channel.messageCount("unread"))
                    .as("messages kept by the queue instead of being buffered for the socket")
                    .isGreaterThan(1_500);
            assertServing();
            channel.queueDelete("unread");
        }
        assertNothingKept();
    }

    @Test
    void manyMessagesInOrder() throws Exception {
        try (Connection publishing = connect(broker);
                Connection consuming = connect(broker)) {
            Channel in = publishing.createChannel();
            in.queueDeclare("q", false, false, false, Map.of());
            Channel out = consuming.createChannel();
            out.basicQos(500);
            var expected = new AtomicInteger();
            var done = new CountDownLatch(MESSAGES);
            var wrong = new AtomicInteger();
            out.basicConsume(
                    "q",
                    false,
                    (tag, delivery) -> {
                        int number = Unpooled.wrappedBuffer(delivery.getBody()).readInt();
                        if (number != expected.getAndIncrement()) {
                            wrong.incrementAndGet();
                        }
                        if (number % 100 == 99) {
                            out.basicAck(delivery.getEnvelope().getDeliveryTag(), true);
                        }
                        done.countDown();
                    },
                    tag -> {});
            in.confirmSelect();
            for (int i = 0; i < MESSAGES; i++) {
                in.basicPublish(
                        "", "q", null, ByteBufUtil.getBytes(Unpooled.buffer(4).writeInt(i)));
                if (i % 10_000 == 9_999) {
                    assertThat(in.waitForConfirms(60_000)).isTrue();
                }
            }
            assertThat(in.waitForConfirms(60_000)).isTrue();
            assertThat(done.await(120, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).hasValue(0);
        }
        assertNothingKept();
    }
}
