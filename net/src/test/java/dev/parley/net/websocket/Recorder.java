package dev.parley.net.websocket;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what it is told of one connection. */
class Recorder implements WebSocketEvents {
    final CompletableFuture<WebSocket> socket = new CompletableFuture<>();
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<String> end = new CompletableFuture<>();

    @Override
    public void opened(WebSocket opened) {
        socket.complete(opened);
    }

    @Override
    public void received(byte[] message) {
        messages.add(new String(message, StandardCharsets.UTF_8));
    }

    @Override
    public void writabilityChanged() {}

    @Override
    public void stopping() {
        socket.join().close(CloseCode.GOING_AWAY, "the server stops");
    }

    @Override
    public void lost(@Nullable Throwable cause) {
        end.complete(cause == null ? "" : String.valueOf(cause.getMessage()));
    }

    String message() throws InterruptedException {
        return String.valueOf(messages.poll(30, TimeUnit.SECONDS));
    }

    String ended() throws Exception {
        return end.get(30, TimeUnit.SECONDS);
    }

    WebSocket opened() throws Exception {
        return socket.get(30, TimeUnit.SECONDS);
    }
}
