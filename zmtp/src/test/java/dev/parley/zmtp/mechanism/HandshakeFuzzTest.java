package dev.parley.zmtp.mechanism;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.spi.Login;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.LoginCheck;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jazzer searches for commands that a handshake fails on otherwise than by refusing them, and for altered handshakes
 * that succeed. By default the seeds alone run; with {@code JAZZER_FUZZ=1} in the environment the selected test is
 * fuzzed.
 */
class HandshakeFuzzTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.ofSecretKey("01".repeat(32));
    private static final CurveKeyPair CLIENT = CurveKeyPair.ofSecretKey("02".repeat(32));
    private static final byte[] METADATA = "metadata of the peer".getBytes(StandardCharsets.US_ASCII);

    private static final LoginCheck CHECK = (credentials, peer) -> CompletableFuture.completedFuture(
            credentials.equals(new Credentials.PublicKey(CLIENT.publicKey().toString()))
                            || credentials.equals(new Credentials.Password("ann", "secret"))
                    ? new Login.Accepted(new User("ann"))
                    : new Login.Refused());

    /** One side: what it has sent, and how its handshake ended. */
    private static final class Side implements Handshaking {
        final Deque<byte[]> sent = new ArrayDeque<>();
        final Mechanism mechanism;
        boolean established;

        @Nullable
        String refused;

        Side(ZmtpSecurity security) {
            mechanism = Mechanism.of(security, this, METADATA);
            mechanism.start();
        }

        boolean hasEnded() {
            return established || refused != null;
        }

        @Override
        public void send(byte[] command) {
            assertThat(hasEnded()).isFalse();
            sent.add(command);
        }

        @Override
        public void established(byte[] metadata, int offset, @Nullable Principal caller) {
            assertThat(hasEnded()).isFalse();
            assertThat(offset).isBetween(0, metadata.length);
            established = true;
        }

        @Override
        public void refuse(String reason) {
            assertThat(hasEnded()).isFalse();
            refused = reason;
        }

        @Override
        public void execute(Runnable task) {
            if (!hasEnded()) {
                task.run();
            }
        }

        @Override
        public String peer() {
            return "fuzz";
        }
    }

    static Stream<ZmtpSecurity> securities() {
        return Stream.of(
                ZmtpSecurity.none(),
                ZmtpSecurity.plainClient("ann", "secret"),
                ZmtpSecurity.plainServer(CHECK),
                ZmtpSecurity.curveClient(SERVER.publicKey(), CLIENT),
                ZmtpSecurity.curveServer(SERVER, CHECK));
    }

    static Stream<byte[]> commands() {
        return Stream.of(
                Commands.of("HELLO", Commands.shortText("ann"), Commands.shortText("secret")),
                Commands.of("HELLO", Commands.shortText("ann")),
                Commands.of("HELLO"),
                Commands.of("HELLO", new byte[194]),
                Commands.of("WELCOME"),
                Commands.of("WELCOME", new byte[160]),
                Commands.of("INITIATE", new byte[248]),
                Commands.of("READY", new byte[24]),
                Commands.of("MESSAGE", new byte[25]),
                new byte[0],
                new byte[] {-1});
    }

    /** The same command twice, since a handshake may take it the first time only. */
    @MethodSource("commands")
    @FuzzTest
    void anyCommandIsAnsweredOrRefused(byte[] command) {
        securities().forEach(security -> {
            Side side = new Side(security);
            for (int i = 0; i < 2 && !side.hasEnded(); i++) {
                side.mechanism.received(command.clone());
            }
            if (side.established) {
                assertThat(security).isInstanceOf(ZmtpSecurity.None.class);
            }
            FrameCipher cipher = side.mechanism.cipher();
            assertThat(cipher).isNull();
        });
    }

    /** Which command is altered, at which byte, by which bits. */
    static Stream<byte[]> alterations() {
        return Stream.of(
                new byte[] {0, 0, 7, 0},
                new byte[] {0, 0, 90, 1},
                new byte[] {0, 0, 115, 1},
                new byte[] {0, 0, (byte) 199, 1},
                new byte[] {1, 0, 10, 1},
                new byte[] {1, 0, 100, (byte) 128},
                new byte[] {2, 0, 50, 1},
                new byte[] {2, 0, 112, 1},
                new byte[] {2, 1, 0, 1},
                new byte[] {3, 0, 6, 1},
                new byte[] {3, 0, 30, 1},
                new byte[] {4, 0, 0, 0});
    }

    @MethodSource("alterations")
    @FuzzTest
    void anAlteredCurveHandshakeFails(byte[] alteration) {
        int which = alteration.length < 4 ? 9 : alteration[0];
        Side client = new Side(ZmtpSecurity.curveClient(SERVER.publicKey(), CLIENT));
        Side server = new Side(ZmtpSecurity.curveServer(SERVER, CHECK));
        boolean altered = false;
        Side from = client;
        for (int number = 0; !from.sent.isEmpty(); number++) {
            byte[] command = from.sent.remove();
            if (number == which) {
                byte[] original = command.clone();
                int at = ((alteration[1] & 0xff) << 8 | alteration[2] & 0xff) % command.length;
                command[at] ^= alteration[3];
                // The padding of HELLO has no meaning; it makes HELLO longer than WELCOME.
                boolean padding = number == 0 && at >= 8 && at < 80;
                altered = !padding && !Arrays.equals(original, command);
            }
            from = from == client ? server : client;
            if (from.hasEnded()) {
                break;
            }
            from.mechanism.received(command);
        }
        assertThat(client.established).isEqualTo(!altered);
        // The server has ended the handshake when its READY is altered on the way.
        assertThat(server.established).isEqualTo(!altered || which == 3);
        if (!altered) {
            byte[] sealed = client.mechanism.cipher().seal(METADATA, 0, METADATA.length, 0);
            assertThat(server.mechanism.cipher().open(sealed, METADATA.length + FrameCipher.OVERHEAD))
                    .isEqualTo(METADATA);
        }
    }

    @MethodSource("commands")
    @FuzzTest
    void noForgedFrameIsOpened(byte[] frame) {
        Box box = Box.ofKey(new byte[32]);
        byte[] named = Commands.of("MESSAGE", frame);
        for (byte[] each : new byte[][] {frame, named}) {
            FrameCipher cipher = FrameCipher.ofServer(box, 0, 0);
            assertThat(cipher.open(each, each.length)).isNull();
            assertThat(cipher.problem()).isNotEmpty();
        }
    }
}
