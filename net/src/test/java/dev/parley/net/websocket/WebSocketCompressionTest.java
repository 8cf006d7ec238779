package dev.parley.net.websocket;

import static dev.parley.net.websocket.RawWebSocket.CONTINUATION;
import static dev.parley.net.websocket.RawWebSocket.FIN;
import static dev.parley.net.websocket.RawWebSocket.PING;
import static dev.parley.net.websocket.RawWebSocket.RSV1;
import static dev.parley.net.websocket.RawWebSocket.TEXT;
import static dev.parley.net.websocket.RawWebSocket.upgrade;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** permessage-deflate, with peers that send raw bytes. */
@Timeout(120)
class WebSocketCompressionTest extends WebSocketServing {
    @Test
    void agreesOnCompression() throws Exception {
        int port = serve(OPTIONS.withCompressAbove(100));
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(upgrade(
                    "Sec-WebSocket-Extensions: x-other, permessage-deflate; server_max_window_bits=10",
                    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"));
            assertThat(peer.head()).contains("\r\nSec-WebSocket-Extensions: " + Deflate.HEADER + "\r\n");
            String text = "ab€".repeat(1000);
            byte[] deflated = Deflate.deflate(text.getBytes(StandardCharsets.UTF_8));
            peer.frame(RSV1 | TEXT, new byte[] {deflated[0]})
                    .frame(FIN | CONTINUATION, java.util.Arrays.copyOfRange(deflated, 1, deflated.length));
            RawWebSocket.Frame answer = peer.read();
            assertThat(answer.first()).isEqualTo(FIN | RSV1 | TEXT);
            assertThat(new String(Inflating.inflate(answer.payload(), MAX), StandardCharsets.UTF_8))
                    .isEqualTo(text);
            peer.text("short");
            assertThat(peer.read().first()).isEqualTo(FIN | TEXT);
            peer.frame(RSV1 | FIN | PING, new byte[0]);
            expectClose(peer, CloseCode.PROTOCOL_ERROR);
        }
    }

    @Test
    void inflatesLargeMessagesInOrder() throws Exception {
        int port = serve(OPTIONS);
        try (RawWebSocket peer = RawWebSocket.client(port, "Sec-WebSocket-Extensions: permessage-deflate")) {
            String large = "x".repeat(MAX);
            for (int i = 0; i < 20; i++) {
                peer.frame(FIN | RSV1 | TEXT, Deflate.deflate(large.getBytes(StandardCharsets.UTF_8)))
                        .text("after " + i);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(Inflating.inflate(peer.read().payload(), MAX)).hasSize(MAX);
                assertThat(peer.read().text()).isEqualTo("after " + i);
            }
        }
    }

    @Test
    void stopsDeflateBombs() throws Exception {
        int port = serve(OPTIONS);
        byte[] bomb = Deflate.deflate(new byte[100 << 20]);
        assertThat(bomb.length).isLessThan(150_000);
        for (byte[] payload : List.of(bomb, Deflate.deflate(new byte[MAX + 1]))) {
            try (RawWebSocket peer = RawWebSocket.client(port, "Sec-WebSocket-Extensions: permessage-deflate")) {
                peer.frame(FIN | RSV1 | TEXT, payload);
                expectClose(peer, CloseCode.TOO_BIG);
            }
            assertThat(connection().ended()).isEqualTo("the message is larger than the 200000 bytes allowed");
        }
        try (RawWebSocket peer = RawWebSocket.client(port, "Sec-WebSocket-Extensions: permessage-deflate")) {
            peer.frame(FIN | RSV1 | TEXT, new byte[] {-1, -1, -1, -1});
            expectClose(peer, CloseCode.INVALID_DATA);
        }
    }

    @Test
    void doesNotCompressIfSwitchedOff() throws Exception {
        int port = serve(OPTIONS.withCompressAbove(-1));
        try (RawWebSocket peer = RawWebSocket.open(port)) {
            peer.send(upgrade("Sec-WebSocket-Extensions: permessage-deflate"));
            assertThat(peer.head()).startsWith("HTTP/1.1 101").doesNotContain("Extensions");
        }
    }
}
