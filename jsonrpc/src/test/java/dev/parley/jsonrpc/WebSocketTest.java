package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.ProtocolException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.http.HttpCallOptions;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.client.HttpClient;
import dev.parley.net.http.server.HttpServer;
import dev.parley.net.websocket.CloseCode;
import dev.parley.net.websocket.WebSocket;
import dev.parley.net.websocket.WebSocketClient;
import dev.parley.net.websocket.WebSocketEvents;
import dev.parley.net.websocket.WebSocketOptions;
import dev.parley.net.websocket.WebSocketUpgrade;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(40)
class WebSocketTest {
    private final Service service = new Service();
    private @Nullable RpcServer server;

    @AfterEach
    void stop() {
        service.release.countDown();
        if (server != null) {
            server.close();
        }
    }

    private int serve(String address) {
        return serve(address, Limits.defaults());
    }

    private int serve(String address, Limits limits) {
        server = RpcServer.builder()
                .endpoint(service)
                .limits(limits)
                .listen(address)
                .build()
                .start();
        return server.addresses().getFirst().port(-1);
    }

    @Test
    void shortFormsAndPaths() {
        int port = serve("ws://127.0.0.1:0/a/b");
        assertThat(server.addresses().getFirst().scheme()).isEqualTo("jsonrpc+ws");
        try (RpcClient client = RpcClient.connect("ws://127.0.0.1:" + port + "/a/b")) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
        try (RpcClient client = RpcClient.connect("ws://127.0.0.1:" + port)) {
            assertThatThrownBy(() -> client.call("add", int.class, 2, 3))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessage("jsonrpc+ws://127.0.0.1:" + port + " responded with HTTP status 404: JSON-RPC over"
                            + " WebSocket is not served at this path; it says: unknown path");
        }
    }

    @Test
    void servesPostsAtTheSamePath() {
        int port = serve("jsonrpc+ws://127.0.0.1:0/rpc");
        try (RpcClient client = RpcClient.connect("jsonrpc+http://127.0.0.1:" + port + "/rpc")) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jsonrpc+ws://127.0.0.1:1?framing=lines | unknown option 'framing' for jsonrpc+ws",
                "jsonrpc+ws://127.0.0.1:1?ping_interval=-1 | ping_interval=-1",
                "jsonrpc+ws://127.0.0.1:1?ping_timeout=0 | ping_timeout=0",
                "jsonrpc+ws://127.0.0.1:1?max_frame=0 | max_frame=0",
                "jsonrpc+ws://127.0.0.1:1?compress_above=-1 | compress_above=-1",
                "jsonrpc+ws://127.0.0.1:1?subprotocol=a%20b | subprotocol=a b must be names",
                "jsonrpc+ws://127.0.0.1:1?query=a%20b | option query must be",
                "jsonrpc+ws://u:p@127.0.0.1:1?token=t | both user info and the option token",
            })
    void refusesUnusableAddresses(String address, String problem) {
        assertThatThrownBy(() -> RpcClient.connect(address))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void authenticatesWithTheUpgrade() {
        int port = serve("jsonrpc+ws://ann:secret@127.0.0.1:0");
        String address = "127.0.0.1:" + port;
        try (RpcClient client = RpcClient.builder("jsonrpc+ws://ann:secret@" + address)
                .options(options -> options.with(HttpCallOptions.HEADERS, Map.of("X-One", "1")))
                .build()) {
            assertThat(client.call("caller", String.class)).isEqualTo("jsonrpc+ws 1 ann");
            RpcClient other = client.prepare(options -> options.with(HttpCallOptions.HEADERS, Map.of("X-One", "2")));
            assertThatThrownBy(() -> other.call("caller", String.class))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("header fields are sent once");
        }
        try (RpcClient client = RpcClient.connect("jsonrpc+ws://ann:wrong@" + address)) {
            assertThatThrownBy(() -> client.call("caller", String.class))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("HTTP status 401: the credentials are refused or missing")
                    .hasMessageNotContaining("wrong");
        }
    }

    @Test
    void sendsQueryTokenOriginAndUserAgent() throws Exception {
        BlockingQueue<Headers> seen = new LinkedBlockingQueue<>();
        try (HttpServer peer = HttpServer.builder()
                        .handle(
                                "/p",
                                exchange -> {
                                    seen.add(exchange.headers().with("Query", String.valueOf(exchange.query())));
                                    exchange.respond(HttpResponse.text(500, "never"));
                                },
                                "GET")
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + peer.port()
                        + "/p?query=k%3Da%2520b&token=t0k&user_agent=me&origin=http://127.0.0.1:" + peer.port()
                        + "&subprotocol=x,y")) {
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("HTTP status 500, which is not JSON-RPC over WebSocket; it says: never")
                    .hasMessageNotContaining("a%20b");
            Headers headers = seen.poll(30, TimeUnit.SECONDS);
            assertThat(headers.first("Query")).isEqualTo("k=a%20b");
            assertThat(headers.first("Authorization")).isEqualTo("Bearer t0k");
            assertThat(headers.first("User-Agent")).isEqualTo("me");
            assertThat(headers.first("Sec-WebSocket-Protocol")).isEqualTo("x, y");
        }
    }

    @Test
    void tellsWhatAServerRespondedInstead() {
        try (HttpServer peer = HttpServer.builder()
                .handle(
                        "/page",
                        exchange -> exchange.respond(HttpResponse.of(
                                200, "text/html", "<html><h1>Hello</h1></html>".getBytes(StandardCharsets.UTF_8))),
                        "GET")
                .handle(
                        "/moved",
                        exchange -> exchange.respond(HttpResponse.empty(302).with("Location", "/other?secret=1")),
                        "GET")
                .handle("/busy", exchange -> exchange.respond(HttpResponse.text(503, "later")), "GET")
                .build()
                .start()) {
            assertThat(refusal(peer.port(), "/page"))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining(
                            "status 200, which is not JSON-RPC over WebSocket; an HTML page that says:" + " Hello");
            assertThat(refusal(peer.port(), "/moved"))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("status 302, a redirect to /other?…; redirects are not followed");
            assertThat(refusal(peer.port(), "/busy"))
                    .isInstanceOf(dev.parley.OverloadedException.class)
                    .hasMessageContaining("status 503; it says: later");
        }
    }

    private static RpcException refusal(int port, String path) {
        try (RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + port + path)) {
            client.call("m", int.class);
            throw new AssertionError("the call succeeded");
        } catch (RpcException e) {
            return e;
        }
    }

    @Test
    void tellsThatNobodyListens() {
        int port = serve("jsonrpc+ws://127.0.0.1:0");
        server.close();
        assertThat(refusal(port, ""))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("cannot connect to jsonrpc+ws://127.0.0.1:" + port);
    }

    @Test
    void completesCallsWhenItStopsAndConnectsAgain() throws Exception {
        int port = serve("jsonrpc+ws://127.0.0.1:0");
        try (RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + port)) {
            CompletableFuture<String> held = client.callAsync("hold", String.class);
            assertThat(service.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
            server.stop();
            service.release.countDown();
            assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo("released");
            server.await();
            server.close();
            serve("jsonrpc+ws://127.0.0.1:" + port);
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void interruptsCallsOfAClientThatIsGone() throws Exception {
        int port = serve("jsonrpc+ws://127.0.0.1:0");
        RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + port);
        CompletableFuture<String> held = client.callAsync("hold", String.class);
        assertThat(service.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
        client.close();
        assertThat(service.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
        assertThatThrownBy(held::join).hasCauseInstanceOf(ConnectionLostException.class);
    }

    @Test
    void largeMessagesAreCompressedAndTooLargeOnesEndTheConnection() {
        int port = serve("jsonrpc+ws://127.0.0.1:0", Limits.defaults().withMessageBytes(1_000_000));
        try (RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + port)) {
            String text = "ab€".repeat(100_000);
            assertThat(client.call("echo", String.class, text)).isEqualTo(text);
            assertThatThrownBy(() -> client.call("echo", String.class, text.repeat(2)))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("code 1009: the message is larger than the 1000000 bytes allowed");
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void tellsThatAResponseIsTooLarge() {
        int port = serve("jsonrpc+ws://127.0.0.1:0");
        try (RpcClient client = RpcClient.builder("jsonrpc+ws://127.0.0.1:" + port)
                .limits(Limits.defaults().withMessageBytes(100_000))
                .build()) {
            assertThatThrownBy(() -> client.call("echo", String.class, "x".repeat(200_000)))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("the message is larger than the 100000 bytes allowed");
        }
    }

    /** A peer that does what a test says. */
    private static final class Scripted implements WebSocketEvents {
        final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
        final CompletableFuture<String> end = new CompletableFuture<>();

        @Override
        public void opened(WebSocket opened) {
            socket.complete(opened);
        }

        @Override
        public void received(byte[] message) {
            received.add(new String(message, StandardCharsets.UTF_8));
        }

        @Override
        public void writabilityChanged() {}

        @Override
        public void stopping() {}

        @Override
        public void lost(@Nullable Throwable cause) {
            end.complete(String.valueOf(cause == null ? null : cause.getMessage()));
        }

        void send(String text) {
            socket.join().send(text.getBytes(StandardCharsets.UTF_8), failure -> {});
        }

        String next() throws InterruptedException {
            return String.valueOf(received.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void tellsWhyTheServerClosed() throws Exception {
        Scripted peer = new Scripted();
        try (HttpServer http = HttpServer.builder()
                        .upgrade("/", new WebSocketUpgrade(WebSocketOptions.defaults(), () -> peer))
                        .build()
                        .start();
                RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + http.port())) {
            CompletableFuture<Integer> call = client.callAsync("add", Integer.class, 1, 2);
            assertThat(peer.next()).isEqualTo("{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[1,2],\"id\":1}");
            peer.socket.join().close(CloseCode.GOING_AWAY, "maintenance");
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("lost: the peer closed it with code 1001: maintenance");
        }
    }

    @Test
    void respondsToMalformedMessagesAndGoesOn() throws Exception {
        int port = serve("jsonrpc+ws://127.0.0.1:0");
        Scripted peer = new Scripted();
        WebSocketClient.builder(URI.create("ws://127.0.0.1:" + port)).build().connect(peer, peer.end::obtrudeException);
        peer.socket.get(30, TimeUnit.SECONDS);
        peer.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":");
        assertThat(peer.next()).contains("-32700");
        peer.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"add\",\"params\":[1,2]}\n");
        assertThat(peer.next()).contains("\"result\":3");
        peer.send("[{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"add\",\"params\":[1,2]},"
                + "{\"jsonrpc\":\"2.0\",\"method\":\"note\",\"params\":[\"here\"]}]");
        assertThat(peer.next()).startsWith("[").contains("\"result\":3");
        assertThat(service.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("here");
        server.close();
        assertThat(peer.end.get(30, TimeUnit.SECONDS)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"compress_above=0", "compression=false", "ping_interval=0.05", "subprotocol=jsonrpc"})
    void worksWithEachOption(String option) {
        int port = serve("jsonrpc+ws://127.0.0.1:0?" + option);
        try (RpcClient client = RpcClient.connect("jsonrpc+ws://127.0.0.1:" + port + "?" + option)) {
            for (Object value : List.of("x".repeat(3000), "", 1, List.of(Map.of("a", 1)))) {
                assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
            }
        }
    }

    @Test
    void aForeignPageCannotConnect() {
        int port = serve("jsonrpc+ws://127.0.0.1:0");
        try (RpcClient page = RpcClient.connect("ws://127.0.0.1:" + port + "?origin=http://evil.example")) {
            assertThatThrownBy(() -> page.call("add", int.class, 1, 2))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("web pages of other origins");
        }
        try (RpcClient page = RpcClient.connect("ws://127.0.0.1:" + port + "?origin=http://127.0.0.1:" + port)) {
            assertThat(page.call("add", int.class, 1, 2)).isEqualTo(3);
        }
        try (HttpClient http =
                HttpClient.builder(URI.create("http://127.0.0.1:" + port)).build()) {
            assertThat(http.send("GET", Headers.empty(), new byte[0], Duration.ofSeconds(30))
                            .status())
                    .isEqualTo(405);
        }
    }
}
