package dev.parley.zerorpc;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.zmtp.RawPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * When heartbeats, grants and items are sent to peers that stop reading if several arrive while they end a channel, as
 * zerorpc for Python does.
 */
@Timeout(60)
class ControlEventsTest {
    public static class Service {
        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).boxed();
        }
    }

    private static final String ID_KEY = "aa 6d6573736167655f6964";
    private static final String RESPONSE_TO = "ab 726573706f6e73655f746f";
    private static final String ITEM = "a6 53545245414d 00";
    private static final String END = "ab 53545245414d5f444f4e45 c0";
    private static final String OWN_HEARTBEAT = "a7 5f7a70635f6862 91 00";

    /** The bytes of the id in the header of a call. */
    private static String id(List<byte[]> call) {
        String payload = HexFormat.of().formatHex(call.getLast());
        int start = payload.indexOf(ID_KEY.replace(" ", "")) + 22;
        return payload.substring(start, start + 68);
    }

    private static byte[] event(String channel, String nameAndArgs) {
        return hex("93 83" + ID_KEY + "c420" + "61".repeat(32) + "a1 76 03" + RESPONSE_TO + channel + nameAndArgs);
    }

    /** The name of an event of a channel. */
    private static String name(List<byte[]> message) {
        String payload = new String(message.getLast(), StandardCharsets.ISO_8859_1);
        return Stream.of("_zpc_hb", "_zpc_more", "STREAM_DONE", "STREAM")
                .filter(payload::contains)
                .findFirst()
                .orElse("other");
    }

    private static List<byte[]> read(RawPeer peer) {
        try {
            return peer.readMessage();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aSilentPeerGetsOneHeartbeat() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort() + "?heartbeat=0.2")) {
            CompletableFuture<Object> call = client.callAsync("compute", Object.class);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                server.readMessage();
                assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining("without a heartbeat");
                // What a later call is preceded by is all that the server was sent of the channel that was lost.
                client.cast("last");
                List<String> names = new ArrayList<>();
                List<byte[]> message = server.readMessage();
                while (!new String(message.getLast(), StandardCharsets.ISO_8859_1).contains("last")) {
                    names.add(name(message));
                    message = server.readMessage();
                }
                assertThat(names).containsExactly("_zpc_hb");
            }
        }
    }

    @Test
    void aPeerThatIsHeardGetsTheNextHeartbeat() throws Exception {
        heartbeats(60);
    }

    /** So it is whenever both sides start their clocks together. */
    @Test
    void aPeerWhoseHeartbeatsCrossOursGetsTheNextHeartbeat() throws Exception {
        heartbeats(0);
    }

    private static void heartbeats(int pauseMillis) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort() + "?heartbeat=0.2")) {
            CompletableFuture<Integer> call = client.callAsync("compute", Integer.class);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String channel = id(server.readMessage());
                for (int i = 0; i < 5; i++) {
                    assertThat(name(server.readMessage())).isEqualTo("_zpc_hb");
                    Thread.sleep(pauseMillis);
                    // As Python does, which does not answer a heartbeat but sends its own.
                    server.send(new byte[0], event(channel, OWN_HEARTBEAT));
                }
                server.send(new byte[0], event(channel, "a2 4f4b 91 07"));
                assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo(7);
            }
        }
    }

    @Test
    void aGrantWaitsUntilTheHeartbeatBeforeItHasBeenRead() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort() + "?heartbeat=2&window=10");
                Stream<Integer> items = client.stream("count", Integer.class)) {
            CompletableFuture<Integer> read = new CompletableFuture<>();
            CompletableFuture<Void> mayReadOn = new CompletableFuture<>();
            Thread reader = Thread.ofPlatform().start(() -> {
                Iterator<Integer> iterator = items.iterator();
                for (int i = 0; i < 4; i++) {
                    iterator.next();
                }
                mayReadOn.join();
                int more = 0;
                while (iterator.hasNext()) {
                    iterator.next();
                    more++;
                }
                read.complete(more);
            });
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String channel = id(server.readMessage());
                server.send(new byte[0], event(channel, ITEM));
                assertThat(name(server.readMessage())).isEqualTo("_zpc_more");
                for (int i = 0; i < 7; i++) {
                    server.send(new byte[0], event(channel, ITEM));
                }
                // It is not read, so far as the client knows, since nothing comes back.
                assertThat(name(server.readMessage())).isEqualTo("_zpc_hb");
                mayReadOn.complete(null);
                CompletableFuture<List<byte[]>> next = CompletableFuture.supplyAsync(() -> read(server));
                assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
                server.send(new byte[0], event(channel, ITEM));
                assertThat(name(next.get(30, TimeUnit.SECONDS))).isEqualTo("_zpc_more");
                server.send(new byte[0], event(channel, END));
                assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(5);
            }
            reader.join();
        }
    }

    @Test
    void aGrantForAPeerThatCanSendNothingDoesNotWait() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort() + "?heartbeat=1&window=10");
                Stream<Integer> items = client.stream("count", Integer.class)) {
            Iterator<Integer> iterator = items.iterator();
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String channel = id(server.readMessage());
                server.send(new byte[0], event(channel, ITEM));
                iterator.next();
                assertThat(name(server.readMessage())).isEqualTo("_zpc_hb");
                CompletableFuture<Integer> next = CompletableFuture.supplyAsync(iterator::next);
                assertThat(name(server.readMessage())).isEqualTo("_zpc_more");
                server.send(new byte[0], event(channel, ITEM));
                assertThat(next.get(30, TimeUnit.SECONDS)).isZero();
            }
        }
    }

    @Test
    void itemsToAClientOfPythonAreApart() throws Exception {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Service())
                        .listen("zerorpc+tcp://127.0.0.1:0?pace=0.01")
                        .build()
                        .start();
                RawPeer python =
                        RawPeer.connect(server.addresses().getFirst().port(-1)).handshake("DEALER")) {
            String channel = "c420" + "3461".repeat(16);
            python.send(new byte[0], hex("93 82" + ID_KEY + channel + "a1 76 03 a5 636f756e74 91 32"));
            assertThat(name(python.readMessage())).isEqualTo("STREAM");
            long start = System.nanoTime();
            python.send(new byte[0], event(channel, "a9 5f7a70635f6d6f7265 91 64"));
            for (int i = 1; i < 50; i++) {
                assertThat(name(python.readMessage())).isEqualTo("STREAM");
            }
            assertThat(name(python.readMessage())).isEqualTo("STREAM_DONE");
            // Events that are 10 ms apart cannot take less.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
        }
    }
}
