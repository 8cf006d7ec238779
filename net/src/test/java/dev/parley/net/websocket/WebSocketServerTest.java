package dev.parley.net.websocket;

import static dev.parley.net.websocket.RawWebSocket.BINARY;
import static dev.parley.net.websocket.RawWebSocket.CLOSE;
import static dev.parley.net.websocket.RawWebSocket.CONTINUATION;
import static dev.parley.net.websocket.RawWebSocket.FIN;
import static dev.parley.net.websocket.RawWebSocket.PING;
import static dev.parley.net.websocket.RawWebSocket.PONG;
import static dev.parley.net.websocket.RawWebSocket.TEXT;
import static dev.parley.net.websocket.RawWebSocket.upgrade;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.RawPeer;
import dev.parley.net.http.server.HttpServer;
import dev.parley.security.Authenticator;
import dev.parley.security.LoginLimits;
import dev.parley.spi.Authentication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server side, by peers that send raw bytes. */
@Timeout(120)
class WebSocketServerTest extends WebSocketServing {
    @Test
    void upgradesAndAnswers() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            // A frame may follow the request at once.
            peer.send(upgrade("Origin: http://localhost")).text("early");
            assertThat(peer.head())
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("\r\nUpgrade: websocket\r\n", "\r\nSec-WebSocket-Accept: " + RawWebSocket.ACCEPT + "\r\n")
                    .doesNotContain("Extensions", "Protocol:", "Content-Length");
            assertThat(peer.read().text()).isEqualTo("early");
            peer.text("grüße 🌍").frame(FIN | BINARY, "binary".getBytes(StandardCharsets.UTF_8));
            RawWebSocket.Frame answer = peer.read();
            assertThat(answer.text()).isEqualTo("grüße 🌍");
            assertThat(answer.first()).isEqualTo(FIN | TEXT);
            assertThat(answer.masked()).isFalse();
            assertThat(peer.read().text()).isEqualTo("binary");
        }
        assertThat(connection().ended()).isEmpty();
    }

    @Test
    void servesPostsAndUpgradesAtOnePath() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(RawPeer.post("/ws", "x"));
            assertThat(peer.head()).startsWith("HTTP/1.1 200");
            peer.in.readNBytes("posted\n".length());
            peer.send(upgrade());
            assertThat(peer.head()).startsWith("HTTP/1.1 101");
            peer.text("now");
            assertThat(peer.read().text()).isEqualTo("now");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "426 | Host: localhost~Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 8~Sec-WebSocket-Key: KEY",
                "426 | Host: localhost~Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Key: KEY",
                "400 | Host: localhost~Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 13",
                "400 | Host: localhost~Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 13~Sec-WebSocket-Key: x",
                "400 | Host: localhost~Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 13~Sec-WebSocket-Key: KEY"
                        + "~Sec-WebSocket-Key: KEY",
                "400 | Connection: Upgrade~Upgrade: websocket~Sec-WebSocket-Version: 13~Sec-WebSocket-Key: KEY",
                "400 | Host: localhost~Connection: Upgrade, close~Upgrade: websocket~Sec-WebSocket-Version: 13"
                        + "~Sec-WebSocket-Key: KEY",
                "405 | Host: localhost~Connection: Upgrade~Upgrade: h2c",
                "405 | Host: localhost~Upgrade: websocket~Sec-WebSocket-Version: 13~Sec-WebSocket-Key: KEY",
                "403 | Host: localhost~Origin: http://evil.example~Connection: Upgrade~Upgrade: websocket"
                        + "~Sec-WebSocket-Version: 13~Sec-WebSocket-Key: KEY",
                "403 | Host: localhost~Origin: null~Connection: Upgrade~Upgrade: websocket"
                        + "~Sec-WebSocket-Version: 13~Sec-WebSocket-Key: KEY",
            })
    void refusesOtherUpgrades(int status, String fields) throws IOException {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(
                    RawWebSocket.request(fields.replace("KEY", RawWebSocket.KEY).split("~")));
            assertThat(peer.head())
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains(status == 426 ? "Sec-WebSocket-Version: 13\r\n" : "");
        }
    }

    @Test
    void refusesAnUpgradeWithABodyOrBeforeAnotherRequest() throws IOException {
        int port = serve(OPTIONS);
        for (String request : List.of(
                upgrade("Content-Length: 2") + "hi",
                RawPeer.post("/ws", "x") + upgrade("Content-Length: 2") + "hi" + RawPeer.post("/ws", "x"))) {
            try (RawWebSocket peer = RawWebSocket.open(port)) {
                peer.send(request);
                assertThat(new String(peer.in.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("HTTP/1.1 400 ")
                        .doesNotContain("101");
            }
        }
    }

    @Test
    void tellsWhatAPathIsFor() throws IOException {
        int port = serve(OPTIONS);
        assertThat(RawPeer.exchange(port, "GET /only HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 426 ")
                .contains("\r\nUpgrade: websocket\r\n", "over websocket only");
        assertThat(RawPeer.exchange(port, upgrade("Connection: close").replace("/ws", "/nowhere")))
                .startsWith("HTTP/1.1 404 ");
    }

    @Test
    void asksForCredentials() throws Exception {
        BasicCredentials right = new BasicCredentials("ann", "secret");
        int port = serve(
                HttpServer.builder()
                        .authentication(
                                new Authentication(Authenticator.password("ann", "secret"), LoginLimits.defaults())),
                OPTIONS);
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(upgrade());
            assertThat(peer.head()).startsWith("HTTP/1.1 401 ").contains("WWW-Authenticate: Basic");
        }
        try (RawWebSocket peer = RawWebSocket.client(port, "Authorization: " + right.toHeader())) {
            assertThat(connection().opened().principal().getName()).isEqualTo("ann");
            peer.text("hi");
            assertThat(peer.read().text()).isEqualTo("hi");
        }
    }

    @Test
    void agreesOnASubprotocol() throws Exception {
        int port = serve(OPTIONS.withSubprotocols(List.of("jsonrpc", "other")));
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(upgrade("Sec-WebSocket-Protocol: soap, other", "Sec-WebSocket-Protocol: jsonrpc"));
            assertThat(peer.head()).contains("\r\nSec-WebSocket-Protocol: other\r\n");
            assertThat(connection().opened().subprotocol()).isEqualTo("other");
        }
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(upgrade("Sec-WebSocket-Protocol: soap"));
            assertThat(peer.head()).startsWith("HTTP/1.1 101").doesNotContain("Protocol:");
        }
    }

    @Test
    void putsFragmentsTogetherWithPingsBetweenThem() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
            peer.frame(TEXT, new byte[] {euro[0]})
                    .frame(FIN | PING, "?".getBytes(StandardCharsets.UTF_8))
                    .frame(CONTINUATION, new byte[] {euro[1]})
                    .frame(CONTINUATION, new byte[0])
                    .frame(FIN | CONTINUATION, new byte[] {euro[2]});
            RawWebSocket.Frame pong = peer.read();
            assertThat(pong.opcode()).isEqualTo(PONG);
            assertThat(pong.text()).isEqualTo("?");
            assertThat(peer.read().text()).isEqualTo("€");
        }
    }

    @Test
    void refusesWhatIsNotUtf8InTextOnly() throws Exception {
        int port = serve(OPTIONS);
        byte[] latin1 = {'a', (byte) 0xe9, 'b'};
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(FIN | BINARY, latin1);
            assertThat(peer.read().payload()).isEqualTo(latin1);
            peer.frame(FIN | TEXT, latin1);
            expectClose(peer, CloseCode.INVALID_DATA);
            peer.frame(FIN | CLOSE, new byte[] {3, (byte) 0xef});
            assertThat(peer.isAtEnd()).isTrue();
        }
        assertThat(connection().ended()).isEqualTo("the text is not valid UTF-8");
    }

    @Test
    void boundsMessagesFramesAndFragments() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            // The header alone is enough.
            peer.send(new byte[] {(byte) (FIN | TEXT), (byte) 0xff, 0, 0, 0, 0, 0, 2, 0x49, (byte) 0xf1, 1, 2, 3, 4});
            expectClose(peer, CloseCode.TOO_BIG);
            assertThat(peer.isAtEnd()).isTrue();
        }
        assertThat(connection().ended()).contains("150000");
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            byte[] half = new byte[MAX / 2];
            peer.frame(TEXT, half).frame(FIN | CONTINUATION, half);
            assertThat(peer.read().payload()).hasSize(MAX);
            peer.frame(TEXT, half).frame(CONTINUATION, half).frame(FIN | CONTINUATION, new byte[1]);
            expectClose(peer, CloseCode.TOO_BIG);
        }
        assertThat(connection().ended()).isEqualTo("the message is larger than the 200000 bytes allowed");
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(TEXT, new byte[0]);
            for (int i = 0; i < 20; i++) {
                peer.frame(CONTINUATION, new byte[0]);
            }
            expectClose(peer, CloseCode.TOO_BIG);
        }
        assertThat(connection().ended()).isEqualTo("the message has more than the 20 frames allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "81 01 41", // not masked
                "01 80 00 00 00 00 81 80 00 00 00 00", // a message within a message
                "80 80 00 00 00 00", // a continuation of nothing
                "83 80 00 00 00 00", // an unknown kind
                "8b 80 00 00 00 00", // an unknown control frame
                "09 80 00 00 00 00", // a ping in fragments
                "89 fe 00 7e 00 00 00 00", // a ping of 126 bytes
                "a1 80 00 00 00 00", // RSV2
                "c1 80 00 00 00 00", // compressed, which was not agreed on
                "88 81 00 00 00 00 03", // a close with half a code
                "88 82 00 00 00 00 03 ed", // a close with code 1005
                "82 ff 80 00 00 00 00 00 00 01 00 00 00 00", // a negative length
            })
    void refusesBrokenFrames(String hex) throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            String[] bytes = hex.split(" ");
            byte[] frame = new byte[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                frame[i] = (byte) Integer.parseInt(bytes[i], 16);
            }
            peer.send(frame);
            expectClose(peer, CloseCode.PROTOCOL_ERROR);
        }
        assertThat(connection().ended()).isNotEmpty();
    }

    @Test
    void closesWithItsPeer() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(FIN | CLOSE, new byte[] {3, (byte) 0xe8, 'b', 'y', 'e'});
            expectClose(peer, CloseCode.NORMAL);
            assertThat(peer.isAtEnd()).isTrue();
        }
        assertThat(connection().ended()).isEmpty();
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(FIN | CLOSE, new byte[] {0x0f, (byte) 0xa0, 'm', '\n'});
            expectClose(peer, 4000);
        }
        assertThat(connection().ended()).isEqualTo("the peer closed it with code 4000: m");
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(FIN | CLOSE, new byte[0]);
            assertThat(peer.read().code()).isEqualTo(-1);
        }
    }

    @Test
    void closesWhenItStops() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            var stopped = server.stop();
            expectClose(peer, CloseCode.GOING_AWAY);
            peer.frame(FIN | TEXT, "late".getBytes(StandardCharsets.UTF_8))
                    .frame(FIN | CLOSE, new byte[] {3, (byte) 0xe9});
            assertThat(peer.isAtEnd()).isTrue();
            stopped.get(30, TimeUnit.SECONDS);
        }
        assertThat(connection().messages).isEmpty();
    }

    @Test
    void sendsNothingAfterAClose() throws Exception {
        int port = serve(OPTIONS.withPings(Duration.ofMillis(20), Duration.ofSeconds(30)));
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            WebSocket socket = connection().opened();
            BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
            socket.close(CloseCode.NORMAL, "");
            socket.send(new byte[] {'x'}, failure -> outcomes.add(String.valueOf(failure)));
            assertThat(outcomes.poll(30, TimeUnit.SECONDS)).contains("ClosedChannelException");
            RawWebSocket.Frame frame = peer.read();
            while (frame.opcode() == PING) {
                frame = peer.read();
            }
            assertThat(frame.code()).isEqualTo(CloseCode.NORMAL);
            peer.frame(FIN | PING, new byte[0]).frame(FIN | CLOSE, new byte[] {3, (byte) 0xe8});
            assertThat(peer.isAtEnd()).isTrue();
        }
    }

    @Test
    void doesNotWaitForeverForAClose() throws Exception {
        int port = serve(OPTIONS.withCloseTimeout(Duration.ofMillis(100)));
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            connection().opened().close(CloseCode.NORMAL, "");
            expectClose(peer, CloseCode.NORMAL);
            assertThat(peer.isAtEnd()).isTrue();
        }
    }

    @Test
    void closesWhenItFails() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.text("fail");
            expectClose(peer, CloseCode.INTERNAL_ERROR);
        }
        assertThat(connection().ended()).isEqualTo("as asked");
    }

    @Test
    void pingsAPeerThatIsSilentAndGivesUpOneThatStaysSo() throws Exception {
        int port = serve(OPTIONS.withPings(Duration.ofMillis(50), Duration.ofMillis(500)));
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            for (int i = 0; i < 3; i++) {
                assertThat(peer.read().opcode()).isEqualTo(PING);
                peer.frame(FIN | PONG, new byte[0]);
            }
            peer.text("still there");
            RawWebSocket.Frame frame = peer.read();
            while (frame.opcode() == PING) {
                frame = peer.read();
            }
            assertThat(frame.text()).isEqualTo("still there");
            assertThat(connection().ended()).contains("did not respond to a ping within 500 ms");
        }
    }

    @Test
    void givesUpAPeerThatDoesNotRead() throws Exception {
        int port = serve(OPTIONS.withPings(Duration.ZERO, Duration.ofMillis(500)));
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            Recorder recorder = connection();
            WebSocket socket = recorder.opened();
            for (int i = 0; i < 400; i++) {
                socket.send(new byte[100_000], failure -> {});
            }
            assertThat(recorder.ended()).isEqualTo("the peer has read nothing for 500 ms");
            assertThat(peer.socket.isClosed()).isFalse();
        }
    }

    @Test
    void pausesAndResumes() throws Exception {
        int port = serve(OPTIONS.withPings(Duration.ofMillis(50), Duration.ofMillis(200)));
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            Recorder recorder = connection();
            WebSocket socket = recorder.opened();
            var paused = new LinkedBlockingQueue<Boolean>();
            socket.execute(() -> {
                socket.read(false);
                paused.add(true);
            });
            assertThat(paused.poll(30, TimeUnit.SECONDS)).isTrue();
            peer.text("one").text("two");
            // Longer than a silent peer may be silent: a paused one is not heard, which is not its fault.
            assertThat(recorder.messages.poll(600, TimeUnit.MILLISECONDS)).isNull();
            socket.read(true);
            assertThat(recorder.message()).isEqualTo("one");
            assertThat(recorder.message()).isEqualTo("two");
        }
    }

    @Test
    void noticesAPeerThatIsGone() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(TEXT, new byte[10]);
            peer.socket.shutdownOutput();
            assertThat(peer.isAtEnd()).isTrue();
        }
        assertThat(connection().ended()).isEmpty();
        RawWebSocket reset = RawWebSocket.client(port);
        reset.socket.setSoLinger(true, 0);
        reset.close();
        assertThat(connection().ended()).isNotNull();
    }
}
