package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.User;
import dev.parley.spi.Login;
import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpConnector;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import dev.parley.zmtp.security.CurveKey;
import dev.parley.zmtp.security.CurveKeyPair;
import dev.parley.zmtp.security.LoginCheck;
import dev.parley.zmtp.security.ZmtpSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** libzmq's PLAIN and CURVE against ours, both ways. */
@Timeout(120)
@NeedsPeer(Peer.PYZMQ)
class LibzmqSecurityTest {
    private static final CurveKeyPair SERVER = CurveKeyPair.generate();
    private static final CurveKeyPair CLIENT = CurveKeyPair.generate();

    @TempDir
    private Path folder;

    private final Sockets events = new Sockets();

    /** Sends every message back if it is a ROUTER's. */
    private static final class Sockets implements ZmtpHandler {
        final BlockingQueue<byte[][]> messages = new LinkedBlockingQueue<>();
        final AtomicInteger connected = new AtomicInteger();

        @Override
        public void connected(ZmtpPeer peer) {
            connected.incrementAndGet();
        }

        @Override
        public void received(ZmtpPeer peer, byte[][] frames) {
            if (peer.principal() != null) {
                peer.send(frames);
            } else {
                messages.add(frames);
            }
        }

        @Override
        public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {}

        @Override
        public void disconnected(ZmtpPeer peer, String reason) {}
    }

    private static LoginCheck asking(Authenticator authenticator) {
        return (credentials, peer) -> {
            var caller = authenticator.authenticate(credentials);
            return CompletableFuture.completedFuture(caller == null ? new Login.Refused() : new Login.Accepted(caller));
        };
    }

    private static LoginCheck client(CurveKeyPair known) {
        return (credentials, peer) -> CompletableFuture.completedFuture(
                credentials.equals(new Credentials.PublicKey(known.publicKey().toString()))
                        ? new Login.Accepted(new User("client"))
                        : new Login.Refused());
    }

    private static String json(Map<String, ?> security) {
        return JsonMapper.shared().writeValueAsString(security);
    }

    private static Map<String, String> curve(CurveKey server, CurveKeyPair client) {
        return Map.of(
                "server_key", server.toString(),
                "public", client.publicKey().toString(),
                "secret", client.secretKeyText());
    }

    private void assertDealer(ZmtpSecurity server, Map<String, ?> client, boolean works) {
        int before = events.connected.get();
        try (ZmtpSocket router = new ZmtpSocket(SocketType.ROUTER, ZmtpLimits.defaults(), events, server)) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            try (PeerProcess dealer = PeerProcess.start(
                    Peer.PYZMQ,
                    "zmtp_dealer.py",
                    "tcp://127.0.0.1:" + port,
                    "--timeout",
                    works ? "30000" : "1500",
                    "--ping",
                    "5",
                    "--security",
                    json(client))) {
                String reply = dealer.call(Map.of("parts", List.of("", "6162"))).toString();
                if (!works) {
                    assertThat(reply).contains("Again");
                    assertThat(events.connected.get()).isEqualTo(before);
                    return;
                }
                assertThat(reply).isEqualTo("{\"ok\":[\"\",\"6162\"]}");
                for (int size : List.of(0, 222, 223, 256, 20_000, 5_000_000)) {
                    assertThat(dealer.call(Map.of("size", size)).path("ok").asBoolean())
                            .isTrue();
                }
            }
        }
        assertThat(events.connected.get())
                .as("the pings did not end the connection")
                .isEqualTo(before + 1);
    }

    @Test
    void libzmqDealerCallsOurRouterByPlain() {
        ZmtpSecurity server = ZmtpSecurity.plainServer(asking(Authenticator.password("ann", "pässword")));
        assertDealer(server, Map.of("user", "ann", "password", "pässword"), true);
        assertDealer(server, Map.of("user", "ann", "password", "wrong"), false);
        assertDealer(server, Map.of(), false);
        assertDealer(server, curve(SERVER.publicKey(), CLIENT), false);
    }

    @Test
    void libzmqDealerCallsOurRouterByCurve() {
        ZmtpSecurity server = ZmtpSecurity.curveServer(SERVER, client(CLIENT));
        assertDealer(server, curve(SERVER.publicKey(), CLIENT), true);
        assertDealer(server, curve(SERVER.publicKey(), CurveKeyPair.generate()), false);
        assertDealer(server, curve(CurveKeyPair.generate().publicKey(), CLIENT), false);
        assertDealer(server, Map.of(), false);
        assertDealer(server, Map.of("user", "ann", "password", "x"), false);
        assertDealer(ZmtpSecurity.none(), curve(SERVER.publicKey(), CLIENT), false);
    }

    private void assertRouter(PeerProcess router, String address, ZmtpSecurity client) throws Exception {
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (ZmtpSocket dealer = new ZmtpSocket(SocketType.DEALER, ZmtpLimits.defaults(), events, client)) {
            ZmtpConnector connector = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            ZmtpPeer peer = connector.peer().get(30, TimeUnit.SECONDS);
            for (int i = 0; i < 900; i++) {
                peer.send(new byte[0], new byte[i]);
            }
            for (int i = 0; i < 900; i++) {
                byte[][] frames = events.messages.poll(30, TimeUnit.SECONDS);
                assertThat(frames).isNotNull();
                assertThat(frames.length).isEqualTo(2);
                assertThat(frames[1]).hasSize(i);
            }
        }
        assertThat(router.isAlive()).isTrue();
    }

    private void assertRefused(String address, ZmtpSecurity client, Class<?> error, String reason) {
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (ZmtpSocket dealer = new ZmtpSocket(SocketType.DEALER, ZmtpLimits.defaults(), events, client)) {
            ZmtpConnector connector = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            assertThatThrownBy(() -> connector.peer().get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(error)
                    .hasMessageContaining(reason);
        }
    }

    private static PeerProcess router(Map<String, ?> security) {
        return PeerProcess.start(Peer.PYZMQ, "zmtp_router.py", "tcp://127.0.0.1:*", json(security));
    }

    @Test
    void ourDealerCallsLibzmqRouterByPlain() throws Exception {
        try (PeerProcess router = router(Map.of("passwords", Map.of("ann", "secret")))) {
            String address = router.ready();
            assertRouter(router, address, ZmtpSecurity.plainClient("ann", "secret"));
            assertRefused(
                    address, ZmtpSecurity.plainClient("ann", "wrong"), AccessDeniedException.class, "refused the");
            assertRefused(address, ZmtpSecurity.none(), ConnectionLostException.class, "NULL");
            assertRouter(router, address, ZmtpSecurity.plainClient("ann", "secret"));
        }
    }

    @Test
    void ourDealerCallsLibzmqRouterByCurveWithCertificatesOfPyzmq() throws Exception {
        try (PeerProcess maker =
                PeerProcess.start(Peer.PYZMQ, "zmtp_security.py", folder.toString(), "server", "client")) {
            assertThat(maker.exitCode()).isZero();
        }
        Path clients = Files.createDirectory(folder.resolve("clients"));
        Files.move(folder.resolve("client.key"), clients.resolve("client.key"));
        CurveKey server = CurveKey.read(folder.resolve("server.key"));
        ZmtpSecurity good = ZmtpSecurity.curveClient(server, CurveKeyPair.read(folder.resolve("client.key_secret")));
        try (PeerProcess router = router(Map.of(
                "key_file", folder.resolve("server.key_secret").toString(), "client_keys", clients.toString()))) {
            String address = router.ready();
            assertRouter(router, address, good);
            assertRefused(
                    address,
                    ZmtpSecurity.curveClient(server, CurveKeyPair.generate()),
                    AccessDeniedException.class,
                    "refused the credentials");
            assertRefused(
                    address,
                    ZmtpSecurity.curveClient(SERVER.publicKey(), CLIENT),
                    ConnectionLostException.class,
                    "may not have the key");
            assertRefused(address, ZmtpSecurity.none(), ConnectionLostException.class, "NULL");
            assertRouter(router, address, good);
        }
    }

    @Test
    void pyzmqReadsOurCertificates() throws Exception {
        Path clients = Files.createDirectory(folder.resolve("clients"));
        CLIENT.write(clients, "client");
        try (PeerProcess router = router(
                Map.of("key_file", SERVER.write(folder, "server").toString(), "client_keys", clients.toString()))) {
            assertRouter(router, router.ready(), ZmtpSecurity.curveClient(SERVER.publicKey(), CLIENT));
        }
    }
}
