package dev.parley.net.http.client;

import static dev.parley.net.http.ScriptedServer.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import dev.parley.net.http.ScriptedServer;
import dev.parley.net.http.server.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the client's connections treat small servers: those that serve one connection at a time, and queue five. */
@Timeout(120)
class ConnectionPoolTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** What a small server does after a response. */
    enum After {
        /** Keeps the connection and serves no other one until it is closed. */
        KEEP,
        /** Closes, and says so by its version. */
        CLOSE,
        /** Closes, although its response does not say so. */
        CLOSE_SILENTLY
    }

    /** One connection at a time, as Python's SimpleXMLRPCServer; responds with the number in the request. */
    private static final class SmallServer implements AutoCloseable {
        final Queue<String> requests = new ConcurrentLinkedQueue<>();
        final AtomicInteger connections = new AtomicInteger();
        private final ServerSocket listener;
        private final After after;

        SmallServer(After after) throws IOException {
            this.after = after;
            this.listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            Thread.ofPlatform().daemon().start(this::serve);
        }

        private void serve() {
            while (!listener.isClosed()) {
                try (RawPeer peer = new RawPeer(listener.accept())) {
                    connections.incrementAndGet();
                    do {
                        String head = request(peer);
                        String number = head.replaceAll("(?s).*X-Number: (\\d+)\r\n.*", "$1");
                        requests.add(number);
                        String version = after == After.CLOSE ? "HTTP/1.0" : "HTTP/1.1";
                        peer.send(version + " 200 OK\r\nContent-Length: " + number.length() + "\r\n\r\n" + number);
                    } while (after == After.KEEP);
                } catch (IOException e) {
                    // The client has closed the connection.
                }
            }
        }

        HttpClient.Builder client() {
            return HttpClient.builder(URI.create("http://127.0.0.1:" + listener.getLocalPort()));
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static String call(HttpClient client, int number) {
        HttpResponse response = client.post(Headers.of("X-Number", Integer.toString(number)), new byte[0], LONG);
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static void burst(HttpClient client, int calls) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> results = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                int number = i;
                results.add(threads.submit(() -> call(client, number)));
            }
            for (int i = 0; i < calls; i++) {
                assertThat(results.get(i).get()).isEqualTo("" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"KEEP", "CLOSE"})
    void aBurstAgainstASmallServer(After after) throws Exception {
        try (SmallServer server = new SmallServer(after);
                HttpClient client = server.client().build()) {
            burst(client, 200);
            assertThat(server.requests)
                    .as("nothing is lost, and nothing sent twice")
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 200).mapToObj(Integer::toString).toList());
            burst(client, 50);
        }
    }

    @Test
    void twoAtOnceAgainstAServerOfOneConnection() throws Exception {
        try (SmallServer server = new SmallServer(After.KEEP);
                HttpClient client = server.client().build()) {
            for (int i = 0; i < 5; i++) {
                burst(client, 2);
            }
        }
    }

    @Test
    void anIdleConnectionDoesNotShutOthersOut() throws Exception {
        try (SmallServer server = new SmallServer(After.KEEP);
                HttpClient first =
                        server.client().idleTimeout(Duration.ofMillis(200)).build();
                HttpClient second = server.client().build()) {
            assertThat(call(first, 1)).isEqualTo("1");
            assertThat(call(second, 2)).isEqualTo("2");
        }
    }

    @Test
    void theTimerClosesIdleConnections() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    peer.send("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1, max=100\r\nContent-Length: 0\r\n\r\n");
                    peer.readAll();
                    ended.countDown();
                });
                HttpClient client =
                        HttpClient.builder(server.address()).idleTimeout(LONG).build()) {
            client.post(Headers.empty(), new byte[0], LONG);
            ended.await();
        }
    }

    @Test
    void aPeerThatClosesSilentlyIsNoticed() throws Exception {
        try (SmallServer server = new SmallServer(After.CLOSE_SILENTLY);
                HttpClient client = server.client().build()) {
            for (int i = 0; i < 50; i++) {
                assertThat(call(client, i)).isEqualTo("" + i);
            }
            assertThat(server.connections).hasValue(50);
        }
    }

    @Test
    void aPeerThatClosesOnTheSecondRequestIsNoticedOnce() throws Exception {
        AtomicInteger seconds = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    request(peer);
                    seconds.incrementAndGet();
                });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            client.post(Headers.empty(), new byte[0], LONG);
            assertThatThrownBy(() -> client.post(Headers.empty(), new byte[0], LONG))
                    .isInstanceOf(ConnectionLostException.class);
            for (int i = 0; i < 10; i++) {
                assertThat(client.post(Headers.empty(), new byte[0], LONG).status())
                        .isEqualTo(200);
            }
            assertThat(seconds).hasValue(1);
        }
    }

    @Test
    void callsThatWaitForEachOtherAllGetAConnection() throws Exception {
        int callers = 30;
        CountDownLatch all = new CountDownLatch(callers);
        try (HttpServer server = HttpServer.builder()
                        .handle(
                                "/",
                                exchange -> Thread.startVirtualThread(() -> {
                                    all.countDown();
                                    try {
                                        all.await();
                                    } catch (InterruptedException e) {
                                        return;
                                    }
                                    exchange.respond(HttpResponse.of(
                                            200,
                                            "text/plain",
                                            String.valueOf(exchange.header("X-Number"))
                                                    .getBytes(StandardCharsets.UTF_8)));
                                }))
                        .build()
                        .start();
                HttpClient client = HttpClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                        .build()) {
            burst(client, callers);
        }
    }

    /** A call that takes long is not a queue: making room for it again and again would never end. */
    @Test
    void aSlowServerOfManyConnectionsKeepsThem() throws Exception {
        int callers = 12;
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    while (true) {
                        String number = request(peer).replaceAll("(?s).*X-Number: (\\d+)\r\n.*", "$1");
                        try {
                            Thread.sleep(150);
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + number.length() + "\r\n\r\n" + number);
                    }
                });
                HttpClient client = HttpClient.builder(server.address()).build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                all.add(threads.submit(() -> {
                    for (int n = 0; n < 20; n++) {
                        assertThat(call(client, n)).isEqualTo("" + n);
                    }
                }));
            }
            for (Future<?> caller : all) {
                caller.get();
            }
            assertThat(server.connections()).isLessThan(3 * callers);
        }
    }

    @Test
    void connectionsStayWithinTheLimit() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    try {
                        while (true) {
                            String number = request(peer).replaceAll("(?s).*X-Number: (\\d+)\r\n.*", "$1");
                            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + number.length() + "\r\n\r\n" + number);
                        }
                    } finally {
                        now.decrementAndGet();
                    }
                });
                HttpClient client =
                        HttpClient.builder(server.address()).maxConnections(3).build()) {
            burst(client, 100);
            assertThat(most.get()).isBetween(1, 3);
        }
    }

    @Test
    void closingEndsTheCallsThatWait() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    arrived.countDown();
                    peer.readAll();
                });
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            HttpClient client =
                    HttpClient.builder(server.address()).maxConnections(1).build();
            List<Future<String>> calls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                calls.add(threads.submit(() -> call(client, 1)));
            }
            arrived.await();
            client.close();
            for (Future<String> call : calls) {
                assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectionLostException.class);
            }
        }
    }
}
