package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.broker.amqp.FieldTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes and frames that clients' libraries do not send. */
class HandshakeConformanceTest extends ConformanceTest {
    private RawClient raw() throws IOException {
        return new RawClient(broker.host(), broker.port());
    }

    @Test
    @DisplayName("wrong protocol header")
    void wrongHeader() throws Exception {
        for (byte[] wrong : List.of(
                new byte[] {'A', 'M', 'Q', 'P', 0, 0, 8, 0},
                "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
            try (RawClient client = raw()) {
                client.send(wrong);
                assertThat(client.octets(8))
                        .isEqualTo(ByVersion.of(RawClient.protocolHeader())
                                .from("4.0", new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0})
                                .on(broker));
            }
        }
    }

    @Test
    @DisplayName("protocol header of another 0-9")
    void otherRevision() throws Exception {
        try (RawClient client = raw()) {
            client.send((byte) 'A', (byte) 'M', (byte) 'Q', (byte) 'P', (byte) 0, (byte) 0, (byte) 9, (byte) 2);
            assertThat(client.octets(8)).isEqualTo(RawClient.protocolHeader());
        }
    }

    @Test
    @DisplayName("AMQP 1.0")
    void amqp10() throws Exception {
        // The embedded broker never says that it speaks AMQP 1.0; the newer RabbitMQ does.
        if (broker.isEmbedded() || ByVersion.of(true).from("4.0", false).on(broker)) {
            for (int protocol : new int[] {0, 2, 3}) {
                try (RawClient client = raw()) {
                    client.send(
                            (byte) 'A', (byte) 'M', (byte) 'Q', (byte) 'P', (byte) protocol, (byte) 1, (byte) 0, (byte)
                                    0);
                    assertThat(client.octets(8)).isEqualTo(RawClient.protocolHeader());
                    assertThatThrownBy(() -> client.octets(1)).isInstanceOf(IOException.class);
                }
            }
        }
    }

    private String mechanisms(RawClient client) throws IOException {
        client.send(RawClient.protocolHeader());
        ByteBuf start = client.expect("10.10").payload().skipBytes(6);
        FieldTable.read(start);
        String[] mechanisms = start.readCharSequence(start.readInt(), StandardCharsets.US_ASCII)
                .toString()
                .split(" ");
        Arrays.sort(mechanisms);
        return String.join(" ", mechanisms);
    }

    @Test
    @DisplayName("mechanisms, ANONYMOUS")
    void mechanisms() throws Exception {
        try (RawClient client = raw()) {
            assertThat(mechanisms(client))
                    .isEqualTo(ByVersion.of("AMQPLAIN PLAIN")
                            .from("4.0", "AMQPLAIN ANONYMOUS PLAIN")
                            .on(broker));
            ByteBuf out = Unpooled.buffer().writeShort(10).writeShort(11).writeInt(0);
            FieldTable.writeShortString(out, "ANONYMOUS");
            FieldTable.writeLongString(out, "");
            FieldTable.writeShortString(out, "en_US");
            client.send(RawClient.frame(1, 0, out));
            if (ByVersion.of(false).from("4.0", true).on(broker)) {
                client.expect("10.30");
                client.send(RawClient.tuneOk(0));
                client.send(RawClient.open());
                client.expect("10.41");
            } else {
                assertThatThrownBy(() -> client.expect("10.30")).isInstanceOf(IOException.class);
            }
        }
    }

    @ParameterizedTest(name = "frame_max of {0}")
    @ValueSource(ints = {4096, 8191, 8192})
    void frameMax(int octets) throws Exception {
        try (RawClient client = raw()) {
            client.send(RawClient.protocolHeader());
            client.expect("10.10");
            client.send(RawClient.startOk("guest", "guest"));
            client.expect("10.30");
            client.send(RawClient.tuneOk(0, octets));
            client.send(RawClient.open());
            if (octets >= ByVersion.of(4096).from("4.3", 8192).on(broker)) {
                client.expect("10.41");
            } else if (broker.isEmbedded()) {
                assertThat(RawClient.closeText(client.expect("10.50")))
                        .isEqualTo("530 NOT_ALLOWED - negotiated frame_max = " + octets
                                + " is lower than the minimum allowed value (8192)");
            } else {
                assertThatThrownBy(client::receive).isInstanceOf(IOException.class);
            }
        }
    }

    private String closed(byte[] frame) throws Exception {
        try (RawClient client = raw().login(0)) {
            client.send(RawClient.openChannel(1));
            client.expect("20.11");
            client.send(frame);
            return RawClient.closeText(client.expect("10.50"));
        } catch (EOFException e) {
            return "closed";
        }
    }

    private static ByteBuf bytes(int... octets) {
        ByteBuf out = Unpooled.buffer();
        for (int octet : octets) {
            out.writeByte(octet);
        }
        return out;
    }

    @Test
    @DisplayName("malformed frames")
    void malformedFrames() throws Exception {
        ByteBuf text = Unpooled.copiedBuffer("zz", StandardCharsets.US_ASCII);
        assertThat(closed(RawClient.frame(9, 1, text.duplicate())))
                .isEqualTo("501 FRAME_ERROR - type 9, all octets = <<\"zz\">>: unknown_frame");
        assertThat(closed(RawClient.frame(8, 0, text.duplicate())))
                .isEqualTo("501 FRAME_ERROR - type 8, all octets = <<\"zz\">>: unknown_frame");
        assertThat(closed(RawClient.frame(1, 1, bytes(0, 10))))
                .isEqualTo("501 FRAME_ERROR - type 1, all octets = <<0,10>>: unknown_frame");
        assertThat(closed(RawClient.frame(8, 1, bytes())))
                .isEqualTo("505 UNEXPECTED_FRAME - type 8, all octets = <<>>");
        assertThat(closed(RawClient.frame(3, 0, text.duplicate())))
                .isEqualTo("505 UNEXPECTED_FRAME - type 3, all octets = <<\"zz\">>");
        assertThat(closed(RawClient.frame(1, 1, bytes(0, 50, 0, 10))))
                .isEqualTo("501 FRAME_ERROR - cannot decode <<>>");
        byte[] unended = RawClient.frame(1, 1, text.duplicate());
        unended[unended.length - 1] = 7;
        assertThat(closed(unended))
                .isEqualTo("501 FRAME_ERROR - type 1, all octets = <<\"zz\">>: {invalid_frame_end_marker,7}");
        assertThat(closed(new byte[] {1, 0, 1, 0, 2, 0, 1, 0, 0}))
                .isEqualTo("501 FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,131073,131064}");
        assertThat(closed(RawClient.frame(3, 7, text.duplicate())))
                .isEqualTo("505 UNEXPECTED_FRAME - expected method frame, got non method frame instead");
    }
}
