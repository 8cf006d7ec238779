package dev.parley.net.http.server;

import static dev.parley.net.http.RawPeer.exchange;
import static dev.parley.net.http.RawPeer.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import dev.parley.security.Authenticator;
import dev.parley.security.LoginLimits;
import dev.parley.spi.Authentication;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpServerTest {
    private final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() {
        server = builder().build().start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpServer.Builder builder() {
        return HttpServer.builder()
                .handle("/echo", HttpServerTest::echo)
                .handle("/thread", e -> Thread.startVirtualThread(() -> echo(e)))
                .handle("/hold", held::add)
                .handle("/fail", e -> {
                    throw new IllegalStateException("secret detail");
                })
                .handle("/docs", e -> e.respond(HttpResponse.of(200, "text/html", new byte[3000])), "GET", "HEAD")
                .limits(HttpLimits.defaults().withMaxBody(100_000).withHalfCloseTimeout(Duration.ofMillis(100)));
    }

    private static void echo(HttpExchange exchange) {
        exchange.respond(HttpResponse.of(200, "text/plain", exchange.body()));
    }

    private static String closing(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    @Test
    void respondsToAPost() throws IOException {
        assertThat(exchange(server.port(), closing("/echo", "hello")))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Length: 5\r\n", "\r\nContent-Type: text/plain\r\n", "\r\nDate: ", "GMT\r\n")
                .endsWith("\r\n\r\nhello");
    }

    @Test
    void keepsTheConnectionFromOneRequestToTheNext() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            for (int i = 0; i < 3; i++) {
                peer.send(post("/thread", "call" + i));
                assertThat(peer.readUntil("call" + i))
                        .startsWith("HTTP/1.1 200")
                        .doesNotContain("Connection:");
            }
        }
    }

    @Test
    void supportsHttp10() throws IOException {
        assertThat(exchange(server.port(), "POST /echo HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"))
                .contains("\r\nConnection: close\r\n", "\r\nContent-Length: 2\r\n")
                .endsWith("hi");
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send("POST /echo HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(peer.readUntil("hi")).contains("\r\nConnection: keep-alive\r\n");
            peer.send(post("/echo", "again"));
            peer.readUntil("again");
        }
    }

    @Test
    void respondsToPipelinedRequestsInOrder() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(
                    post("/hold", "one") + post("/echo", "two") + post("/thread", "three") + post("/nowhere", "four"));
            HttpExchange first = held.take();
            assertThat(held).isEmpty();
            echo(first);
            String all = peer.readUntil("unknown path\n");
            assertThat(all.indexOf("one")).isPositive().isLessThan(all.indexOf("two"));
            assertThat(all.indexOf("two")).isLessThan(all.indexOf("three"));
            assertThat(all.indexOf("three")).isLessThan(all.indexOf("HTTP/1.1 404"));
        }
    }

    @Test
    void manyPipelinedRequestsCostNoStackAndNoUnboundedMemory() throws Exception {
        int requests = 20_000;
        try (RawPeer peer = new RawPeer(server.port())) {
            byte[] request = post("/echo", "x").getBytes(StandardCharsets.ISO_8859_1);
            Thread writer = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < requests; i++) {
                        peer.send(request);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < requests; i++) {
                peer.readUntil("\r\n\r\nx");
            }
            writer.join();
        }
    }

    @Test
    void readsChunksWhereverTheyAreCut() throws IOException {
        String head =
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        String request = head.concat("5\r\nhello\r\n1;ext=1\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n");
        try (RawPeer peer = new RawPeer(server.port())) {
            for (byte b : request.getBytes(StandardCharsets.ISO_8859_1)) {
                peer.send(new byte[] {b});
            }
            assertThat(peer.readAll()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\nhello world");
        }
    }

    @Test
    void sends100ContinueAndNotForWhatItRefuses() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(peer.readUntil("\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(peer.send("hi").readUntil("hi")).startsWith("HTTP/1.1 200");
        }
        String head = " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ";
        assertThat(exchange(server.port(), "POST /nowhere" + head + "2\r\n\r\n"))
                .startsWith("HTTP/1.1 404");
        assertThat(exchange(server.port(), "POST /echo" + head + "100001\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(exchange(
                        server.port(),
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: coffee\r\nContent-Length: 2\r\n\r\n"))
                .startsWith("HTTP/1.1 417");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5, 6\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: +5\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: five\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length : 5\r\n\r\nhello",
                "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nHost: y\r\nContent-Length: 5\r\n\r\nhello",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
                "POST /e%zz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
                "nonsense\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n",
            })
    void refusesWhatIsMalformedAndServesTheNext(String request) throws IOException {
        assertThat(exchange(server.port(), request)).startsWith("HTTP/1.1 400 ").contains("\r\nConnection: close\r\n");
        assertThat(exchange(server.port(), closing("/echo", "next"))).endsWith("next");
    }

    @ParameterizedTest
    @CsvSource({
        "'POST /echo HTTP/1.1\r\nHost: localhost\r\n\r\n', 411",
        "'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 501",
        "'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n', 400",
        "'POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\n', 400",
        "'PRI * HTTP/2.0\r\n\r\n', 505",
    })
    void refusesWhatItDoesNotSupport(String request, int status) throws IOException {
        assertThat(exchange(server.port(), request)).startsWith("HTTP/1.1 " + status + " ");
    }

    @Test
    void refusalsThatLeaveTheFramingWholeKeepTheConnection() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/nowhere", "body"));
            assertThat(peer.readUntil("path\n")).startsWith("HTTP/1.1 404");
            peer.send("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(peer.readUntil("allowed is POST\n"))
                    .startsWith("HTTP/1.1 405")
                    .contains("\r\nAllow: POST\r\n");
            peer.send("POST /docs?x=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx");
            assertThat(peer.readUntil("allowed is GET, HEAD\n")).contains("\r\nAllow: GET, HEAD\r\n");
            peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx");
            assertThat(peer.readUntil("deflate\n")).startsWith("HTTP/1.1 415");
            peer.send("HEAD /docs HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(peer.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200").contains("\r\nContent-Length: 3000\r\n");
            peer.send(post("/fail", "x"));
            assertThat(peer.readUntil("request\n")).startsWith("HTTP/1.1 500").doesNotContain("secret");
            peer.send(post("/echo", "still here"));
            peer.readUntil("still here");
        }
    }

    @Test
    void refusesAHeadRequestWithoutABody() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send("HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n" + post("/echo", "next"));
            assertThat(peer.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 404");
            assertThat(peer.readUntil("next")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void refusesBodiesThatAreTooLargeInAnyFraming() throws IOException {
        assertThat(exchange(server.port(), post("/echo", "x".repeat(100_001))))
                .startsWith("HTTP/1.1 413")
                .contains("100000 bytes");
        assertThat(exchange(server.port(), closing("/echo", "x".repeat(100_000))))
                .startsWith("HTTP/1.1 200");
        assertThat(exchange(
                        server.port(),
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + ("ffff\r\n" + "x".repeat(0xffff) + "\r\n").repeat(2)))
                .startsWith("HTTP/1.1 413");
        assertThat(exchange(
                        server.port(),
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void refusesHeadsThatAreTooLarge() throws IOException {
        assertThat(exchange(
                        server.port(),
                        "POST /echo HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(17 << 10) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(exchange(
                        server.port(), "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + "X: y\r\n".repeat(5000) + "\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(exchange(server.port(), "POST /" + "y".repeat(17 << 10) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 414");
    }

    @Test
    void inflatesRequests() throws IOException {
        byte[] text = "hello ".repeat(1000).getBytes(StandardCharsets.UTF_8);
        assertThat(coded("gzip", gzip(text))).endsWith("hello hello ");
        assertThat(coded("deflate", deflate(text, false))).endsWith("hello hello ");
        assertThat(coded("deflate", deflate(text, true))).endsWith("hello hello ");
        assertThat(coded("gzip", "no gzip".getBytes(StandardCharsets.UTF_8))).startsWith("HTTP/1.1 400");
        byte[] cut = gzip(text);
        assertThat(coded("gzip", java.util.Arrays.copyOf(cut, cut.length / 2))).startsWith("HTTP/1.1 400");
        assertThat(coded("gzip", gzip(new byte[50_000_000])))
                .startsWith("HTTP/1.1 413")
                .contains("100000 bytes");
    }

    private String coded(String coding, byte[] body) throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Encoding: " + coding
                    + "\r\nContent-Length: " + body.length + "\r\n\r\n");
            return peer.send(body).readAll();
        }
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] data, boolean raw) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, new Deflater(6, raw))) {
            deflate.write(data);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, 1401, true",
        "gzip, 1400, false",
        "'br, *;q=0.5', 2000, true",
        "gzip;q=0, 2000, false",
        "br, 2000, false"
    })
    void compressesResponsesForPeersThatAcceptGzip(String accepted, int length, boolean compressed) throws IOException {
        byte[] response;
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Encoding: " + accepted
                    + "\r\nContent-Length: " + length + "\r\n\r\n" + "a".repeat(length));
            response = peer.readAll().getBytes(StandardCharsets.ISO_8859_1);
        }
        String text = new String(response, StandardCharsets.ISO_8859_1);
        assertThat(text.contains("\r\nContent-Encoding: gzip\r\n")).isEqualTo(compressed);
        byte[] body = text.substring(text.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.ISO_8859_1);
        byte[] plain = compressed ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
        assertThat(plain).hasSize(length).containsOnly('a');
    }

    @Test
    void passesTheRequestToItsHandler() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send("POST http://any.example/ho%6cd?a=b%20c HTTP/1.1\r\nHost: any.example\r\nX-One: 1\r\nx-one: 2\r\n"
                    + "Authorization: Basic dXNlcjpwYTpzcw==\r\nContent-Length: 4\r\n\r\nbody");
            HttpExchange exchange = held.take();
            assertThat(exchange.method()).isEqualTo("POST");
            assertThat(exchange.path()).isEqualTo("/hold");
            assertThat(exchange.query()).isEqualTo("a=b%20c");
            assertThat(exchange.headers().all("X-ONE")).containsExactly("1", "2");
            assertThat(exchange.headers().toString()).doesNotContain("dXNlcj");
            assertThat(exchange.header("Authorization")).isEqualTo("Basic dXNlcjpwYTpzcw==");
            assertThat(exchange.body()).asString().isEqualTo("body");
            assertThat(exchange.remoteAddress()).isEqualTo("127.0.0.1:" + peer.socket.getLocalPort());
            assertThat(exchange.isSecure()).isFalse();
            assertThat(exchange.principal()).isNull();
            exchange.respond(HttpResponse.empty(200));
            assertThatThrownBy(() -> exchange.respond(HttpResponse.empty(200)))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(peer.readUntil("\r\n\r\n")).contains("\r\nContent-Length: 0\r\n");
        }
    }

    @Test
    void cancelsWhenThePeerDisconnects() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/hold", "x"));
            held.take().onCancel(cancelled::countDown);
        }
        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void requiresCredentials() throws IOException {
        try (HttpServer guarded = builder()
                .authentication(new Authentication(Authenticator.password("user", "pass"), LoginLimits.defaults()))
                .build()
                .start()) {
            assertThat(exchange(guarded.port(), closing("/echo", "x")))
                    .startsWith("HTTP/1.1 401")
                    .contains("WWW-Authenticate: Basic realm=\"parley\"");
            String wrong =
                    closing("/echo", "x").replace("Host: localhost", "Host: x\r\nAuthorization: Basic dXNlcjpubw==");
            assertThat(exchange(guarded.port(), wrong)).startsWith("HTTP/1.1 401");
            String right =
                    closing("/echo", "x").replace("Host: localhost", "Host: x\r\nAuthorization: Basic dXNlcjpwYXNz");
            assertThat(exchange(guarded.port(), right)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void closesSlowAndIdleConnections() throws IOException {
        HttpLimits quick =
                HttpLimits.defaults().withIdleTimeout(Duration.ofMillis(200)).withReadTimeout(Duration.ofMillis(200));
        try (HttpServer quickServer = builder().limits(quick).build().start()) {
            assertThat(exchange(quickServer.port(), "")).isEmpty();
            assertThat(exchange(quickServer.port(), post("/echo", "x")))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("\r\n\r\nx");
            assertThat(exchange(quickServer.port(), "POST /echo HTTP/1.1\r\nHo"))
                    .startsWith("HTTP/1.1 408");
            assertThat(exchange(
                            quickServer.port(),
                            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel"))
                    .startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void aRequestInFlightIsNotIdle() throws Exception {
        HttpLimits quick =
                HttpLimits.defaults().withIdleTimeout(Duration.ofMillis(50)).withReadTimeout(Duration.ofMillis(50));
        try (HttpServer quickServer = builder().limits(quick).build().start();
                RawPeer peer = new RawPeer(quickServer.port())) {
            peer.send(post("/hold", "slow"));
            HttpExchange exchange = held.take();
            Thread.sleep(300);
            echo(exchange);
            assertThat(peer.readUntil("slow")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void closesConnectionsBeyondTheLimit() throws IOException {
        try (HttpServer small = builder()
                        .limits(HttpLimits.defaults().withMaxConnections(1))
                        .build()
                        .start();
                RawPeer first = new RawPeer(small.port())) {
            first.send(post("/echo", "one"));
            first.readUntil("one");
            try (RawPeer second = new RawPeer(small.port())) {
                assertThat(second.readAll()).isEmpty();
            } catch (SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            }
            first.send(post("/echo", "two"));
            first.readUntil("two");
        }
    }

    @Test
    void endsATimedOutConnectionThoughThePeerKeepsItOpen() throws IOException {
        HttpLimits quick =
                HttpLimits.defaults().withIdleTimeout(Duration.ofNanos(1)).withReadTimeout(Duration.ofMillis(200));
        HttpServer quickServer = builder().limits(quick).build().start();
        try (RawPeer peer = new RawPeer(quickServer.port())) {
            peer.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhel");
            quickServer.stop().orTimeout(20, TimeUnit.SECONDS).join();
        } finally {
            quickServer.close();
        }
    }

    @Test
    void isStartedOnce() {
        HttpServer other = builder().build();
        assertThatThrownBy(other::port)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server has not been started");
        other.start();
        assertThatThrownBy(other::start).isInstanceOf(IllegalStateException.class);
        other.close();
        other.close();
        assertThatThrownBy(other::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server has been stopped");
    }

    @Test
    void aServerThatWasNotStartedStopsAtOnce() {
        HttpServer other = builder().build();
        assertThat(other.stop()).isCompleted();
        assertThatThrownBy(other::start).isInstanceOf(IllegalStateException.class);
        other.close();
    }

    @Test
    void startsAfterTheAddressHasBecomeFree() {
        HttpServer other = builder().bind("127.0.0.1", server.port()).build();
        assertThatThrownBy(other::start).isInstanceOf(ConnectionLostException.class);
        server.close();
        other.start();
        other.close();
    }

    @Test
    void stopLetsRequestsInFlightComplete() throws Exception {
        try (RawPeer idle = new RawPeer(server.port());
                RawPeer busy = new RawPeer(server.port());
                RawPeer half = new RawPeer(server.port())) {
            idle.send(post("/echo", "x"));
            idle.readUntil("\r\n\r\nx");
            half.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhel");
            half.readUntil("\r\n\r\n");
            busy.send(post("/hold", "result"));
            HttpExchange exchange = held.take();
            CompletableFuture<Void> stopped = server.stop();
            assertThat(idle.readAll()).isEmpty();
            assertThat(stopped).isNotDone();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), server.port()).close())
                    .isInstanceOf(IOException.class);
            echo(exchange);
            assertThat(busy.readAll())
                    .startsWith("HTTP/1.1 200")
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("result");
            half.send("lo");
            assertThat(half.readAll()).startsWith("HTTP/1.1 200").endsWith("hello");
            idle.socket.close();
            busy.socket.close();
            half.socket.close();
            stopped.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void listensOnAUnixSocket(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("http.sock");
        // As a killed process leaves it behind.
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (HttpServer unix = builder().bindUnix(path).build().start()) {
            assertThat(unix.port()).isEqualTo(-1);
            assertThatThrownBy(() -> builder().bindUnix(path).build().start())
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("another process listens");
            try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                peer.write(ByteBuffer.wrap(closing("/echo", "hello").getBytes(StandardCharsets.UTF_8)));
                ByteBuffer response = ByteBuffer.allocate(1000);
                while (peer.read(response) >= 0) {}
                assertThat(new String(response.array(), 0, response.position(), StandardCharsets.UTF_8))
                        .endsWith("hello");
            }
        }
        assertThat(path).doesNotExist();
        Path file = Files.writeString(folder.resolve("precious"), "data");
        assertThatThrownBy(() -> builder().bindUnix(file).build().start()).hasMessageContaining("not a socket");
        assertThat(file).hasContent("data");
    }

    @Test
    void namesAnAddressThatIsInUse() {
        assertThatThrownBy(
                        () -> builder().bind("127.0.0.1", server.port()).build().start())
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
    }
}
