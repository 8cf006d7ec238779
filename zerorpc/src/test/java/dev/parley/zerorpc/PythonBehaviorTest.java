package dev.parley.zerorpc;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.zmtp.RawPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What zerorpc for Python promises of channels, heartbeats and streams and no other test here says: when heartbeats
 * begin and stop, and how calls and streams end that are given up.
 */
@Timeout(60)
class PythonBehaviorTest {
    public static class Service {
        final CountDownLatch closed = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);

        public int add(int a, int b) {
            return a + b;
        }

        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).boxed().onClose(closed::countDown);
        }

        public void sleep() throws InterruptedException {
            try {
                Thread.sleep(100_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }
    }

    private static final String ID_KEY = "aa6d6573736167655f6964";

    private final Service service = new Service();

    private RpcServer serve(String options) {
        return RpcServer.builder()
                .endpoint(service)
                .listen("zerorpc+tcp://127.0.0.1:0" + options)
                .build()
                .start();
    }

    private static RpcClient connect(RpcServer server, String options) {
        return RpcClient.connect(server.addresses().getFirst().toUri() + options);
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private static RpcClient connect(ServerSocket listening, String options) {
        return RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort() + options);
    }

    private static String id(List<byte[]> call) {
        String payload = HexFormat.of().formatHex(call.getLast());
        int start = payload.indexOf(ID_KEY) + ID_KEY.length();
        return payload.substring(start, start + 68);
    }

    private static byte[] event(String channel, String nameAndArgs) {
        return hex("93 83" + ID_KEY + "07 a1 76 03 ab 726573706f6e73655f746f" + channel + nameAndArgs);
    }

    private static String text(List<byte[]> message) {
        return new String(message.getLast(), StandardCharsets.ISO_8859_1);
    }

    private static final String ITEM = "a6 53545245414d 00";
    private static final String END = "ab 53545245414d5f444f4e45 c0";
    private static final String HEARTBEAT = "a7 5f7a70635f6862 91 00";
    private static final String OK = "a2 4f4b 91 07";

    @Test
    void aSilentServerIsLostUnlessTheClientIsPassive() throws Exception {
        try (ServerSocket listening = listen();
                RpcClient active = connect(listening, "?heartbeat=0.1")) {
            CompletableFuture<Object> call = active.callAsync("f", Object.class);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(ConnectionLostException.class);
                assertThat(text(server.readMessage())).contains("f");
            }
        }
        try (ServerSocket listening = listen();
                RpcClient passive = connect(listening, "?heartbeat=0.1&passive=true")
                        .prepare(o -> o.withTimeout(Duration.ofSeconds(1)))) {
            CompletableFuture<Object> call = passive.callAsync("f", Object.class);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(RpcTimeoutException.class);
                assertThat(text(server.readMessage())).contains("f");
            }
        }
    }

    @Test
    void aPassiveClientBeatsOnceTheServerHas() throws Exception {
        try (ServerSocket listening = listen();
                RpcClient client = connect(listening, "?heartbeat=0.2&passive=true")) {
            CompletableFuture<Integer> call = client.callAsync("f", Integer.class);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String channel = id(server.readMessage());
                Thread.sleep(500);
                server.send(new byte[0], event(channel, HEARTBEAT));
                assertThat(text(server.readMessage())).contains("_zpc_hb");
                server.send(new byte[0], event(channel, OK));
                assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(7);
            }
        }
    }

    @Test
    void noHeartbeatIsSentAfterTheEndOfAStreamOrTheTimeoutOfACall() throws Exception {
        try (ServerSocket listening = listen();
                RpcClient client = connect(listening, "?heartbeat=0.2");
                Stream<Integer> items = client.stream("count", Integer.class)) {
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String channel = id(server.readMessage());
                server.send(new byte[0], event(channel, ITEM)).send(new byte[0], event(channel, END));
                assertThat(items.toList()).containsExactly(0);
                CompletableFuture<Object> late = client.prepare(o -> o.withTimeout(Duration.ofMillis(50)))
                        .callAsync("late", Object.class);
                assertThatThrownBy(() -> late.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(RpcTimeoutException.class);
                Thread.sleep(700);
                client.cast("last");
                // At most the grant for the second item, and one heartbeat, if the test was slow.
                int controls = 0;
                for (String next = text(server.readMessage());
                        !next.contains("last");
                        next = text(server.readMessage())) {
                    controls += next.contains("late") ? 0 : 1;
                }
                assertThat(controls).isLessThanOrEqualTo(2);
            }
        }
    }

    @Test
    void aStreamThatIsLeftBeforeItsFirstItemEndsInTheServer() throws Exception {
        try (RpcServer server = serve("?heartbeat=0.1");
                RpcClient client = connect(server, "")) {
            // Connects, so that the stream is not given up before its request is sent.
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
            client.stream("count", Integer.class, 1_000_000).close();
            assertThat(service.closed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void aStreamThatIsLeftHalfReadEndsInTheServer() throws Exception {
        try (RpcServer server = serve("?heartbeat=0.1");
                RpcClient client = connect(server, "")) {
            try (Stream<Integer> items = client.stream("count", Integer.class, 1_000_000)) {
                Iterator<Integer> iterator = items.iterator();
                assertThat(iterator.next()).isZero();
                assertThat(iterator.next()).isEqualTo(1);
            }
            assertThat(service.closed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void aReaderThatPausesKeepsItsStream() throws Exception {
        try (RpcServer server = serve("?heartbeat=0.5");
                RpcClient client = connect(server, "");
                Stream<Integer> items = client.stream("count", Integer.class, 500)) {
            Iterator<Integer> iterator = items.iterator();
            for (int i = 0; i < 60; i++) {
                assertThat(iterator.next()).isEqualTo(i);
            }
            // Four intervals in which only heartbeats pass.
            Thread.sleep(2_000);
            for (int i = 60; i < 500; i++) {
                assertThat(iterator.next()).isEqualTo(i);
            }
            assertThat(iterator.hasNext()).isFalse();
        }
    }

    @Test
    void anAsynchronousCallThatTimesOutIsInterruptedInTheServer() throws Exception {
        try (RpcServer server = serve("?heartbeat=0.1");
                RpcClient client = connect(server, "")) {
            CompletableFuture<Object> call =
                    client.prepare(o -> o.withTimeout(Duration.ofMillis(300))).callAsync("sleep", Object.class);
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("sleep");
            assertThat(service.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void whatArrivesLateOnAClosedChannelIsDropped() throws Exception {
        try (ServerSocket listening = listen();
                RpcClient client = connect(listening, "")) {
            CompletableFuture<Integer> first = client.callAsync("f", Integer.class);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String channel = id(server.readMessage());
                server.send(new byte[0], event(channel, OK));
                assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(7);
                for (String late : List.of(OK, ITEM, END, HEARTBEAT, "a9 5f7a70635f6d6f7265 91 64")) {
                    server.send(new byte[0], event(channel, late));
                }
                CompletableFuture<Integer> second = client.callAsync("g", Integer.class);
                List<byte[]> next = server.readMessage();
                assertThat(text(next)).contains("g");
                server.send(new byte[0], event(id(next), OK));
                assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(7);
            }
        }
    }
}
