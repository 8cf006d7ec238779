package dev.parley.net.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.server.HttpServer;
import dev.parley.spi.MemoryBudget;
import dev.parley.spi.MessageCharge;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client charges large responses to the memory budget of the process, and refuses those that do not fit. */
@Timeout(60)
class ClientMemoryTest {
    private static final int MB = 1 << 20;

    private final MemoryBudget budget = MemoryBudget.process();
    private final long before = budget.used();
    private HttpServer server;

    @BeforeEach
    void start() {
        byte[] empty = ContentCoding.gzip(new byte[0]);
        byte[] members = new byte[empty.length * 100_000];
        for (int i = 0; i < 100_000; i++) {
            System.arraycopy(empty, 0, members, i * empty.length, empty.length);
        }
        byte[] large = new byte[8 * MB];
        server = HttpServer.builder()
                .memory(new MemoryBudget(100 * MB))
                .handle("/large", e -> e.respond(new HttpResponse(200, Headers.of("Content-Encoding", "none"), large)))
                .handle("/gzip", e -> e.respond(gzip(ContentCoding.gzip(large))))
                .handle("/members", e -> e.respond(gzip(members)))
                .handle("/small", e -> e.respond(HttpResponse.text(200, "small")))
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(budget.used()).isEqualTo(before);
    }

    private static HttpResponse gzip(byte[] body) {
        return new HttpResponse(200, Headers.of("Content-Encoding", "gzip"), body);
    }

    private HttpResponse get(String path) {
        try (HttpClient client = HttpClient.builder(URI.create("http://127.0.0.1:" + server.port() + path))
                .build()) {
            return client.post(Headers.empty(), new byte[0], Duration.ofSeconds(30));
        }
    }

    @Test
    void responsesBeyondTheBudgetFailTheirCall() {
        try (MessageCharge others = MessageCharge.of(budget)) {
            assertThat(others.tryAdd(budget.limit() - budget.used() - 4 * MB)).isTrue();
            // A method works with it, so that it is not shed.
            others.pin();
            for (String path : new String[] {"/large", "/gzip"}) {
                assertThatThrownBy(() -> get(path))
                        .isInstanceOf(OverloadedException.class)
                        .hasMessage("no memory to receive the response: " + MessageCharge.REFUSAL);
            }
            assertThat(get("/small").body()).hasSize(6);
        }
        assertThat(get("/large").body()).hasSize(8 * MB);
        assertThat(get("/gzip").body()).hasSize(8 * MB);
    }

    @Test
    void manyMembersOfGzipAreRefused() {
        assertThatThrownBy(() -> get("/members"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageEndingWith("Content-Encoding gzip: there are more than the 10000 gzip members allowed");
    }
}
