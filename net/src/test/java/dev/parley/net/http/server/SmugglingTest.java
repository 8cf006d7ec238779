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

/**
 * Requests that a proxy in front may frame otherwise than the server. Each has a second request in what is its body by
 * one reading: it must not run.
 */
@Timeout(60)
class SmugglingTest {
    private static final String SMUGGLED = "POST /admin HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";

    private final AtomicInteger smuggled = new AtomicInteger();
    private final HttpServer server = HttpServer.builder()
            .handle("/echo", e -> e.respond(HttpResponse.of(200, "text/plain", e.body())))
            .handle("/admin", e -> {
                smuggled.incrementAndGet();
                e.respond(HttpResponse.empty(200));
            })
            .build()
            .start();

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: %1$d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: %1$d\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: %1$d\r\n\r\n",
                "Content-Length: %1$d\r\nContent-Length: 0\r\n\r\n",
                "Content-Length: 0, %1$d\r\n\r\n",
                "Content-Length: +0\r\n\r\n",
                "Content-Length: -0\r\n\r\n",
                "Content-Length: 0x0\r\n\r\n",
                "Content-Length: 0 0\r\n\r\n",
                "Content-Length:\r\n\r\n",
                "Content-Length : 0\r\n\r\n",
                "Content-Length: 0\r\n Content-Length: %1$d\r\n\r\n",
                "X: y\nContent-Length: %1$d\r\nContent-Length: 0\r\n\r\n",
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n",
                "Transfer-Encoding: chunked\n\n0\n\n",
                "Content-Length: 0\u0000\r\n\r\n",
            })
    void theSecondRequestDoesNotRun(String rest) throws IOException {
        String head = "POST /echo HTTP/1.1\r\nHost: x\r\n".concat(rest.formatted(SMUGGLED.length()));
        String response = RawPeer.exchange(server.port(), head + SMUGGLED);
        assertThat(response).matches("(?s)HTTP/1\\.1 (400|501) .*\r\nConnection: close\r\n.*");
        assertThat(smuggled).hasValue(0);
    }

    @Test
    void chunkExtensionsAndTrailersHideNothing() throws IOException {
        String head = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        String chunk = "%x;a=\"b\"\r\n%s\r\n0\r\nContent-Length: 9\r\n\r\n".formatted(SMUGGLED.length(), SMUGGLED);
        assertThat(RawPeer.exchange(server.port(), head + chunk)).endsWith("\r\n\r\n" + SMUGGLED);
        assertThat(smuggled).hasValue(0);
    }

    @Test
    void pipelinedRequestsRunOnceEach() throws IOException {
        String last = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast";
        String responses = RawPeer.exchange(server.port(), RawPeer.post("/echo", "one") + SMUGGLED + last);
        assertThat(responses.split("HTTP/1.1 200 ", -1)).hasSize(4);
        assertThat(responses).endsWith("last");
        assertThat(smuggled).hasValue(1);
    }
}
