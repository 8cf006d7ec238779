package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.interop.PeerProcess;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import dev.parley.net.websocket.WebSocket;
import dev.parley.net.websocket.WebSocketEvents;
import dev.parley.net.websocket.WebSocketOptions;
import dev.parley.net.websocket.WebSocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real browser: a page of the server itself may open a WebSocket, a page of another origin may not. */
@Timeout(120)
class BrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    @TempDir
    Path profile;

    /** Sends every message back. */
    private static final class Echo implements WebSocketEvents {
        private @Nullable WebSocket socket;

        @Override
        public void opened(WebSocket opened) {
            socket = opened;
        }

        @Override
        public void received(byte[] message) {
            if (socket != null) {
                socket.send(message, failure -> {});
            }
        }

        @Override
        public void writabilityChanged() {}

        @Override
        public void stopping() {}

        @Override
        public void lost(@Nullable Throwable cause) {}
    }

    /** A page that connects, exchanges a message large enough to be compressed, and reports what happened. */
    private static HttpResponse page(String socket) {
        String script = """
                <!doctype html><script>
                  const report = (text) => fetch('/report', { method: 'POST', body: text });
                  const socket = new WebSocket('%s', ['jsonrpc']);
                  const text = 'gr\\u00fc\\u00dfe '.repeat(1000);
                  socket.onopen = () => socket.send(text);
                  socket.onmessage = (event) =>
                    report(event.data === text ? `works ${socket.protocol} ${socket.extensions}` : 'garbled');
                  socket.onclose = (event) => report(`closed ${event.code}`);
                </script>""".formatted(socket);
        return HttpResponse.of(200, "text/html; charset=utf-8", script.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpServer serve(BlockingQueue<String> reports, String socket) {
        return HttpServer.builder()
                .handle("/", exchange -> exchange.respond(page(socket)), "GET")
                .handle("/report", exchange -> {
                    reports.add(new String(exchange.body(), StandardCharsets.UTF_8));
                    exchange.respond(HttpResponse.empty(204));
                })
                .upgrade(
                        "/ws",
                        new WebSocketUpgrade(
                                WebSocketOptions.defaults().withSubprotocols(List.of("jsonrpc")), Echo::new))
                .build()
                .start();
    }

    private PeerProcess browse(int port) {
        return PeerProcess.start(
                Map.of(),
                List.of(
                        CHROMIUM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--user-data-dir=" + profile,
                        "--remote-debugging-port=0",
                        "http://127.0.0.1:" + port + "/"));
    }

    @Test
    void onlyPagesOfTheServerItselfConnect() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "no Chromium");
        BlockingQueue<String> reports = new LinkedBlockingQueue<>();
        try (HttpServer own = serve(reports, "/ws");
                HttpServer foreign = serve(reports, "ws://127.0.0.1:" + own.port() + "/ws")) {
            try (PeerProcess browser = browse(own.port())) {
                assertThat(reports.poll(60, TimeUnit.SECONDS))
                        .as(browser.errors())
                        .startsWith("works jsonrpc permessage-deflate");
            }
            try (PeerProcess browser = browse(foreign.port())) {
                assertThat(reports.poll(60, TimeUnit.SECONDS))
                        .as(browser.errors())
                        .isEqualTo("closed 1006");
            }
        }
    }
}
