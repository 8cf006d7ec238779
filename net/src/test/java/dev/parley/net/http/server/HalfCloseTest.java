package dev.parley.net.http.server;

import static dev.parley.net.http.RawPeer.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that close their sending half after a request and then read, as {@code printf … | nc} does. */
@Timeout(60)
class HalfCloseTest {
    private static final int LARGE = 8 << 20;

    private final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();
    private HttpServer server = start(HttpLimits.defaults());

    private HttpServer start(HttpLimits limits) {
        return HttpServer.builder()
                .handle("/hold", held::add)
                .handle("/echo", exchange -> exchange.respond(HttpResponse.of(200, "text/plain", exchange.body())))
                .handle("/large", exchange -> exchange.respond(HttpResponse.of(200, "text/plain", new byte[LARGE])))
                .limits(limits)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void getTheirResponse() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/hold", "x")).endSending();
            HttpExchange exchange = held.take();
            // Another connection, several times: meanwhile the server sees the end of input.
            for (int i = 0; i < 20; i++) {
                assertThat(RawPeer.exchange(
                                server.port(), post("/echo", "y").replace("Host", "Connection: close\r\nHost")))
                        .endsWith("y");
            }
            exchange.respond(HttpResponse.text(200, "late"));
            assertThat(peer.readAll())
                    .startsWith("HTTP/1.1 200")
                    .contains("\r\nConnection: close\r\n")
                    .contains("late");
        }
    }

    @Test
    void getAWholeLargeResponse() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/large", "x")).endSending();
            assertThat(peer.readAll()).hasSizeGreaterThan(LARGE);
        }
    }

    @Test
    void getAllResponsesOfPipelinedRequests() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/hold", "x") + post("/echo", "second") + post("/echo", "third"))
                    .endSending();
            held.take().respond(HttpResponse.text(200, "first"));
            assertThat(peer.readAll()).containsSubsequence("first", "second", "third");
        }
    }

    @Test
    void endTheConnectionWithinARequest() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/echo", "whole").replace("5", "50")).endSending();
            assertThat(peer.readAll()).isEmpty();
        }
        try (RawPeer peer = new RawPeer(server.port())) {
            assertThat(peer.endSending().readAll()).isEmpty();
        }
    }

    @Test
    void areGivenUpAfterTheTimeout() throws Exception {
        server.close();
        server = start(HttpLimits.defaults().withHalfCloseTimeout(Duration.ofMillis(50)));
        CountDownLatch cancelled = new CountDownLatch(1);
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/hold", "x")).endSending();
            held.take().onCancel(cancelled::countDown);
            assertThat(cancelled.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(peer.readAll()).isEmpty();
        }
    }
}
