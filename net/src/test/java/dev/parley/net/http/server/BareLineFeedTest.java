package dev.parley.net.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads whose lines end in LF alone: read where no other reader can find another request in them. */
@Timeout(60)
class BareLineFeedTest {
    private final AtomicInteger handled = new AtomicInteger();
    private final HttpServer server = HttpServer.builder()
            .handle("/echo", exchange -> {
                handled.incrementAndGet();
                exchange.respond(HttpResponse.of(200, "text/plain", exchange.body()));
            })
            .build()
            .start();

    @AfterEach
    void stop() {
        server.close();
    }

    private String exchange(String text) throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(text);
            return peer.readAll();
        }
    }

    @Test
    void oneRequestIsReadAndTheConnectionClosed() throws IOException {
        String request = "POST /echo HTTP/1.1\nHost: localhost\nContent-Type: text/xml\nContent-Length: 5\n\nhello";
        assertThat(exchange(request))
                .startsWith("HTTP/1.1 200 ")
                .contains("\r\nConnection: close\r\n")
                .endsWith("\r\n\r\nhello");
        assertThat(exchange("POST /echo HTTP/1.0\nContent-Length: 2\n\nhi")).endsWith("hi");
        assertThat(exchange(request + request)).containsOnlyOnce("HTTP/1.1").endsWith("hello");
        assertThat(handled).hasValue(3);
    }

    @Test
    void itMayComeByteByByte() throws IOException {
        try (RawPeer peer = new RawPeer(server.port())) {
            for (char c : "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 2\n\nhi".toCharArray()) {
                peer.send(String.valueOf(c));
            }
            assertThat(peer.readAll()).endsWith("hi");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /echo HTTP/1.1\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi",
                "POST /echo HTTP/1.1\r\nHost: localhost\nContent-Length: 2\r\n\r\nhi",
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\n\nhi",
                "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 2\n\r\nhi",
                "POST /echo HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n2\r\nhi\r\n0\r\n\r\n",
                "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 2\nContent-Length: 2\n\nhi",
                "POST /echo HTTP/1.1\nHost: localhost\nX: y\n Content-Length: 2\n\nhi",
            })
    void whatTwoReadersCouldReadInTwoWaysIsRefused(String request) throws IOException {
        assertThat(exchange(request)).startsWith("HTTP/1.1 4").contains("\r\nConnection: close\r\n");
        assertThat(handled).hasValue(0);
    }

    @Test
    void aLaterRequestMustHaveCrLf() throws IOException {
        String answers = exchange("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi"
                + "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 2\n\nho");
        assertThat(answers).startsWith("HTTP/1.1 200 ").contains("HTTP/1.1 400 ");
        assertThat(handled).hasValue(1);
    }

    @Test
    void aHeadWithoutEndIsLimited() throws IOException {
        assertThat(exchange("POST /echo HTTP/1.1\n" + "X: y\n".repeat(20_000))).startsWith("HTTP/1.1 4");
    }
}
