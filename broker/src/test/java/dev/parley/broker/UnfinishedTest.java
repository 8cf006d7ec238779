package dev.parley.broker;

import static dev.parley.broker.EmbeddedBrokerTest.connect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.broker.conformance.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What connections hold that no consumer can take away. */
@Timeout(120)
class UnfinishedTest {
    private static final int MIB = 1 << 20;
    private static final int FRAME = 64 << 10;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private EmbeddedBroker start(BrokerBuilder builder) {
        EmbeddedBroker broker = builder.start();
        open.add(broker);
        return broker;
    }

    private RawClient client(EmbeddedBroker broker) throws IOException {
        RawClient client = new RawClient("127.0.0.1", broker.port());
        open.add(client);
        client.login(0).send(RawClient.openChannel(1));
        client.expect("20.11");
        return client;
    }

    private static byte[] publish(String routingKey, boolean mandatory) {
        ByteBuf publish = Unpooled.buffer();
        publish.writeShort(60).writeShort(40).writeShort(0).writeByte(0);
        publish.writeByte(routingKey.length()).writeBytes(routingKey.getBytes(StandardCharsets.US_ASCII));
        return RawClient.frame(1, 1, publish.writeByte(mandatory ? 1 : 0));
    }

    private static byte[] header(long size) {
        ByteBuf header = Unpooled.buffer();
        header.writeShort(60).writeShort(0).writeLong(size).writeShort(0);
        return RawClient.frame(2, 1, header);
    }

    /** Sends the beginning of a message, and so many bytes of its body. */
    private static void begin(RawClient client, long size, int sent) throws IOException {
        client.send(publish("nowhere", false));
        client.send(header(size));
        body(client, sent);
    }

    private static void body(RawClient client, int bytes) throws IOException {
        for (int at = 0; at < bytes; at += FRAME) {
            client.send(RawClient.frame(3, 1, Unpooled.wrappedBuffer(new byte[Math.min(FRAME, bytes - at)])));
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited 30 s").isNegative();
            Thread.sleep(10);
        }
    }

    private static void assertServes(EmbeddedBroker broker) throws Exception {
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            String queue = channel.queueDeclare().getQueue();
            channel.basicPublish("", queue, null, new byte[100_000]);
            assertThat(channel.waitForConfirms(30_000)).isTrue();
            assertThat(channel.basicGet(queue, true).getBody()).hasSize(100_000);
        }
    }

    @Test
    void anUnfinishedMessageCountsUntilItsEnd() throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder());
        RawClient client = client(broker);
        begin(client, 15 * MIB, 3 * MIB);
        await(() -> broker.counters().memoryBytes() >= 3 * MIB);
        body(client, 12 * MIB);
        await(() -> broker.counters().memoryBytes() == 0);
        begin(client, 15 * MIB, 3 * MIB);
        await(() -> broker.counters().memoryBytes() >= 3 * MIB);
        client.close();
        await(() -> broker.counters().memoryBytes() == 0);
    }

    @Test
    void theLargestUnfinishedMessageMakesRoomForOthers() throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder().memoryLimit(16 * MIB));
        RawClient large = client(broker);
        begin(large, 15 * MIB, 6 * MIB);
        await(() -> broker.counters().memoryBytes() >= 5 * MIB);
        RawClient small = client(broker);
        begin(small, 3 * MIB, 3 * MIB - FRAME);
        assertThat(RawClient.closeText(large.expect("10.50"))).contains("RESOURCE_ERROR - low on memory");
        body(small, FRAME);
        await(() -> broker.counters().published() == 1);
        await(() -> broker.counters().memoryBytes() == 0);
        assertServes(broker);
    }

    @Test
    void manyUnfinishedMessagesHoldNoMoreThanTheirShare() throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder().memoryLimit(16 * MIB));
        for (int i = 0; i < 20; i++) {
            RawClient client = client(broker);
            try {
                begin(client, 15 * MIB, 2 * MIB);
            } catch (IOException e) {
                // Closed meanwhile.
            }
            assertThat(broker.counters().memoryBytes()).isLessThan(16 * MIB);
        }
        assertServes(broker);
        for (AutoCloseable each : open.reversed()) {
            if (each instanceof RawClient client) {
                client.close();
            }
        }
        await(() -> broker.counters().memoryBytes() == 0);
    }

    @Test
    void aTransactionIsADebt() throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder().memoryLimit(16 * MIB));
        try (Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.txSelect();
            for (int i = 0; i < 3; i++) {
                channel.basicPublish("", "nowhere", null, new byte[MIB]);
            }
            channel.txCommit();
            assertThat(broker.counters().memoryBytes()).isZero();
            // The client tells of the closing by an IOException, or by a ShutdownSignalException if it knew already.
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            channel.basicPublish("", "nowhere", null, new byte[MIB]);
                        }
                        channel.txCommit();
                    })
                    .isInstanceOfAny(IOException.class, ShutdownSignalException.class)
                    .satisfiesAnyOf(
                            e -> assertThat(reason(e)).contains("low on memory"),
                            e -> assertThat(connection
                                            .getCloseReason()
                                            .getReason()
                                            .toString())
                                    .contains("low on memory"));
        } catch (ShutdownSignalException e) {
            assertThat(String.valueOf(reason(e))).contains("low on memory");
        }
        await(() -> broker.counters().memoryBytes() == 0);
        assertServes(broker);
    }

    private static String reason(Throwable error) {
        Throwable at = error;
        while (at != null) {
            if (at instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Connection.Close close) {
                return close.getReplyText();
            }
            at = at.getCause();
        }
        return String.valueOf(error.getMessage());
    }

    @Test
    void whatClientsDoNotReadIsADebt() throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder().memoryLimit(16 * MIB));
        for (int i = 0; i < 12; i++) {
            RawClient client = client(broker);
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        // Each is returned.
                        client.send(publish("nowhere", true));
                        client.send(header(2 * MIB));
                        body(client, 2 * MIB);
                    }
                } catch (IOException e) {
                    // Closed, now or at the end.
                }
            });
        }
        await(() -> broker.connections().size() < 12);
        assertThat(broker.counters().memoryBytes()).isLessThan(32 * MIB);
        assertServes(broker);
        for (AutoCloseable each : open.reversed()) {
            if (each instanceof RawClient client) {
                client.close();
            }
        }
        await(() -> broker.counters().memoryBytes() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMessageHasATotalTime(boolean withinFrame) throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder().messageTimeout(Duration.ofMillis(500)));
        RawClient idle = client(broker);
        RawClient client = client(broker);
        begin(client, 15 * MIB, FRAME);
        if (withinFrame) {
            client.send(new byte[] {3, 0, 1, 0, 1, 0, 0});
        }
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Thread.sleep(50);
                    client.send(withinFrame ? new byte[1] : RawClient.frame(3, 1, Unpooled.wrappedBuffer(new byte[1])));
                }
            } catch (IOException | InterruptedException e) {
                // Closed.
            }
        });
        assertThat(RawClient.closeText(client.expect("10.50")))
                .contains("RESOURCE_ERROR", "not complete within 500 ms");
        // One that sends nothing stays.
        idle.send(RawClient.openChannel(2));
        idle.expect("20.11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /api HTTP/1.1\r\n", "\u0016\u0003\u0001\u0002"})
    void anotherProtocolIsAnsweredByTheHeaderAndClosed(String beginning) throws Exception {
        EmbeddedBroker broker = start(EmbeddedBroker.builder());
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(RawClient.protocolHeader());
        }
    }
}
