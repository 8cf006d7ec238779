package dev.parley.zmtp;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PING and PONG, reconnecting and disconnecting. */
@Timeout(60)
class KeepAliveTest {
    private static final Duration FOREVER = Duration.ofDays(365);
    private static final ZmtpOptions PINGS =
            ZmtpOptions.defaults().withPing(Duration.ofMillis(100), FOREVER, Duration.ofMillis(1_501));

    private final RecordingHandler events = new RecordingHandler(false);

    private static int bind(ZmtpSocket socket) {
        return socket.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
    }

    @ParameterizedTest
    @EnumSource
    void everyTypeAnswersPing(SocketType type) throws Exception {
        try (ZmtpSocket socket = new ZmtpSocket(type, ZmtpLimits.defaults(), events);
                RawPeer peer = RawPeer.connect(bind(socket))) {
            peer.handshake(SocketTypesTest.peerOf(type)).writeHex("04 0a 04 50494e47 0000 637478");
            assertThat(peer.readFrame().body()).isEqualTo(hex("04 504f4e47 637478"));
            peer.writeHex("04 05 04 504f4e47").writeHex("04 07 04 50494e47 0000");
            assertThat(peer.readFrame().body()).isEqualTo(hex("04 504f4e47"));
            // A context has at most 16 bytes.
            peer.writeHex("04 18 04 50494e47 0000" + "61".repeat(17));
            assertThat(peer.readFrame().body()).isEqualTo(hex("04 504f4e47" + "61".repeat(16)));
        }
    }

    @Test
    void pingsCarryTheTimeToLive() throws Exception {
        try (ZmtpSocket pull = new ZmtpSocket(SocketType.PULL, PINGS, events);
                RawPeer peer = RawPeer.connect(bind(pull))) {
            peer.handshake("PUSH");
            for (int i = 0; i < 3; i++) {
                assertThat(peer.read(9)).isEqualTo(hex("04 07 04 50494e47 0010"));
            }
        }
    }

    @Test
    void peersOfVersion30AreSentNoPing() throws Exception {
        byte[] old = RawPeer.GREETING.clone();
        old[11] = 0;
        try (ZmtpSocket router = new ZmtpSocket(
                        SocketType.ROUTER,
                        PINGS.withPing(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO),
                        new RecordingHandler(true));
                RawPeer peer = RawPeer.connect(bind(router))) {
            peer.write(old).write(RawPeer.ready("DEALER"));
            peer.read(64);
            peer.readFrame();
            for (int i = 0; i < 100; i++) {
                Thread.sleep(1);
                peer.writeHex("00 01 61");
                assertThat(peer.read(3)).isEqualTo(hex("00 01 61"));
            }
        }
    }

    @Test
    void aPeerThatDoesNotAnswerIsDroppedAndOneThatDoesIsNot() throws Exception {
        ZmtpOptions options =
                ZmtpOptions.defaults().withPing(Duration.ofMillis(50), Duration.ofMillis(2_000), Duration.ZERO);
        try (ZmtpSocket push = new ZmtpSocket(SocketType.PUSH, options, events);
                RawPeer answers = RawPeer.connect(bind(push));
                RawPeer silent = RawPeer.connect(bind(push))) {
            answers.handshake("PULL");
            silent.handshake("PULL");
            RecordingHandler.next(events.connected);
            RecordingHandler.next(events.connected);
            while (events.disconnected.isEmpty()) {
                assertThat(answers.readFrame().body()).isEqualTo(hex("04 50494e47 0000"));
                answers.writeHex("04 05 04 504f4e47");
            }
            assertThat(RecordingHandler.next(events.disconnected))
                    .isEqualTo("the peer sent nothing for 2.0 s after a PING");
            assertThat(silent.isClosedByPeer()).isTrue();
            assertThat(push.peers()).hasSize(1);
        }
    }

    @Test
    void theTimeToLiveOfAPingIsKept() throws Exception {
        try (ZmtpSocket pull = new ZmtpSocket(SocketType.PULL, ZmtpLimits.defaults(), events);
                RawPeer peer = RawPeer.connect(bind(pull))) {
            peer.handshake("PUSH").writeHex("04 07 04 50494e47 0002");
            assertThat(peer.readFrame().body()).isEqualTo(hex("04 504f4e47"));
            assertThat(peer.isClosedByPeer()).isTrue();
            assertThat(RecordingHandler.next(events.disconnected))
                    .isEqualTo("the peer sent nothing for 0.2 s, the time to live of its PING");
        }
    }

    @Test
    void thePausesBeforeReconnectingCanBeSet() throws Exception {
        ZmtpOptions options = ZmtpOptions.defaults().withReconnect(Duration.ofDays(300), FOREVER);
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ZmtpSocket patient = new ZmtpSocket(SocketType.PUSH, options, events);
                ZmtpSocket other =
                        new ZmtpSocket(SocketType.PUSH, ZmtpLimits.defaults(), new RecordingHandler(false))) {
            patient.connect(ZmtpEndpoint.tcp("127.0.0.1", server.getLocalPort()));
            RawPeer.accept(server).handshake("PULL").close();
            assertThat(RecordingHandler.next(events.disconnected)).isNotEmpty();
            other.connect(ZmtpEndpoint.tcp("127.0.0.1", server.getLocalPort()));
            for (int i = 0; i < 5; i++) {
                RawPeer.accept(server).handshake("PULL").close();
            }
            assertThat(events.connected).as("the patient one came once").hasSize(1);
        }
    }

    @Test
    void aDisconnectedEndpointIsNotConnectedAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                ZmtpSocket push = new ZmtpSocket(SocketType.PUSH, ZmtpLimits.defaults(), events)) {
            ZmtpConnector connector = push.connect(ZmtpEndpoint.tcp("127.0.0.1", server.getLocalPort()));
            try (RawPeer peer = RawPeer.accept(server)) {
                peer.handshake("PULL");
                connector.peer().get(20, TimeUnit.SECONDS);
                push.trySend(hex("6c617374"));
                push.disconnect(connector);
                assertThat(peer.readMessage()).containsExactly(hex("6c617374"));
                assertThat(peer.isClosedByPeer()).isTrue();
            }
            assertThat(RecordingHandler.next(events.disconnected)).isNotEmpty();
            assertThat(connector.peer()).isCompletedExceptionally();
            assertThat(connector.current()).isNull();
        }
    }

    @Test
    void wrongOptionsAreRefused() {
        ZmtpOptions options = ZmtpOptions.defaults();
        assertThat(options.reconnectInitial()).isEqualTo(Duration.ofMillis(40));
        assertThat(options.reconnectMax()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.pingInterval()).isZero();
        assertThat(options.withPing(Duration.ofSeconds(3)).pingTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThatThrownBy(() -> options.withReconnect(Duration.ZERO, FOREVER)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> options.withReconnect(FOREVER, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withPing(Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withPing(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withPing(FOREVER, FOREVER, Duration.ofSeconds(6_554)))
                .hasMessage("the time to live of PING must be 0 to 6553.5 s, not PT1H49M14S");
    }
}
