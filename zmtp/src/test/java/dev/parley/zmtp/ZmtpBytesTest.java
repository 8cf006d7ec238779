package dev.parley.zmtp;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ZMTP byte by byte, against a ROUTER that echoes and against a DEALER. */
@Timeout(60)
class ZmtpBytesTest {
    private static final ZmtpLimits LIMITS =
            ZmtpLimits.defaults().withMaxMessageBytes(10_000).withMaxFrames(8);

    private final RecordingHandler events = new RecordingHandler(true);
    private ZmtpSocket router;
    private int port;

    @BeforeEach
    void bind() {
        router = new ZmtpSocket(SocketType.ROUTER, LIMITS, events);
        port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
    }

    @AfterEach
    void close() {
        router.close();
    }

    private void assertStillServes() throws Exception {
        try (RawPeer other = RawPeer.connect(port)) {
            other.handshake("DEALER").writeHex("01 00 00 02 6f 6b");
            assertThat(other.read(6)).isEqualTo(hex("01 00 00 02 6f 6b"));
        }
    }

    @Test
    void greetingAndReadyAreThoseOfLibzmq() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.write(RawPeer.GREETING);
            assertThat(peer.read(64)).isEqualTo(RawPeer.GREETING);
            assertThat(peer.read(43))
                    .isEqualTo(hex("04 29 05 5245414459 0b 536f636b65742d54797065 00000006 524f55544552"
                            + "08 4964656e74697479 00000000"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DEALER", "REQ", "ROUTER"})
    void acceptsCompatibleSocketTypes(String type) throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake(type).send(new byte[0], "hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(peer.readMessage()).containsExactly(new byte[0], "hello".getBytes(StandardCharsets.US_ASCII));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PULL", "SUB", "REP", "X"})
    void rejectsIncompatibleSocketTypes(String type) throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake(type);
            RawPeer.Frame error = peer.readFrame();
            assertThat(error.flags()).isEqualTo(4);
            assertThat(error.body()).isEqualTo(hex("05 4552524f52 13 496e76616c696420736f636b65742074797065"));
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertStillServes();
        assertThat(events.disconnected).as("it never counted as connected").hasSizeLessThan(2);
    }

    @Test
    void acceptsAnyVersion3Greeting() throws Exception {
        byte[] greeting = RawPeer.GREETING.clone();
        greeting[8] = 0;
        greeting[11] = 0;
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.write(greeting).write(RawPeer.ready("DEALER")).writeHex("00 01 61");
            peer.read(64);
            peer.readFrame();
            assertThat(peer.readMessage()).containsExactly(hex("61"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 00, no signature",
        "0, 47, HTTP",
        "9, 7e, no end of the signature",
        "10, 01, ZMTP 1",
        "10, 02, ZMTP 2",
        "12, 50, mechanism PLAIN"
    })
    void malformedGreetings(int at, String value, String what) throws Exception {
        byte[] greeting = RawPeer.GREETING.clone();
        greeting[at] = hex(value)[0];
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.write(greeting);
            assertThat(peer.isClosedByPeer()).as(what).isTrue();
        }
        assertStillServes();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00 01 61", // a message before READY
                "04 05 04 50494e47", // PING before READY
                "04 06 05 5245414459", // READY without a type
                "04 0a 05 5245414459 0b 53 6f 6b", // an incomplete property
                "04 12 05 5245414459 0b 536f636b65742d54797065 ffffffff", // a negative length
                "04 00", // an empty command
                "06 7fffffffffffffff", // a command of eight exabytes
                "05 06 05 5245414459", // a command with MORE
                "f8 00" // flags of no version
            })
    void malformedHandshakes(String frame) throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.write(RawPeer.GREETING).writeHex(frame);
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertStillServes();
    }

    @Test
    void theHandshakeTimeout() throws Exception {
        try (ZmtpSocket impatient =
                        new ZmtpSocket(SocketType.ROUTER, LIMITS.withHandshakeTimeout(Duration.ofMillis(100)), events);
                RawPeer peer = RawPeer.connect(impatient.bind(ZmtpEndpoint.tcp("127.0.0.1", 0)))) {
            peer.write(Arrays.copyOf(RawPeer.GREETING, 63));
            assertThat(peer.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void aConnectionCutAtEveryByte() throws Exception {
        byte[] ready = RawPeer.ready("DEALER");
        byte[] message = hex("01 00 00 05 68656c6c6f");
        byte[] all = new byte[64 + ready.length + message.length];
        System.arraycopy(RawPeer.GREETING, 0, all, 0, 64);
        System.arraycopy(ready, 0, all, 64, ready.length);
        System.arraycopy(message, 0, all, 64 + ready.length, message.length);
        for (int cut = 0; cut < all.length; cut++) {
            try (RawPeer peer = RawPeer.connect(port)) {
                peer.write(Arrays.copyOf(all, cut)).shutdownOutput();
                assertThat(peer.isClosedByPeer()).as("cut after " + cut).isTrue();
            }
        }
        assertStillServes();
    }

    @Test
    void aConversationThatComesByteByByte() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            for (byte[] part : List.of(RawPeer.GREETING, RawPeer.ready("DEALER"), hex("01 00 00 05 68656c6c6f"))) {
                for (byte one : part) {
                    peer.write(one);
                }
            }
            peer.read(64);
            peer.readFrame();
            assertThat(peer.read(9)).isEqualTo(hex("01 00 00 05 68656c6c6f"));
        }
    }

    @Test
    void framesOf255And256Bytes() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake("DEALER").send(new byte[255]).send(new byte[256]);
            assertThat(peer.read(2)).isEqualTo(hex("00 ff"));
            peer.read(255);
            assertThat(peer.read(9)).isEqualTo(hex("02 0000000000000100"));
            peer.read(256);
            peer.writeHex("02 0000000000000001 61");
            assertThat(peer.read(3)).isEqualTo(hex("00 01 61"));
        }
    }

    @Test
    void aMessageThatIsTooLargeIsSkipped() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake("DEALER").send(new byte[0], new byte[10_001]);
            assertThat(RecordingHandler.next(events.oversized)).isEqualTo(10_001);
            peer.send(new byte[6_000], new byte[3_000], new byte[1_001], new byte[5]);
            assertThat(RecordingHandler.next(events.oversized)).isEqualTo(10_006);
            peer.send(new byte[10_000]);
            assertThat(peer.readMessage()).containsExactly(new byte[10_000]);
        }
    }

    @Test
    void aHeaderOfTwoGibibytesCostsNothing() throws Exception {
        long before = usedMemory();
        try (RawPeer first = RawPeer.connect(port);
                RawPeer second = RawPeer.connect(port)) {
            first.handshake("DEALER").writeHex("02 0000000080000000").write(new byte[1 << 20]);
            second.write(RawPeer.GREETING).write(RawPeer.ready("DEALER")).writeHex("02 8000000000000000");
            assertThat(second.isClosedByPeer()).isTrue();
            assertStillServes();
            assertThat(usedMemory() - before).isLessThan(64 << 20);
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void aMessageOfTooManyFrames() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake("DEALER").writeHex("01 00".repeat(8)).writeHex("00 00");
            assertThat(peer.isClosedByPeer()).isTrue();
        }
        assertThat(RecordingHandler.next(events.disconnected)).contains("exceeds the limit of 8 frames");
        assertStillServes();
    }

    @Test
    void pingIsAnsweredAndOtherCommandsAreIgnored() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake("DEALER")
                    .writeHex("04 0a 04 50494e47 0000 637478")
                    .writeHex("04 0c 09 535542534352494245 6162")
                    .writeHex("00 01 61");
            assertThat(peer.read(10)).isEqualTo(hex("04 08 04 504f4e47 637478"));
            assertThat(peer.readMessage()).containsExactly(hex("61"));
        }
    }

    @Test
    void anErrorCommandEndsTheConnectionWithItsReason() throws Exception {
        try (RawPeer peer = RawPeer.connect(port)) {
            peer.handshake("DEALER").writeHex("04 0a 05 4552524f52 03 627965");
            assertThat(RecordingHandler.next(events.disconnected)).contains("'bye'");
            assertThat(peer.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void aClosedSocketNeitherBindsNorConnects() throws Exception {
        router.close();
        assertThatThrownBy(() -> router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0)))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("closed");
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            ZmtpConnector connector = router.connect(ZmtpEndpoint.tcp("127.0.0.1", server.getLocalPort()));
            assertThat(connector.peer()).isCompletedExceptionally();
            assertThat(connector.current()).isNull();
            server.setSoTimeout(200);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void limits() {
        ZmtpLimits defaults = ZmtpLimits.defaults();
        assertThat(defaults.withMaxPendingBytes(5).maxPendingBytes()).isEqualTo(5);
        assertThat(defaults.withHandshakeTimeout(Duration.ofNanos(1)).handshakeTimeoutMillis())
                .isEqualTo(1);
        assertThat(defaults.withHandshakeTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .handshakeTimeoutMillis())
                .isEqualTo(Integer.MAX_VALUE);
        assertThatThrownBy(() -> defaults.withMaxFrames(0)).hasMessage("maxFrames must be positive, not 0");
        assertThatThrownBy(() -> defaults.withMaxMessageBytes(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> defaults.withHandshakeTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDealerReconnectsAfterEveryKindOfFailure() throws Exception {
        RecordingHandler client = new RecordingHandler(false);
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ZmtpSocket dealer = new ZmtpSocket(SocketType.DEALER, LIMITS, client)) {
            dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", server.getLocalPort()));
            RawPeer.accept(server).close();
            try (RawPeer garbage = RawPeer.accept(server)) {
                garbage.writeHex("48545450 2f312e31");
            }
            try (RawPeer pull = RawPeer.accept(server)) {
                pull.handshake("PULL");
                assertThat(pull.isClosedByPeer()).isTrue();
            }
            try (RawPeer good = RawPeer.accept(server)) {
                good.handshake("ROUTER");
                ZmtpPeer peer = RecordingHandler.next(client.connected);
                peer.send(new byte[0], hex("61"));
                assertThat(good.read(5)).isEqualTo(hex("01 00 00 01 61"));
                good.writeHex("01 00 00 01 62");
                assertThat(RecordingHandler.next(client.messages).frames()).containsExactly(new byte[0], hex("62"));
            }
            assertThat(RecordingHandler.next(client.disconnected)).isNotEmpty();
        }
    }
}
