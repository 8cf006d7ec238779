package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.SilentCloseable;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FieldTable;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.conformance.RawClient;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for octets that make the protocol's readers fail in other ways than documented. By default each test
 * runs its seeds only; with {@code JAZZER_FUZZ=1} in the environment the selected test is fuzzed from its seeds.
 */
class AmqpFuzzTest {
    private static final byte[] TABLE = table(Map.of(
            "text",
            "a",
            "number",
            1L << 40,
            "yes",
            true,
            "list",
            List.of(1, "b", Map.of("c", 2.5)),
            "when",
            new FieldTable.Timestamp(1)));

    private static byte[] table(Map<String, ?> fields) {
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, fields);
        return ByteBufUtil.getBytes(out);
    }

    /** A session complete, truncated, and with one octet changed. */
    static Stream<byte[]> sessions() {
        byte[] session = TortureTest.session();
        byte[] broken = session.clone();
        broken[broken.length / 2] ^= 0x40;
        return Stream.of(session, broken, Arrays.copyOf(session, session.length - 7));
    }

    static Stream<byte[]> tables() {
        return Stream.of(TABLE, table(Map.of()), new byte[] {0, 0, 0, 9, 1, 'a', 'F'}, new byte[] {-1, -1, -1, -1});
    }

    /** Class id and method id, then arguments. */
    static Stream<byte[]> methods() {
        ByteBuf declare = Unpooled.buffer().writeShort(50).writeShort(10).writeShort(0);
        FieldTable.writeShortString(declare, "queue");
        declare.writeByte(0b01000).writeBytes(TABLE);
        return Stream.of(
                ByteBufUtil.getBytes(declare),
                new byte[] {0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 1, 0},
                new byte[] {0, 60, 0, 40, 0, 0, 5, 'x'},
                new byte[] {0, 10, 0, 11, 0, 0, 0, 0, 5, 'P', 'L', 'A', 'I', 'N', 0x7f, -1, -1, -1});
    }

    /** Property flags, then properties. */
    static Stream<byte[]> headers() {
        ByteBuf header = Unpooled.buffer().writeShort(0xb000);
        FieldTable.writeShortString(header, "text/plain");
        header.writeBytes(TABLE).writeByte(1);
        return Stream.of(ByteBufUtil.getBytes(header), new byte[] {-1, -1}, new byte[] {0x20, 0, 0, 0, 0, 9});
    }

    @MethodSource("sessions")
    @FuzzTest
    void frames(byte[] octets) {
        var channel = new EmbeddedChannel(new FrameDecoder(
                new FrameDecoder.Listener() {
                    @Override
                    public void protocolHeader(byte[] header) {
                        assertThat(header).hasSize(8);
                    }

                    @Override
                    public void frame(int type, int number, ByteBuf payload) {
                        assertThat(payload.readableBytes()).isLessThanOrEqualTo(4096);
                    }

                    @Override
                    public void malformed(AmqpException error) {
                        assertThat(error.replyText()).isNotEmpty();
                    }
                },
                4096));
        channel.writeInbound(Unpooled.wrappedBuffer(RawClient.protocolHeader()));
        channel.writeInbound(Unpooled.wrappedBuffer(octets));
        channel.finishAndReleaseAll();
    }

    @MethodSource("methods")
    @FuzzTest
    void methods(byte[] octets) {
        ByteBuf in = Unpooled.wrappedBuffer(octets);
        if (in.readableBytes() < 4) {
            return;
        }
        try {
            Method.read(AmqpMethod.of(in.readUnsignedShort(), in.readUnsignedShort()), in);
        } catch (AmqpException e) {
            assertThat(e.replyText()).isNotEmpty();
        }
    }

    @MethodSource("tables")
    @FuzzTest
    void tables(byte[] octets) {
        Map<String, @Nullable Object> read;
        try {
            read = FieldTable.read(Unpooled.wrappedBuffer(octets));
        } catch (AmqpException | IndexOutOfBoundsException e) {
            return;
        }
        assertThat(table(FieldTable.read(Unpooled.wrappedBuffer(table(read))))).isEqualTo(table(read));
    }

    @MethodSource("headers")
    @FuzzTest
    void contentHeaders(byte[] octets) {
        try {
            ContentHeader header = ContentHeader.read(Unpooled.wrappedBuffer(octets));
            ContentHeader other = header.withHeaders(header.headers()).withReplyTo("r");
            assertThat(other.replyTo()).isEqualTo("r");
            assertThat(other.withoutExpiration().expiration()).isNull();
            assertThat(other.priority()).isEqualTo(header.priority());
        } catch (AmqpException | IndexOutOfBoundsException e) {
            // Expected.
        }
    }

    @MethodSource("sessions")
    @SuppressWarnings("try") // Network connections are allowed until the end of the block.
    @FuzzTest
    void connections(byte[] octets) throws Exception {
        try (SilentCloseable allowed = BugDetectors.allowNetworkConnections();
                EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            try (RawClient client = new RawClient("127.0.0.1", broker.port()).login(0)) {
                client.send(octets);
                client.shutdownOutput();
                client.drain();
            } catch (java.net.SocketTimeoutException e) {
                throw e; // The broker neither responded nor closed the connection.
            } catch (IOException closed) {
                // Expected: the broker reported the error and closed the connection.
            }
            try (RawClient other = new RawClient("127.0.0.1", broker.port()).login(0)) {
                other.send(RawClient.openChannel(1));
                other.expect("20.11");
            }
        }
    }
}
