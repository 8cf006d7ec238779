package dev.parley.zmtp;

import static dev.parley.zmtp.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.spi.Login;
import dev.parley.zmtp.mechanism.Commands;
import dev.parley.zmtp.mechanism.FrameCipher;
import dev.parley.zmtp.mechanism.Handshaking;
import dev.parley.zmtp.mechanism.Mechanism;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.Principal;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CURVE and PLAIN byte by byte, against a server that echoes. */
@Timeout(60)
class CurveBytesTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.generate();
    private static final CurveKeyPair CLIENT = CurveKeyPair.generate();

    private final RecordingHandler events = new RecordingHandler(true);
    private ZmtpSocket router;
    private int port;

    @BeforeEach
    void bind() {
        ZmtpSecurity security = ZmtpSecurity.curveServer(
                SERVER,
                (credentials, peer) -> CompletableFuture.completedFuture(
                        credentials.equals(new Credentials.PublicKey(
                                        CLIENT.publicKey().toString()))
                                ? new Login.Accepted(new User("ann"))
                                : new Login.Refused()));
        router = new ZmtpSocket(SocketType.ROUTER, ZmtpLimits.defaults(), events, security);
        port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
    }

    @AfterEach
    void close() {
        router.close();
    }

    /** The client's mechanism on a plain socket. */
    private static final class Client implements Handshaking, AutoCloseable {
        final RawPeer raw;
        final Mechanism mechanism;
        byte[] sent = {};

        Client(int port, CurveKeyPair keys) throws IOException {
            raw = RawPeer.connect(port);
            mechanism = Mechanism.of(
                    ZmtpSecurity.curveClient(SERVER.publicKey(), keys), this, Handshake.metadata(SocketType.DEALER));
            raw.write(Handshake.greeting("CURVE", false));
            assertThat(raw.read(64)).startsWith(Arrays.copyOf(Handshake.greeting("CURVE", true), 33));
        }

        Client handshake() throws IOException {
            mechanism.start();
            receive();
            receive();
            return this;
        }

        void receive() throws IOException {
            mechanism.received(raw.readFrame().body());
        }

        /** A sealed frame, with its header. */
        byte[] sealed(byte[] plain, int flags) {
            int length = FrameCipher.OVERHEAD + plain.length;
            byte[] frame = new byte[2 + length];
            frame[1] = (byte) length;
            System.arraycopy(cipher().seal(plain, 0, plain.length, flags), 0, frame, 2, length);
            return frame;
        }

        FrameCipher cipher() {
            FrameCipher cipher = mechanism.cipher();
            assertThat(cipher).isNotNull();
            return cipher;
        }

        byte[] opened() throws IOException {
            byte[] body = raw.readFrame().body();
            return cipher().open(body, body.length);
        }

        @Override
        public void send(byte[] command) {
            sent = Handshake.command(command);
            try {
                raw.write(sent);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void established(byte[] metadata, int offset, @Nullable Principal caller) {
            assertThat(Handshake.properties(metadata, offset)).containsEntry("socket-type", "ROUTER");
        }

        @Override
        public void refuse(String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public String peer() {
            return "server";
        }

        @Override
        public void close() throws IOException {
            raw.close();
        }
    }

    private void assertRefused(Client client, String reason) throws Exception {
        assertThat(client.raw.isClosedByPeer()).isTrue();
        assertThat(next(events.disconnected)).contains(reason);
        assertThat(events.messages).isEmpty();
    }

    @Test
    void commandsHaveTheSizesOfTheSpecification() throws Exception {
        try (Client client = new Client(port, CLIENT)) {
            client.mechanism.start();
            assertThat(client.sent).hasSize(2 + 200);
            RawPeer.Frame welcome = client.raw.readFrame();
            assertThat(welcome.flags()).isEqualTo(4);
            assertThat(welcome.body()).hasSize(168);
            client.mechanism.received(welcome.body());
            assertThat(client.sent).hasSize(9 + 257 + Handshake.metadata(SocketType.DEALER).length);
            client.receive();
            client.raw.write(client.sealed(new byte[] {5, 6}, 0));
            assertThat(client.opened()).containsExactly(5, 6);
            assertThat(client.cipher().flags()).isZero();
        }
    }

    @Test
    void pingIsAnsweredUnderEncryption() throws Exception {
        try (Client client = new Client(port, CLIENT).handshake()) {
            client.raw.write(client.sealed(Commands.of("PING", new byte[] {0, 9, 7}), FrameCipher.COMMAND));
            assertThat(client.opened()).isEqualTo(Commands.of("PONG", new byte[] {7}));
            assertThat(client.cipher().flags()).isEqualTo(FrameCipher.COMMAND);
        }
    }

    @Test
    void aFrameThatIsReplayedEndsTheConnection() throws Exception {
        try (Client client = new Client(port, CLIENT).handshake()) {
            byte[] frame = client.sealed(new byte[] {1}, 0);
            client.raw.write(frame);
            assertThat(client.opened()).containsExactly(1);
            client.raw.write(frame);
            assertRefused(client, "replayed");
        }
    }

    @Test
    void aFrameThatIsChangedEndsTheConnection() throws Exception {
        try (Client client = new Client(port, CLIENT).handshake()) {
            byte[] frame = client.sealed(new byte[] {1}, 0);
            frame[frame.length - 1] ^= 1;
            client.raw.write(frame);
            assertRefused(client, "was changed on its way");
        }
    }

    @Test
    void aFrameThatIsNotEncryptedEndsTheConnection() throws Exception {
        for (byte[] frame : new byte[][] {{0, 1, 65}, Handshake.command(Commands.of("PING", new byte[2])), {0, 0}}) {
            try (Client client = new Client(port, CLIENT).handshake()) {
                client.raw.write(frame);
                assertRefused(client, "unencrypted");
            }
        }
    }

    @Test
    void framesOfAnotherConnectionEndTheConnection() throws Exception {
        try (Client first = new Client(port, CLIENT).handshake();
                Client second = new Client(port, CLIENT).handshake()) {
            second.raw.write(first.sealed(new byte[] {1}, 0));
            assertRefused(second, "not sealed with the keys of this connection");
        }
    }

    @Test
    void aRecordedHandshakeOpensNoOtherConnection() throws Exception {
        byte[] hello;
        byte[] initiate;
        try (Client client = new Client(port, CLIENT)) {
            client.mechanism.start();
            hello = client.sent;
            client.receive();
            initiate = client.sent;
            client.receive();
        }
        try (Client replayer = new Client(port, CLIENT)) {
            replayer.raw.write(hello);
            assertThat(replayer.raw.readFrame().body()).hasSize(168);
            replayer.raw.write(initiate);
            assertThat(replayer.raw.isClosedByPeer()).isTrue();
        }
        assertThat(next(events.connected)).isNotNull();
        assertThat(events.connected).isEmpty();
    }

    @Test
    void initiateOrMessagesBeforeHelloAreRefused() throws Exception {
        for (byte[] command : new byte[][] {
            Commands.of("INITIATE", new byte[300]),
            Commands.of("READY", new byte[30]),
            Commands.of("MESSAGE", new byte[30]),
            Commands.of("HELLO", new byte[194]),
            Commands.of("HELLO")
        }) {
            try (Client client = new Client(port, CLIENT)) {
                client.raw.write(Handshake.command(command));
                assertThat(client.raw.isClosedByPeer()).isTrue();
            }
        }
        assertThat(events.connected).isEmpty();
    }

    @Test
    void anUnknownClientGetsTheStatus400() throws Exception {
        try (Client client = new Client(port, CurveKeyPair.generate())) {
            client.mechanism.start();
            client.receive();
            assertThat(client.raw.readFrame().body()).isEqualTo(Commands.error("400"));
            assertThat(client.raw.isClosedByPeer()).isTrue();
        }
        assertThat(events.connected).isEmpty();
    }

    @Test
    void errorsAreReadInTheSpellingOfLibzmqToo() {
        assertThat(Commands.errorReason(Commands.error("400"))).isEqualTo("400");
        assertThat(Commands.errorReason(RawPeer.hex("5e 52524f52 03 343030"))).isEqualTo("400");
        assertThat(Commands.errorReason(RawPeer.hex("05 4552524f52"))).isEmpty();
        assertThat(Commands.errorReason(RawPeer.hex("5e 52524f52"))).isEmpty();
        assertThat(Commands.errorReason(RawPeer.hex("05 4552524f52 ff 343030"))).isEqualTo("400");
        assertThat(Commands.errorReason(Commands.of("READY"))).isNull();
        assertThat(Commands.errorReason(new byte[0])).isNull();
    }

    @Test
    void plainIsThatOfTheSpecification() throws Exception {
        ZmtpSecurity security = ZmtpSecurity.plainServer((credentials, peer) -> CompletableFuture.completedFuture(
                credentials.equals(new Credentials.Password("admin", "secret"))
                        ? new Login.Accepted(new User("admin"))
                        : new Login.Refused()));
        byte[] greeting = Handshake.greeting("PLAIN", false);
        try (ZmtpSocket plain = new ZmtpSocket(SocketType.ROUTER, ZmtpLimits.defaults(), events, security)) {
            int plainPort = plain.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            try (RawPeer raw = RawPeer.connect(plainPort)) {
                raw.write(greeting).writeHex("04 13 05 48454c4c4f 05 61646d696e 06 736563726574");
                raw.read(64);
                assertThat(raw.readFrame().body()).isEqualTo(RawPeer.hex("07 57454c434f4d45"));
                raw.write(Handshake.command(Commands.of("INITIATE", Handshake.metadata(SocketType.DEALER))));
                assertThat(raw.readFrame().body())
                        .isEqualTo(Commands.of("READY", Handshake.metadata(SocketType.ROUTER)));
                raw.writeHex("00 01 61");
                assertThat(raw.readFrame().body()).isEqualTo(RawPeer.hex("61"));
            }
            for (String hello : new String[] {
                "04 13 05 48454c4c4f 05 61646d696e 06 736563726571",
                "04 12 05 48454c4c4f 05 61646d696e 06 7365637265",
                "04 06 05 48454c4c4f",
                "04 0c 05 48454c4c4f 05 61646d696e",
                "04 14 05 48454c4c4f 05 61646d696e 06 736563726574 00",
                "04 08 05 5245414459 00 00"
            }) {
                try (RawPeer raw = RawPeer.connect(plainPort)) {
                    raw.write(greeting).writeHex(hello);
                    assertThat(raw.isClosedByPeer()).as(hello).isTrue();
                }
            }
        }
        assertThat(next(events.connected).principal()).isEqualTo(new User("admin"));
        assertThat(events.connected).isEmpty();
    }
}
