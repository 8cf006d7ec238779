package dev.parley.net.http.client;

import static dev.parley.net.http.ScriptedServer.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.ProtocolException;
import dev.parley.RpcTimeoutException;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.ScriptedServer;
import dev.parley.net.http.server.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpClientTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final byte[] BODY = "hello".getBytes(StandardCharsets.UTF_8);

    private static String text(HttpResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static HttpResponse post(HttpClient client) {
        return client.post(Headers.empty(), BODY, LONG);
    }

    private static HttpServer echo() {
        return HttpServer.builder()
                .handle("/", e -> e.respond(HttpResponse.of(200, "text/plain", e.body())))
                .build()
                .start();
    }

    private static HttpClient clientOf(HttpServer server) {
        return HttpClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                .build();
    }

    @Test
    void sendsTheRequest() throws IOException {
        AtomicReference<String> seen = new AtomicReference<>("");
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    seen.set(request(peer));
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Response: yes\r\n\r\nok");
                });
                HttpClient client = HttpClient.builder(
                                URI.create("http://us%20er:p%2Bss@127.0.0.1:" + server.port() + "/a%20b?q=1"))
                        .headers(Headers.of("Content-Type", "text/xml"))
                        .build()) {
            HttpResponse response = client.post(Headers.of("X-Call", "1"), BODY, LONG);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().first("x-response")).isEqualTo("yes");
            assertThat(text(response)).isEqualTo("ok");
            assertThat(seen.get())
                    .startsWith("POST /a%20b?q=1 HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
                    .contains(
                            "\r\nAuthorization: Basic dXMgZXI6cCtzcw==\r\n",
                            "\r\nAccept-Encoding: gzip, deflate\r\n",
                            "\r\nContent-Type: text/xml\r\n",
                            "\r\nX-Call: 1\r\n",
                            "\r\nContent-Length: 5\r\n");
            assertThat(client.toString()).doesNotContain("p%2Bss", "p+ss");
        }
    }

    @Test
    void keepsConnections() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    for (int i = 0; i < 3; i++) {
                        request(peer);
                        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + i);
                    }
                });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(text(post(client))).isEqualTo("" + i);
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nans\r\n3;x\r\nwer\r\n0\r\nT: 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nContent-Length: 6, 6\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\n\r\nanswer",
                "HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nanswer",
                "HTTP/1.1 200\nContent-Length: 6\n\nanswer",
                "HTTP/1.1 100\r\n\r\nHTTP/1.1 103\r\nL: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nX-Folded: a\r\n b\r\nContent-Length: 6\r\n\r\nanswer",
            })
    void readsResponsesInAnyFramingAndFragments(String response) throws IOException {
        try (ScriptedServer server = ScriptedServer.start(
                        peer -> {
                            request(peer);
                            peer.send(response);
                        },
                        peer -> {
                            request(peer);
                            for (byte b : response.getBytes(StandardCharsets.ISO_8859_1)) {
                                peer.send(new byte[] {b});
                            }
                        });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            assertThat(text(post(client))).isEqualTo("answer");
            try (HttpClient other = HttpClient.builder(server.address()).build()) {
                assertThat(text(post(other))).isEqualTo("answer");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nanswer\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 6\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nanswer",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            })
    void refusesMalformedResponses(String response) throws IOException {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    peer.send(response);
                    peer.readAll();
                });
                HttpClient client =
                        HttpClient.builder(server.address()).maxResponse(1000).build()) {
            assertThatThrownBy(() -> post(client)).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void refusesEndlessResponses() throws IOException {
        List<String> heads = List.of(
                "HTTP/1.1 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX: ",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1");
        for (String head : heads) {
            try (ScriptedServer server = ScriptedServer.start(peer -> {
                        request(peer);
                        peer.send(head);
                        while (true) {
                            peer.send("0".repeat(1000));
                        }
                    });
                    HttpClient client = HttpClient.builder(server.address())
                            .maxResponse(1000)
                            .build()) {
                assertThatThrownBy(() -> post(client)).isInstanceOf(ProtocolException.class);
            }
        }
    }

    @Test
    void refusesResponsesThatExpandBeyondTheLimit() {
        try (HttpServer server = HttpServer.builder()
                        .handle("/", e -> e.respond(HttpResponse.of(200, "text/plain", new byte[5_000_000])))
                        .build()
                        .start();
                HttpClient client = HttpClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                        .maxResponse(1_000_000)
                        .build()) {
            assertThatThrownBy(() -> post(client))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("1000000 bytes");
        }
    }

    @Test
    void replacesAConnectionThatThePeerClosedBeforeTheRequest() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start(
                        peer -> {
                            request(peer);
                            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
                            peer.socket.close();
                            closed.countDown();
                        },
                        peer -> {
                            request(peer);
                            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
                        });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            assertThat(text(post(client))).isEqualTo("one");
            closed.await();
            assertThat(text(post(client))).isEqualTo("two");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void neverSendsARequestTwice() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
                    request(peer);
                    requests.incrementAndGet();
                });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            post(client);
            assertThatThrownBy(() -> post(client)).isInstanceOf(ConnectionLostException.class);
            assertThat(requests).hasValue(1);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nans",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nans"
            })
    void aTruncatedResponseIsALostConnection(String response) throws IOException {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    peer.send(response);
                });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            assertThatThrownBy(() -> post(client))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("127.0.0.1:" + server.port());
        }
    }

    @Test
    void namesAPortThatIsClosed() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (HttpClient client = HttpClient.builder(URI.create("http://u:secret@127.0.0.1:" + port))
                .build()) {
            assertThatThrownBy(() -> post(client))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("cannot connect to http://127.0.0.1:" + port)
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void givesUpAtTheDeadlineInEveryPhase() throws IOException {
        List<ScriptedServer.Script> scripts = List.of(
                peer -> peer.readUntil("never"),
                peer -> {
                    request(peer);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
                    while (true) {
                        peer.send("");
                        peer.readUntil("never");
                    }
                },
                // Never reads: a large body fills the buffers and the write blocks.
                peer -> {
                    try {
                        Thread.sleep(20_000);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
        for (ScriptedServer.Script script : scripts) {
            byte[] large = new byte[script.equals(scripts.getLast()) ? 50_000_000 : 10];
            try (ScriptedServer server = ScriptedServer.start(script);
                    HttpClient client = HttpClient.builder(server.address()).build()) {
                assertThatThrownBy(() -> client.post(Headers.empty(), large, Duration.ofMillis(200)))
                        .isInstanceOf(RpcTimeoutException.class)
                        .hasMessageContaining("200 ms");
            }
        }
    }

    @Test
    void slowDataDoesNotExtendTheDeadline() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(peer -> {
                    request(peer);
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                    for (int i = 0; i < 100_000; i++) {
                        peer.send("x");
                        try {
                            Thread.sleep(20);
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                });
                HttpClient client = HttpClient.builder(server.address()).build()) {
            assertThatThrownBy(() -> client.post(Headers.empty(), BODY, Duration.ofMillis(300)))
                    .isInstanceOf(RpcTimeoutException.class);
        }
    }

    @Test
    void waitsForAConnectionNoLongerThanTheDeadline() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (HttpServer server = HttpServer.builder()
                        .handle(
                                "/",
                                e -> Thread.startVirtualThread(() -> {
                                    arrived.countDown();
                                    try {
                                        release.await();
                                    } catch (InterruptedException ex) {
                                        return;
                                    }
                                    e.respond(HttpResponse.text(200, "done"));
                                }))
                        .build()
                        .start();
                HttpClient client = HttpClient.builder(URI.create("http://127.0.0.1:" + server.port()))
                        .maxConnections(1)
                        .build();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse> first = threads.submit(() -> post(client));
            arrived.await();
            assertThatThrownBy(() -> client.post(Headers.empty(), BODY, Duration.ofMillis(50)))
                    .isInstanceOf(RpcTimeoutException.class);
            release.countDown();
            assertThat(text(first.get())).isEqualTo("done\n");
            assertThat(text(post(client))).isEqualTo("done\n");
        }
    }

    @Test
    void anInterruptedVirtualThreadGivesUp() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        try (HttpServer server = HttpServer.builder()
                        .handle("/", e -> {
                            e.onCancel(cancelled::countDown);
                            arrived.countDown();
                        })
                        .build()
                        .start();
                HttpClient client = clientOf(server)) {
            AtomicReference<Throwable> outcome = new AtomicReference<>();
            Thread caller = Thread.startVirtualThread(() -> {
                try {
                    post(client);
                } catch (RuntimeException e) {
                    outcome.set(e);
                }
            });
            arrived.await();
            caller.interrupt();
            caller.join();
            assertThat(outcome.get()).isInstanceOf(ConnectionLostException.class);
            cancelled.await();
        }
    }

    @Test
    void concurrentCallersGetTheirOwnResponses() throws Exception {
        try (HttpServer server = echo();
                HttpClient client = clientOf(server);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                int caller = i;
                calls.add(threads.submit(() -> {
                    for (int n = 0; n < 50; n++) {
                        byte[] body = ("call " + caller + "." + n + " ".repeat(caller * 100))
                                .getBytes(StandardCharsets.UTF_8);
                        if (!text(client.post(Headers.empty(), body, LONG))
                                .equals(new String(body, StandardCharsets.UTF_8))) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> call : calls) {
                assertThat(call.get()).isTrue();
            }
        }
    }

    @Test
    void carriesLargeBodiesBothWays() {
        byte[] large = new byte[10_000_000];
        new java.util.Random(1).nextBytes(large);
        try (HttpServer server = echo();
                HttpClient client = clientOf(server)) {
            assertThat(client.post(Headers.empty(), large, LONG).body()).isEqualTo(large);
        }
    }

    @Test
    void goesThroughAUnixSocket(@TempDir Path folder) {
        Path path = folder.resolve("http.sock");
        try (HttpServer server = HttpServer.builder()
                        .bindUnix(path)
                        .handle("/slow", e -> {})
                        .handle("/", e -> e.respond(HttpResponse.of(200, "text/plain", e.body())))
                        .build()
                        .start();
                HttpClient client = HttpClient.builder(URI.create("http://localhost/"))
                        .unixSocket(path)
                        .build();
                HttpClient slow = HttpClient.builder(URI.create("http://localhost/slow"))
                        .unixSocket(path)
                        .build()) {
            assertThat(server.address().toString()).contains("http.sock");
            assertThat(text(post(client))).isEqualTo("hello");
            assertThat(text(post(client))).isEqualTo("hello");
            assertThatThrownBy(() -> slow.post(Headers.empty(), BODY, Duration.ofMillis(100)))
                    .isInstanceOf(RpcTimeoutException.class);
        }
        try (HttpClient nobody = HttpClient.builder(URI.create("http://localhost/"))
                .unixSocket(path)
                .build()) {
            assertThatThrownBy(() -> post(nobody))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("http.sock");
        }
    }

    @Test
    void sendsTheAbsoluteFormToAProxy() throws IOException {
        AtomicReference<String> seen = new AtomicReference<>("");
        try (ScriptedServer proxy = ScriptedServer.start(peer -> {
                    seen.set(request(peer));
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
                HttpClient client = HttpClient.builder(URI.create("http://service.invalid/x"))
                        .proxy(URI.create("http://pu:pp@127.0.0.1:" + proxy.port()))
                        .build()) {
            assertThat(post(client).status()).isEqualTo(200);
            assertThat(seen.get())
                    .startsWith("POST http://service.invalid/x HTTP/1.1\r\nHost: service.invalid\r\n")
                    .contains("\r\nProxy-Authorization: Basic cHU6cHA=\r\n");
        }
    }

    @Test
    void aClosedClientRefusesCalls() {
        try (HttpServer server = echo()) {
            HttpClient client = clientOf(server);
            post(client);
            client.close();
            assertThatThrownBy(() -> post(client))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void refusesAddressesThatAreNotHttp() {
        assertThatThrownBy(() -> HttpClient.builder(URI.create("ftp://host/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ftp");
        assertThatThrownBy(() -> HttpClient.builder(URI.create("http://u:secret@bad_host/")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
    }
}
