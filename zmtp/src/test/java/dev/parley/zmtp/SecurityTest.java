package dev.parley.zmtp;

import static dev.parley.zmtp.RecordingHandler.next;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.spi.Login;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.LoginCheck;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PLAIN and CURVE between our own sockets. */
@Timeout(60)
class SecurityTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.generate();
    private static final CurveKeyPair CLIENT = CurveKeyPair.generate();

    private final RecordingHandler served = new RecordingHandler(true);
    private final RecordingHandler events = new RecordingHandler(false);
    private final AtomicInteger logins = new AtomicInteger();

    private LoginCheck accepting(Credentials expected) {
        return (credentials, peer) -> {
            logins.incrementAndGet();
            Login login = credentials.equals(expected) ? new Login.Accepted(new User("ann")) : new Login.Refused();
            // Later and elsewhere, as those that ask a file or a directory.
            return CompletableFuture.supplyAsync(() -> login);
        };
    }

    private ZmtpSecurity plainServer() {
        return ZmtpSecurity.plainServer(accepting(new Credentials.Password("ann", "pässword")));
    }

    private ZmtpSecurity curveServer() {
        return ZmtpSecurity.curveServer(
                SERVER, accepting(new Credentials.PublicKey(CLIENT.publicKey().toString())));
    }

    private static ZmtpSecurity curveClient(CurveKeyPair keys) {
        return ZmtpSecurity.curveClient(SERVER.publicKey(), keys);
    }

    private ZmtpSocket router(ZmtpSecurity security) {
        return new ZmtpSocket(SocketType.ROUTER, ZmtpLimits.defaults(), served, security);
    }

    private ZmtpSocket dealer(ZmtpSecurity security) {
        return new ZmtpSocket(SocketType.DEALER, ZmtpLimits.defaults(), events, security);
    }

    private void assertWorks(ZmtpSecurity server, ZmtpSecurity client) throws Exception {
        try (ZmtpSocket router = router(server);
                ZmtpSocket dealer = dealer(client)) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            ZmtpPeer peer =
                    dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port)).peer().get(30, TimeUnit.SECONDS);
            assertThat(next(served.connected).principal()).isEqualTo(new User("ann"));
            assertThat(peer.principal()).isNull();
            Random random = new Random(1);
            for (int size : List.of(0, 1, 200, 222, 223, 255, 256, 16_000, 16_350, 16_384, 17_500, 3_000_000)) {
                byte[] payload = new byte[size];
                random.nextBytes(payload);
                peer.send(new byte[0], payload, new byte[] {1});
                assertThat(next(events.messages).frames()).containsExactly(new byte[0], payload, new byte[] {1});
            }
            for (int i = 0; i < 20_000; i++) {
                peer.send(new byte[0], Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
            }
            for (int i = 0; i < 20_000; i++) {
                assertThat(new String(next(events.messages).frames().getLast(), StandardCharsets.US_ASCII))
                        .isEqualTo(Integer.toString(i));
            }
        }
    }

    @Test
    void plainWorks() throws Exception {
        assertWorks(plainServer(), ZmtpSecurity.plainClient("ann", "pässword"));
    }

    @Test
    void curveWorks() throws Exception {
        assertWorks(curveServer(), curveClient(CLIENT));
    }

    @Test
    void theServerOfTheMechanismMayConnect() throws Exception {
        try (ZmtpSocket dealer = dealer(curveClient(CLIENT));
                ZmtpSocket router = router(curveServer())) {
            router.connect(ZmtpEndpoint.tcp("127.0.0.1", dealer.bind(ZmtpEndpoint.tcp("127.0.0.1", 0))));
            next(events.connected).send(new byte[] {7});
            assertThat(next(events.messages).frames()).containsExactly(new byte[] {7});
        }
    }

    /** The attempt fails with this error, and so does a call that comes right after. */
    private void assertRefused(ZmtpSecurity server, ZmtpSecurity client, Class<?> error, String reason)
            throws Exception {
        try (ZmtpSocket router = router(server);
                ZmtpSocket dealer = dealer(client)) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            ZmtpConnector connector = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            assertThatThrownBy(() -> connector.peer().get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(error)
                    .hasMessageContaining(reason);
            assertThat(served.connected).isEmpty();
            assertThat(events.connected).isEmpty();
        }
    }

    @Test
    void wrongCredentialsAreDenied() throws Exception {
        assertRefused(
                plainServer(),
                ZmtpSecurity.plainClient("ann", "wrong"),
                AccessDeniedException.class,
                "refused the credentials");
        assertRefused(
                curveServer(),
                curveClient(CurveKeyPair.generate()),
                AccessDeniedException.class,
                "refused the credentials");
    }

    @Test
    void aDeniedClientFailsAtOnceAndDoesNotTryAgainSoon() throws Exception {
        try (ZmtpSocket router = router(plainServer());
                ZmtpSocket dealer = dealer(ZmtpSecurity.plainClient("ann", "wrong"))) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            ZmtpConnector connector = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            assertThatThrownBy(() -> connector.peer().get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            for (int i = 0; i < 1_000; i++) {
                assertThat(connector.peer()).isCompletedExceptionally();
            }
            assertThat(logins).hasValue(1);
        }
    }

    @Test
    void aCheckThatCannotDecideIsNoDenial() throws Exception {
        ZmtpSecurity unavailable =
                ZmtpSecurity.plainServer((who, peer) -> CompletableFuture.completedFuture(new Login.Unavailable()));
        assertRefused(unavailable, ZmtpSecurity.plainClient("ann", "x"), ConnectionLostException.class, "cannot check");
        ZmtpSecurity failing = ZmtpSecurity.plainServer(
                (who, peer) -> CompletableFuture.failedFuture(new IllegalStateException("no directory")));
        assertRefused(failing, ZmtpSecurity.plainClient("ann", "x"), ConnectionLostException.class, "cannot check");
    }

    @Test
    void aWrongServerKeyEndsTheConnection() throws Exception {
        ZmtpSecurity client = ZmtpSecurity.curveClient(CurveKeyPair.generate().publicKey(), CLIENT);
        assertRefused(curveServer(), client, ConnectionLostException.class, "may not have the key");
        assertThat(logins).hasValue(0);
    }

    @Test
    void mechanismsMustBeTheSame() throws Exception {
        ZmtpSecurity plain = ZmtpSecurity.plainClient("ann", "pässword");
        Class<?> lost = ConnectionLostException.class;
        assertRefused(curveServer(), ZmtpSecurity.none(), lost, "");
        assertRefused(plainServer(), ZmtpSecurity.none(), lost, "");
        assertRefused(ZmtpSecurity.none(), curveClient(CLIENT), lost, "");
        assertRefused(curveServer(), plain, lost, "");
        assertRefused(plainServer(), curveServer(), lost, "");
        assertRefused(plainServer(), plainServer(), lost, "");
        assertThat(logins).hasValue(0);
    }

    @Test
    void largeMessages() throws Exception {
        ZmtpLimits limits = ZmtpLimits.defaults().withMaxMessageBytes(10_000);
        try (ZmtpSocket router = new ZmtpSocket(SocketType.ROUTER, limits, served, curveServer());
                ZmtpSocket dealer = dealer(curveClient(CLIENT))) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            ZmtpConnector connector = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            ZmtpPeer peer = connector.peer().get(30, TimeUnit.SECONDS);
            peer.send(new byte[6_000], new byte[6_000]);
            assertThat(next(served.oversized)).isEqualTo(12_000);
            peer.send(new byte[6_000], new byte[4_000]);
            assertThat(next(events.messages).frames()).hasSize(2);
            peer.send(new byte[10_001]);
            assertThat(next(served.disconnected)).contains("10034 bytes exceeds the limit of 10000");
        }
    }
}
