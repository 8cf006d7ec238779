package dev.parley.zerorpc;

import static dev.parley.zmtp.RawPeer.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.zmtp.RawPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Casts over PUSH and PULL, PUB and SUB. */
@Timeout(60)
class CastPatternsTest {
    /** Keeps what it is told. */
    public static class Jobs {
        final BlockingQueue<String> done = new LinkedBlockingQueue<>();
        final CountDownLatch release = new CountDownLatch(1);

        public void job(int number, String text) {
            done.add(number + " " + text);
        }

        public void traced(RpcContext context) {
            done.add("traced " + context.values());
        }

        public String fail() {
            throw new IllegalStateException("no luck");
        }

        public Stream<Integer> endless() {
            return Stream.iterate(1, i -> i + 1);
        }

        public void held(String text) throws InterruptedException {
            release.await();
            done.add(text);
        }

        @Nullable
        String next() throws InterruptedException {
            return done.poll(30, TimeUnit.SECONDS);
        }
    }

    private final Jobs jobs = new Jobs();

    private static RpcServer serve(Jobs endpoint, String address) {
        return RpcServer.builder().endpoint(endpoint).listen(address).build().start();
    }

    private static String address(RpcServer server) {
        return server.addresses().getFirst().toUri();
    }

    private static String freeAddress() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "zerorpc+tcp://127.0.0.1:" + socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitReady(RpcClient client) throws InterruptedException {
        while (!client.isReady()) {
            Thread.sleep(5);
        }
    }

    @Test
    void pushesCasts() throws Exception {
        try (RpcServer server = serve(jobs, "zerorpc+tcp://127.0.0.1:0?pattern=push");
                RpcClient client = RpcClient.connect(address(server))) {
            client.cast("job", 1, "one");
            assertThat(jobs.next()).isEqualTo("1 one");
            client.with(Map.of("trace_id", "abc")).cast("traced");
            assertThat(jobs.next()).isEqualTo("traced {trace_id=abc}");
            // None of these is told to anybody.
            client.cast("fail");
            client.cast("nosuch", 1);
            client.cast("job", "not a number", "text");
            client.cast("endless");
            client.cast("job", 2, "two");
            assertThat(jobs.next()).isEqualTo("2 two");
        }
    }

    @Test
    void pushesToEachServerInTurn() throws Exception {
        Jobs other = new Jobs();
        String address = freeAddress() + "?pattern=push&bind=true&connect=true";
        try (RpcClient client = RpcClient.connect(address);
                RpcServer one = serve(jobs, address);
                RpcServer two = serve(other, address)) {
            // Until both are connected.
            for (int i = 0; jobs.done.isEmpty() || other.done.isEmpty(); i++) {
                client.cast("job", i, "x");
                Thread.sleep(5);
            }
            Thread.sleep(200);
            jobs.done.clear();
            other.done.clear();
            for (int i = 0; i < 10; i++) {
                client.cast("job", i, "x");
            }
            for (int i = 0; i < 5; i++) {
                assertThat(jobs.next()).isNotNull();
                assertThat(other.next()).isNotNull();
            }
            assertThat(one.isReady()).isTrue();
            assertThat(two.isReady()).isTrue();
        }
    }

    @Test
    void aCastWaitsForAServer() throws Exception {
        String address = freeAddress() + "?pattern=push&bind=true&connect=true";
        try (RpcClient client = RpcClient.connect(address)) {
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(50)))
                            .cast("job", 1, "too late"))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("no server is connected");
            Thread caller = Thread.startVirtualThread(() -> client.cast("job", 2, "in time"));
            try (RpcServer server = serve(jobs, address)) {
                assertThat(jobs.next()).isEqualTo("2 in time");
                assertThat(server.isReady()).isTrue();
            }
            caller.join();
        }
    }

    @Test
    void closingFailsACastThatWaits() throws Exception {
        RpcClient client = RpcClient.connect(freeAddress() + "?pattern=push&bind=true");
        BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                client.cast("job", 1, "x");
            } catch (RuntimeException e) {
                failures.add(e);
            }
        });
        Thread.sleep(100);
        client.close();
        assertThat(failures.poll(30, TimeUnit.SECONDS)).isInstanceOf(ConnectionLostException.class);
        caller.join();
    }

    @Test
    void aServerThatIsBusyReadsLaterWhatWasPushed() throws Exception {
        int count = 5_000;
        try (RpcServer server = RpcServer.builder()
                        .endpoint(jobs)
                        .maxConcurrentCalls(1)
                        .listen("zerorpc+tcp://127.0.0.1:0?pattern=push&backlog=10")
                        .build()
                        .start();
                RpcClient client = RpcClient.connect(address(server))) {
            client.cast("held", "first");
            Thread caller = Thread.startVirtualThread(() -> {
                for (int i = 0; i < count; i++) {
                    client.cast("job", i, "x");
                }
            });
            jobs.release.countDown();
            assertThat(jobs.next()).isEqualTo("first");
            // One at a time, so in order.
            for (int i = 0; i < count; i++) {
                assertThat(jobs.next()).isEqualTo(i + " x");
            }
            caller.join();
        }
    }

    @Test
    void publishesToAllServers() throws Exception {
        Jobs other = new Jobs();
        String address = freeAddress() + "?pattern=publish&bind=true&connect=true";
        try (RpcClient client = RpcClient.connect(address)) {
            // Nobody gets it, and nobody waits for that.
            client.cast("job", 0, "unheard");
            try (RpcServer one = serve(jobs, address);
                    RpcServer two = serve(other, address)) {
                for (int i = 0; jobs.done.isEmpty() || other.done.isEmpty(); i++) {
                    client.cast("job", i, "x");
                    Thread.sleep(5);
                }
                client.cast("job", -1, "both");
                for (Jobs each : List.of(jobs, other)) {
                    String next = each.next();
                    while (!"-1 both".equals(next)) {
                        assertThat(next).endsWith(" x");
                        next = each.next();
                    }
                }
                assertThat(one.isReady()).isTrue();
                assertThat(two.isReady()).isTrue();
            }
        }
    }

    @Test
    void aPublisherConnectsToASubscriber() throws Exception {
        try (RpcServer server = serve(jobs, "zerorpc+tcp://127.0.0.1:0?pattern=publish");
                RpcClient client = RpcClient.connect(address(server))) {
            awaitReady(client);
            client.cast("job", 1, "one");
            assertThat(jobs.next()).isEqualTo("1 one");
        }
    }

    @Test
    void callsStreamsAndIntrospectionAreRefused() {
        for (String pattern : List.of("push", "publish")) {
            try (RpcClient client = RpcClient.connect(freeAddress() + "?pattern=" + pattern)) {
                assertThatThrownBy(() -> client.call("job", void.class, 1, "x"))
                        .isInstanceOf(InvalidTargetException.class)
                        .hasMessageContaining("pattern=" + pattern)
                        .hasMessageContaining("only casts");
                assertThatThrownBy(() -> client.stream("endless", int.class).toList())
                        .isInstanceOf(InvalidTargetException.class);
                assertThatThrownBy(client::describe).isInstanceOf(InvalidTargetException.class);
            }
        }
    }

    @Test
    void readsPythonsBytes() throws Exception {
        try (RpcServer server = serve(jobs, "zerorpc+tcp://127.0.0.1:0?pattern=push");
                RawPeer pusher =
                        RawPeer.connect(server.addresses().getFirst().port(-1)).handshake("PUSH")) {
            pusher.writeHex("00 03 c1 c1 c1").writeHex("00 00");
            pusher.writeHex(
                    "00 49 93 83 aa 6d 65 73 73 61 67 65 5f 69 64 c4 20 36 33 33 31 63 34 62 34 62 33 33 66 34 65 39"
                            + " 30 62 30 65 36 66 36 36 31 34 30 36 66 64 32 34 64 a1 76 03 a8 74 72 61 63 65 5f 69 64"
                            + " a3 61 62 63 a3 6a 6f 62 92 01 a3 74 77 6f");
            assertThat(jobs.next()).isEqualTo("1 two");
        }
    }

    @Test
    void writesPythonsBytes() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RpcClient client =
                        RpcClient.connect("zerorpc+tcp://127.0.0.1:" + listener.getLocalPort() + "?pattern=push");
                RawPeer puller = RawPeer.accept(listener).handshake("PULL")) {
            client.with(Map.of("trace_id", "abc")).cast("job", 1, "two");
            List<byte[]> message = puller.readMessage();
            assertThat(message).hasSize(1);
            byte[] event = message.getFirst();
            assertThat(event).hasSize(0x49).startsWith(hex("93 83 aa 6d6573736167655f6964 c420"));
            assertThat(event).endsWith(hex("a17603 a8 74726163655f6964 a3 616263 a3 6a6f62 92 01 a3 74776f"));
        }
    }
}
