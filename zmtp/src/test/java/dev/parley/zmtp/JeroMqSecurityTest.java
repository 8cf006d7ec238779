package dev.parley.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.spi.Login;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.LoginCheck;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeromq.SocketType;
import org.zeromq.ZAuth;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** JeroMQ's PLAIN and CURVE against ours, both ways. */
@Timeout(60)
class JeroMqSecurityTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.generate();
    private static final CurveKeyPair CLIENT = CurveKeyPair.generate();

    private final ZContext jeromq = new ZContext();

    @AfterEach
    void close() {
        jeromq.close();
    }

    private static LoginCheck accepting(Credentials expected) {
        return (credentials, peer) -> CompletableFuture.completedFuture(
                credentials.equals(expected) ? new Login.Accepted(new User("ann")) : new Login.Refused());
    }

    /** JeroMQ's handshake stalls at times, see {@link JeroMqTest}; a DEALER does not resend what is lost then. */
    private void assertDealer(ZmtpSecurity server, Consumer<ZMQ.Socket> client) {
        try (ZmtpSocket router = new ZmtpSocket(
                dev.parley.zmtp.SocketType.ROUTER, ZmtpLimits.defaults(), new RecordingHandler(true), server)) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            String reply = null;
            for (int attempt = 0; reply == null && attempt < 3; attempt++) {
                ZMQ.Socket dealer = jeromq.createSocket(SocketType.DEALER);
                dealer.setHandshakeIvl(1_000);
                dealer.setReceiveTimeOut(15_000);
                client.accept(dealer);
                dealer.connect("tcp://127.0.0.1:" + port);
                dealer.send("x".repeat(300));
                reply = dealer.recvStr();
                dealer.close();
            }
            assertThat(reply).isEqualTo("x".repeat(300));
        }
    }

    @Test
    void jeroMqDealerCallsOurRouter() {
        assertDealer(ZmtpSecurity.plainServer(accepting(new Credentials.Password("ann", "secret"))), dealer -> {
            dealer.setPlainUsername("ann");
            dealer.setPlainPassword("secret");
        });
        assertDealer(
                ZmtpSecurity.curveServer(
                        SERVER,
                        accepting(new Credentials.PublicKey(CLIENT.publicKey().toString()))),
                dealer -> {
                    dealer.setCurvePublicKey(CLIENT.publicKey().bytes());
                    dealer.setCurveSecretKey(CLIENT.secretKey());
                    dealer.setCurveServerKey(SERVER.publicKey().bytes());
                });
    }

    private void assertRouter(Consumer<ZMQ.Socket> server, ZmtpSecurity client) throws Exception {
        ZMQ.Socket router = jeromq.createSocket(SocketType.ROUTER);
        router.setHandshakeIvl(1_000);
        router.setReceiveTimeOut(30_000);
        server.accept(router);
        int port = router.bindToRandomPort("tcp://127.0.0.1");
        RecordingHandler events = new RecordingHandler(false);
        try (ZmtpSocket dealer =
                new ZmtpSocket(dev.parley.zmtp.SocketType.DEALER, ZmtpLimits.defaults(), events, client)) {
            dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            ZmtpPeer peer = events.connected.poll(30, TimeUnit.SECONDS);
            assertThat(peer).isNotNull();
            peer.send(new byte[300], new byte[1]);
            byte[] identity = router.recv();
            assertThat(router.recv()).hasSize(300);
            assertThat(router.recv()).hasSize(1);
            router.sendMore(identity);
            router.send("back");
            assertThat(RecordingHandler.next(events.messages).frames()).containsExactly("back".getBytes(ZMQ.CHARSET));
        }
    }

    @Test
    void ourDealerCallsJeroMqRouter() throws Exception {
        try (ZAuth zap = new ZAuth(jeromq)) {
            zap.configureCurve(ZAuth.CURVE_ALLOW_ANY);
            assertRouter(
                    router -> {
                        router.setCurveServer(true);
                        router.setCurvePublicKey(SERVER.publicKey().bytes());
                        router.setCurveSecretKey(SERVER.secretKey());
                    },
                    ZmtpSecurity.curveClient(SERVER.publicKey(), CLIENT));
        }
    }
}
