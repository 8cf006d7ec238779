package dev.parley.zmtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Our sockets against JeroMQ's, and against each other. */
@Timeout(60)
class JeroMqTest {
    private final ZContext jeromq = new ZContext();

    @AfterEach
    void close() {
        jeromq.close();
    }

    /**
     * The handshake of JeroMQ sometimes stalls, with libzmq too (once in some hundred connections): let it retry soon.
     */
    private ZMQ.Socket socket(SocketType type) {
        ZMQ.Socket socket = jeromq.createSocket(type);
        socket.setHandshakeIvl(1_000);
        return socket;
    }

    /**
     * Sends this many bytes and returns what comes back. Connects again if JeroMQ lost the connection, since a DEALER
     * does not resend.
     */
    private byte[] echoed(String address, int size) {
        byte[] reply = null;
        for (int attempt = 0; reply == null && attempt < 3; attempt++) {
            ZMQ.Socket dealer = socket(SocketType.DEALER);
            dealer.setReceiveTimeOut(15_000);
            dealer.connect(address);
            dealer.sendMore(new byte[0]);
            dealer.send(new byte[size]);
            byte[] delimiter = dealer.recv();
            if (delimiter != null) {
                assertThat(delimiter).isEmpty();
                reply = dealer.recv();
            }
            dealer.close();
        }
        return reply;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ZmtpSocket echo() {
        return new ZmtpSocket(dev.parley.zmtp.SocketType.ROUTER, ZmtpLimits.defaults(), new RecordingHandler(true));
    }

    @Test
    void jeroMqDealerAndReqCallOurRouter() {
        try (ZmtpSocket router = echo()) {
            String address = "tcp://127.0.0.1:" + router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            for (int size : List.of(0, 1, 255, 256, 70_000, 3_000_000)) {
                assertThat(echoed(address, size)).hasSize(size);
            }
            ZMQ.Socket req = socket(SocketType.REQ);
            req.connect(address);
            req.send("question");
            assertThat(req.recvStr()).isEqualTo("question");
        }
    }

    @Test
    void ourDealerCallsJeroMqRouterOnSeveralEndpoints() throws Exception {
        RecordingHandler events = new RecordingHandler(false);
        ZMQ.Socket first = socket(SocketType.ROUTER);
        ZMQ.Socket second = socket(SocketType.ROUTER);
        int firstPort = first.bindToRandomPort("tcp://127.0.0.1");
        int secondPort = second.bindToRandomPort("tcp://127.0.0.1");
        try (ZmtpSocket dealer = new ZmtpSocket(dev.parley.zmtp.SocketType.DEALER, ZmtpLimits.defaults(), events)) {
            ZmtpConnector one = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", firstPort));
            ZmtpConnector two = dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", secondPort));
            one.peer().get().send(new byte[0], bytes("to the first"));
            two.peer().get().send(new byte[0], bytes("to the second"));
            assertThat(dealer.peers()).hasSize(2);

            byte[] identity = first.recv();
            assertThat(first.recv()).isEmpty();
            assertThat(first.recvStr()).isEqualTo("to the first");
            second.recv();
            second.recv();
            assertThat(second.recvStr()).isEqualTo("to the second");
            first.sendMore(identity);
            first.sendMore(new byte[0]);
            first.send("back");
            assertThat(RecordingHandler.next(events.messages).frames()).containsExactly(new byte[0], bytes("back"));
        }
    }

    @Test
    void ourRouterMayConnectAndOurDealerMayBind(@TempDir Path directory) throws Exception {
        RecordingHandler events = new RecordingHandler(false);
        try (ZmtpSocket dealer = new ZmtpSocket(dev.parley.zmtp.SocketType.DEALER, ZmtpLimits.defaults(), events);
                ZmtpSocket router = echo()) {
            int port = dealer.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            dealer.bind(ZmtpEndpoint.ipc(directory.resolve("dealer").toString()));
            router.connect(ZmtpEndpoint.tcp("127.0.0.1", port));
            router.connect(ZmtpEndpoint.ipc(directory.resolve("dealer").toString()));
            for (int i = 0; i < 2; i++) {
                RecordingHandler.next(events.connected).send(new byte[0], bytes("x" + i));
            }
            List<String> texts =
                    List.of(text(RecordingHandler.next(events.messages)), text(RecordingHandler.next(events.messages)));
            assertThat(texts).containsExactlyInAnyOrder("x0", "x1");
        }
    }

    private static String text(RecordingHandler.Message message) {
        return new String(message.frames().getLast(), StandardCharsets.US_ASCII);
    }

    @Test
    void aHundredThousandMessagesComeInOrder() throws Exception {
        RecordingHandler events = new RecordingHandler(false);
        try (ZmtpSocket router = echo();
                ZmtpSocket dealer = new ZmtpSocket(dev.parley.zmtp.SocketType.DEALER, ZmtpLimits.defaults(), events)) {
            int port = router.bind(ZmtpEndpoint.tcp("127.0.0.1", 0));
            ZmtpPeer peer =
                    dealer.connect(ZmtpEndpoint.tcp("127.0.0.1", port)).peer().get();
            for (int i = 0; i < 100_000; i++) {
                peer.send(new byte[0], bytes(Integer.toString(i)));
            }
            for (int i = 0; i < 100_000; i++) {
                assertThat(text(RecordingHandler.next(events.messages))).isEqualTo(Integer.toString(i));
            }
        }
    }
}
