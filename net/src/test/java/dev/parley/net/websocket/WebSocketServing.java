package dev.parley.net.websocket;

import static dev.parley.net.websocket.RawWebSocket.CLOSE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A server of tests at /ws, where it also takes POSTs, and at /only. */
abstract class WebSocketServing {
    static final int MAX = 200_000;
    static final WebSocketOptions OPTIONS = WebSocketOptions.defaults().withLimits(MAX, 150_000, 20);

    final BlockingQueue<Recorder> accepted = new LinkedBlockingQueue<>();

    @Nullable
    HttpServer server;

    /** Sends every message back. */
    static final class Echo extends Recorder {
        @Override
        public void received(byte[] message) {
            super.received(message);
            if (new String(message, StandardCharsets.UTF_8).equals("fail")) {
                throw new IllegalStateException("as asked");
            }
            socket.join().send(message, failure -> {});
        }
    }

    int serve(WebSocketOptions options) {
        return serve(HttpServer.builder(), options);
    }

    int serve(HttpServer.Builder builder, WebSocketOptions options) {
        server = builder.upgrade("/ws", new WebSocketUpgrade(options, () -> {
                    Echo echo = new Echo();
                    accepted.add(echo);
                    return echo;
                }))
                .handle("/ws", exchange -> exchange.respond(HttpResponse.text(200, "posted")))
                .upgrade("/only", new WebSocketUpgrade(options, Echo::new))
                .build()
                .start();
        return server.port();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    Recorder connection() throws InterruptedException {
        Recorder recorder = accepted.poll(30, TimeUnit.SECONDS);
        assertThat(recorder).isNotNull();
        return recorder;
    }

    static void expectClose(RawWebSocket peer, int code) throws IOException {
        RawWebSocket.Frame frame = peer.read();
        assertThat(frame.opcode()).isEqualTo(CLOSE);
        assertThat(frame.code()).isEqualTo(code);
        assertThat(frame.masked()).isFalse();
    }
}
