package dev.parley.net.websocket;

import static dev.parley.net.websocket.RawWebSocket.CLOSE;
import static dev.parley.net.websocket.RawWebSocket.FIN;
import static dev.parley.net.websocket.RawWebSocket.PING;
import static dev.parley.net.websocket.RawWebSocket.PONG;
import static dev.parley.net.websocket.RawWebSocket.RSV1;
import static dev.parley.net.websocket.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client side, with servers that send raw bytes. */
@Timeout(120)
class WebSocketClientTest {
    private static final Pattern KEY = Pattern.compile("(?i)\r\nsec-websocket-key: (.*)\r\n");

    private final Recorder events = new Recorder();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
    private ServerSocket listening;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(30_000);
    }

    @AfterEach
    void stop() throws IOException {
        listening.close();
    }

    private WebSocketClient.Builder client() {
        return WebSocketClient.builder(URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/a%20b?key=1&x=y"));
    }

    private RawWebSocket accept(WebSocketClient.Builder client, String... fields) throws IOException {
        client.build().connect(events, failure::complete);
        RawWebSocket server = new RawWebSocket(listening.accept());
        String head = server.head();
        Matcher key = KEY.matcher(head);
        assertThat(key.find()).isTrue();
        StringBuilder answer =
                new StringBuilder("HTTP/1.1 101 Whatever\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\n"
                        + "Sec-WebSocket-Accept: " + WebSocketUpgrade.accept(key.group(1)) + "\r\n");
        for (String field : fields) {
            answer.append(field).append("\r\n");
        }
        // With the first frame in the same packet.
        server.send((answer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return server;
    }

    private String failed() throws Exception {
        return String.valueOf(failure.get(30, TimeUnit.SECONDS).getMessage());
    }

    @Test
    void asksForAnUpgrade() throws Exception {
        client().headers(Headers.of("User-Agent", "me", "Authorization", "Bearer t"))
                .options(WebSocketOptions.defaults().withSubprotocols(List.of("jsonrpc", "other")))
                .build()
                .connect(events, failure::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            assertThat(server.head().toLowerCase(java.util.Locale.ROOT))
                    .startsWith("get /a%20b?key=1&x=y http/1.1\r\n")
                    .contains(
                            "\r\nhost: 127.0.0.1:" + listening.getLocalPort() + "\r\n",
                            "\r\nconnection: upgrade\r\n",
                            "\r\nupgrade: websocket\r\n",
                            "\r\nsec-websocket-version: 13\r\n",
                            "\r\nsec-websocket-protocol: jsonrpc, other\r\n",
                            "\r\nsec-websocket-extensions: permessage-deflate; server_no_context_takeover;"
                                    + " client_no_context_takeover\r\n",
                            "\r\nuser-agent: me\r\n",
                            "\r\nauthorization: bearer t\r\n")
                    .doesNotContain("origin");
        }
        assertThat(failed()).isEqualTo("the server closed the connection instead of responding to the upgrade");
    }

    @Test
    void exchangesMessages() throws Exception {
        try (RawWebSocket server =
                accept(client(), "Sec-WebSocket-Extensions: permessage-deflate;" + " server_no_context_takeover")) {
            server.send(RawWebSocket.bytes(FIN | TEXT, "hello".getBytes(StandardCharsets.UTF_8), false));
            assertThat(events.message()).isEqualTo("hello");
            byte[] large = "x".repeat(5000).getBytes(StandardCharsets.UTF_8);
            server.send(RawWebSocket.bytes(FIN | RSV1 | TEXT, Deflate.deflate(large), false));
            assertThat(events.message()).hasSize(5000);
            events.opened().send("hi".getBytes(StandardCharsets.UTF_8), done -> {});
            RawWebSocket.Frame frame = server.read();
            assertThat(frame.text()).isEqualTo("hi");
            assertThat(frame.masked()).isTrue();
            events.opened().send(large, done -> {});
            frame = server.read();
            assertThat(frame.first()).isEqualTo(FIN | RSV1 | TEXT);
            assertThat(Inflating.inflate(frame.payload(), 5000)).isEqualTo(large);
            server.send(RawWebSocket.bytes(FIN | PING, new byte[] {1}, false));
            assertThat(server.read().opcode()).isEqualTo(PONG);
            events.opened().close(CloseCode.NORMAL, "");
            assertThat(server.read().code()).isEqualTo(CloseCode.NORMAL);
            server.send(RawWebSocket.bytes(FIN | CLOSE, new byte[] {3, (byte) 0xe8}, false));
            assertThat(server.isAtEnd()).isTrue();
        }
        assertThat(events.ended()).isEmpty();
    }

    @Test
    void refusesMaskedFramesAndTellsWhyTheServerCloses() throws Exception {
        try (RawWebSocket server = accept(client())) {
            server.send(RawWebSocket.bytes(FIN | TEXT, new byte[1], true));
            assertThat(server.read().code()).isEqualTo(CloseCode.PROTOCOL_ERROR);
        }
        assertThat(events.ended()).contains("mask");
        Recorder second = new Recorder();
        CompletableFuture<Throwable> none = new CompletableFuture<>();
        client().build().connect(second, none::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            Matcher key = KEY.matcher(server.head());
            assertThat(key.find()).isTrue();
            server.send("HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                    + WebSocketUpgrade.accept(key.group(1)) + "\r\n\r\n");
            second.opened();
            server.send(RawWebSocket.bytes(FIN | CLOSE, new byte[] {3, (byte) 0xe9, 'b', 'y', 'e'}, false));
            assertThat(second.ended()).isEqualTo("the peer closed it with code 1001: bye");
            assertThat(server.read().code()).isEqualTo(CloseCode.GOING_AWAY);
        }
    }

    @Test
    void pingsAServerThatIsSilent() throws Exception {
        WebSocketOptions options = WebSocketOptions.defaults().withPings(Duration.ofMillis(50), Duration.ofMillis(300));
        try (RawWebSocket server = accept(client().options(options))) {
            RawWebSocket.Frame ping = server.read();
            assertThat(ping.opcode()).isEqualTo(PING);
            assertThat(ping.masked()).isTrue();
            assertThat(events.ended()).contains("did not respond to a ping within 300 ms");
        }
    }

    @Test
    void tellsWhatTheServerRespondedInstead() throws Exception {
        client().build().connect(events, failure::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            server.head();
            server.send("HTTP/1.1 401 No\r\nContent-Length: 6\r\nX-Why: because\r\n\r\nsecret");
            UpgradeRefusedException refused = (UpgradeRefusedException) failure.get(30, TimeUnit.SECONDS);
            assertThat(refused.response().status()).isEqualTo(401);
            assertThat(refused.response().headers().first("X-Why")).isEqualTo("because");
            assertThat(new String(refused.response().body(), StandardCharsets.UTF_8))
                    .isEqualTo("secret");
            assertThat(server.isAtEnd()).isTrue();
        }
    }

    @Test
    void keepsTheBeginningOfAnEndlessRefusal() throws Exception {
        client().build().connect(events, failure::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            server.head();
            server.send("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(100_000));
            UpgradeRefusedException refused = (UpgradeRefusedException) failure.get(30, TimeUnit.SECONDS);
            assertThat(refused.response().body()).hasSize(64 << 10);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Accept: KEY~Connection: upgrade~Upgrade: h2c | another protocol",
                "Sec-WebSocket-Accept: KEY~Upgrade: websocket | another protocol",
                "Connection: upgrade~Upgrade: websocket | does not fit the key",
                "Sec-WebSocket-Accept: x~Connection: upgrade~Upgrade: websocket | does not fit the key",
                "Sec-WebSocket-Accept: KEY~Connection: upgrade~Upgrade: websocket~Sec-WebSocket-Protocol: soap |"
                        + " sub-protocol soap",
                "Sec-WebSocket-Accept: KEY~Connection: upgrade~Upgrade: websocket~Sec-WebSocket-Extensions: x-deflate |"
                        + " extension",
                "Sec-WebSocket-Accept: KEY~Connection: upgrade~Upgrade: websocket~Sec-WebSocket-Extensions:"
                        + " permessage-deflate | extension",
                "Sec-WebSocket-Accept: KEY~Connection: upgrade~Upgrade: websocket~Sec-WebSocket-Extensions:"
                        + " permessage-deflate; server_no_context_takeover; client_max_window_bits=10 | extension",
            })
    void refusesOtherUpgrades(String fields, String problem) throws Exception {
        client().build().connect(events, failure::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            Matcher key = KEY.matcher(server.head());
            assertThat(key.find()).isTrue();
            server.send("HTTP/1.1 101 x\r\n"
                    + fields.replace("KEY", WebSocketUpgrade.accept(key.group(1)))
                            .replace("~", "\r\n")
                    + "\r\n\r\n");
            assertThat(failed()).contains(problem);
            assertThat(server.isAtEnd()).isTrue();
        }
        assertThat(events.socket).isNotDone();
    }

    @Test
    void doesNotWaitForeverForAResponse() throws Exception {
        client().connectTimeout(Duration.ofMillis(200)).build().connect(events, failure::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            assertThat(failed()).isEqualTo("no response to the upgrade within 200 ms");
            server.head();
        }
    }

    @Test
    void tellsThatNobodyListensOrSpeaksHttp() throws Exception {
        client().build().connect(events, failure::complete);
        try (RawWebSocket server = new RawWebSocket(listening.accept())) {
            server.send("SSH-2.0-OpenSSH\r\n\r\n");
            assertThat(failed()).contains("not HTTP");
        }
        listening.close();
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        client().build().connect(events, refused::complete);
        assertThat(refused.get(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }
}
