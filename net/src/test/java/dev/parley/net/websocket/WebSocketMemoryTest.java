package dev.parley.net.websocket;

import static dev.parley.net.websocket.RawWebSocket.CONTINUATION;
import static dev.parley.net.websocket.RawWebSocket.FIN;
import static dev.parley.net.websocket.RawWebSocket.RSV1;
import static dev.parley.net.websocket.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.spi.MemoryBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages are charged to the memory budget while they are received, inflated and sent, and have a total time. */
@Timeout(120)
class WebSocketMemoryTest extends WebSocketServing {
    private static final int MB = 1 << 20;
    private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

    private final MemoryBudget budget = new MemoryBudget(10 * MB);
    private final WebSocketOptions options = WebSocketOptions.defaults().withMemory(budget);

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        if (server != null) {
            server.close();
        }
        awaitUsed(0, 0);
    }

    private void awaitUsed(long least, long most) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while ((budget.used() < least || budget.used() > most) && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(budget.used()).isBetween(least, most);
    }

    private static byte[] cut(byte[] frame) {
        return Arrays.copyOf(frame, frame.length - 1);
    }

    private static byte[] text(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void anIncompleteFrameIsCharged() throws Exception {
        int port = serve(options);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.send(cut(RawWebSocket.bytes(FIN | TEXT, text(2 * MB), true)));
            awaitUsed(2 * MB, 6 * MB);
        }
        awaitUsed(0, 0);
    }

    @Test
    void anIncompleteMessageIsCharged() throws Exception {
        int port = serve(options);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.frame(TEXT, text(MB)).frame(CONTINUATION, text(MB));
            awaitUsed(2 * MB, 6 * MB);
            peer.frame(FIN | CONTINUATION, text(1));
            assertThat(peer.read().payload()).hasSize(2 * MB + 1);
            awaitUsed(0, 0);
        }
    }

    @Test
    void framesBeyondTheBudgetCloseTheConnection() throws Exception {
        int port = serve(options);
        try (RawWebSocket small = RawWebSocket.client(port);
                RawWebSocket peer = RawWebSocket.client(port)) {
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    peer.send(cut(RawWebSocket.bytes(FIN | TEXT, text(15 * MB), true)));
                } catch (IOException e) {
                    // Refused while it sends.
                }
            });
            expectClose(peer, CloseCode.TRY_AGAIN_LATER);
            small.text("hello");
            assertThat(small.read().text()).isEqualTo("hello");
            sender.interrupt();
        }
    }

    @Test
    void whatInflatesBeyondTheBudgetClosesTheConnection() throws Exception {
        int port = serve(options);
        try (RawWebSocket small = RawWebSocket.client(port);
                RawWebSocket peer = RawWebSocket.client(port, DEFLATE)) {
            peer.frame(FIN | RSV1 | TEXT, Deflate.deflate(text(15 * MB)));
            expectClose(peer, CloseCode.TRY_AGAIN_LATER);
            small.text("hello");
            assertThat(small.read().text()).isEqualTo("hello");
        }
    }

    @Test
    void whatAPeerDoesNotReadIsCharged() throws Exception {
        int port = serve(options);
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            peer.text("hello");
            peer.read();
            WebSocket socket = connection().socket.join();
            for (int i = 0; i < 9; i++) {
                socket.send(text(MB), failure -> {});
            }
            awaitUsed(2 * MB, 9 * MB);
        }
        awaitUsed(0, 0);
    }

    @Test
    void aMessageThatNeverEndsHasATotalTime() throws Exception {
        int port = serve(options.withMessageTimeout(Duration.ofMillis(300)));
        byte[] first = RawWebSocket.bytes(TEXT, text(3), true);
        byte[] part = RawWebSocket.bytes(CONTINUATION, text(1), true);
        byte[] frame = RawWebSocket.bytes(FIN | TEXT, text(100), true);
        for (boolean fragments : new boolean[] {true, false}) {
            try (RawWebSocket peer = RawWebSocket.client(port)) {
                Thread sender = Thread.startVirtualThread(() -> {
                    try {
                        if (fragments) {
                            peer.send(first);
                        }
                        for (int i = 0; i < 100; i++) {
                            peer.send(fragments ? part : new byte[] {frame[i]});
                            Thread.sleep(50);
                        }
                    } catch (IOException | InterruptedException e) {
                        // Refused while it sends.
                    }
                });
                expectClose(peer, CloseCode.POLICY_VIOLATION);
                sender.interrupt();
                sender.join();
            }
        }
    }

    @Test
    void aFastPeerHasNoTimeLimit() throws Exception {
        int port = serve(options.withMessageTimeout(Duration.ofMillis(200)));
        try (RawWebSocket peer = RawWebSocket.client(port)) {
            for (int i = 0; i < 10; i++) {
                peer.frame(TEXT, text(3)).frame(FIN | CONTINUATION, text(3));
                assertThat(peer.read().text()).isEqualTo("xxxxxx");
                Thread.sleep(50);
            }
        }
    }
}
