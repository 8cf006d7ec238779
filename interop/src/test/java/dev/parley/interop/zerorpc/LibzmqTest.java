package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.zmtp.SocketType;
import dev.parley.zmtp.ZmtpEndpoint;
import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpLimits;
import dev.parley.zmtp.ZmtpPeer;
import dev.parley.zmtp.ZmtpSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** libzmq's sockets against our ZMTP. */
@Timeout(120)
@NeedsPeer(Peer.PYZMQ)
class LibzmqTest {
    /** Sends every message back, and keeps what came. */
    private static final class Echo implements ZmtpHandler {
        final BlockingQueue<List<byte[]>> messages = new LinkedBlockingQueue<>();
        final boolean back;

        Echo(boolean back) {
            this.back = back;
        }

        @Override
        public void connected(ZmtpPeer peer) {}

        @Override
        public void received(ZmtpPeer peer, byte[][] frames) {
            if (back) {
                peer.send(frames);
            } else {
                messages.add(List.of(frames));
            }
        }

        @Override
        public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {}

        @Override
        public void disconnected(ZmtpPeer peer, String reason) {}
    }

    @Test
    void libzmqDealerCallsOurRouterOverTcpAndIpc(@TempDir Path directory) {
        try (ZmtpSocket router = new ZmtpSocket(SocketType.ROUTER, ZmtpLimits.defaults(), new Echo(true))) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            Path file = directory.resolve("router");
            router.bind(ZmtpEndpoint.ipc(file.toString()));
            for (String address : List.of("tcp://127.0.0.1:" + port, "ipc://" + file)) {
                try (PeerProcess dealer =
                        PeerProcess.start(Peer.PYZMQ, "zmtp_dealer.py", address, "--id", "a dealer's name")) {
                    assertThat(dealer.call(Map.of("parts", List.of("", "6162")))
                                    .path("ok")
                                    .toString())
                            .isEqualTo("[\"\",\"6162\"]");
                    for (int size : List.of(0, 255, 256, 5_000_000)) {
                        assertThat(dealer.call(Map.of("size", size)).path("ok").asBoolean())
                                .isTrue();
                    }
                }
            }
        }
    }

    @Test
    void ourDealerCallsLibzmqRouter() throws Exception {
        Echo events = new Echo(false);
        try (PeerProcess router = PeerProcess.start(Peer.PYZMQ, "zmtp_router.py");
                ZmtpSocket dealer = new ZmtpSocket(SocketType.DEALER, ZmtpLimits.defaults(), events)) {
            String address = router.ready();
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            ZmtpPeer peer =
                    dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port)).peer().get(20, TimeUnit.SECONDS);
            for (int i = 0; i < 900; i++) {
                peer.send(new byte[0], new byte[i]);
            }
            for (int i = 0; i < 900; i++) {
                List<byte[]> frames = events.messages.poll(20, TimeUnit.SECONDS);
                assertThat(frames).isNotNull().hasSize(2);
                assertThat(frames.getLast()).hasSize(i);
            }
        }
    }
}
