package dev.parley.net.http.server;

import static dev.parley.net.http.RawPeer.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.HttpResponse;
import dev.parley.net.http.RawPeer;
import dev.parley.spi.MemoryBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests and responses are charged to the memory budget, refused beyond it, and give everything back. */
@Timeout(120)
class RequestMemoryTest {
    private static final int MB = 1 << 20;
    private static final String REFUSED = "the memory for messages is used up, try again later\n";

    private final MemoryBudget budget = new MemoryBudget(10 * MB);
    private final BlockingQueue<HttpExchange> held = new LinkedBlockingQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() {
        server = server(HttpLimits.defaults());
    }

    private HttpServer server(HttpLimits limits) {
        return HttpServer.builder()
                .handle("/echo", e -> e.respond(HttpResponse.of(200, "text/plain", e.body())))
                .handle("/length", e -> e.respond(HttpResponse.text(200, "" + e.body().length)))
                .handle("/hold", held::add)
                .handle("/large", e -> e.respond(HttpResponse.of(200, "text/plain", new byte[8 * MB])))
                .handle("/huge", e -> e.respond(HttpResponse.of(200, "text/plain", new byte[11 * MB])))
                .limits(limits)
                .memory(budget)
                .build()
                .start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
        awaitUsed(0);
    }

    private void awaitUsed(long bytes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (budget.used() != bytes && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(budget.used()).isEqualTo(bytes);
    }

    private void awaitAtLeast(long bytes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (budget.used() < bytes && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(budget.used()).isGreaterThanOrEqualTo(bytes);
    }

    private static String head(String path, String fields, int length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "Content-Length: " + length + "\r\n\r\n";
    }

    private static String gzipHead(String path, byte[] body) {
        return head(path, "Content-Encoding: gzip\r\n", body.length);
    }

    @Test
    void aRequestIsChargedUntilItsResponseHasLeft() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(head("/hold", "", MB)).send(new byte[MB]);
            HttpExchange exchange = held.take();
            assertThat(budget.used()).isBetween((long) MB, MB + 8192L);
            exchange.respond(HttpResponse.text(200, "done"));
            peer.readUntil("done\n");
            awaitUsed(0);
            peer.send(post("/echo", "still open"));
            peer.readUntil("still open");
        }
    }

    @Test
    void anIncompleteBodyIsChargedUntilItsConnectionEnds() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(head("/echo", "", 2 * MB)).send(new byte[2 * MB - 1]);
            awaitAtLeast(2 * MB);
        }
        awaitUsed(0);
    }

    @Test
    void anInflatedBodyIsChargedAndNotMore() throws Exception {
        byte[] body = ContentCoding.gzip(new byte[3 * MB]);
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(gzipHead("/hold", body)).send(body);
            HttpExchange exchange = held.take();
            assertThat(budget.used()).isBetween(3L * MB, 3 * MB + 8192L);
            exchange.respond(HttpResponse.text(200, "done"));
            peer.readUntil("done\n");
        }
    }

    @Test
    void bodiesBeyondTheBudgetAreRefusedWhileSmallOnesAreServed() throws Exception {
        List<RawPeer> peers = new ArrayList<>();
        List<Thread> senders = new ArrayList<>();
        try (RawPeer small = new RawPeer(server.port())) {
            for (int i = 0; i < 10; i++) {
                RawPeer peer = new RawPeer(server.port());
                peers.add(peer);
                senders.add(Thread.startVirtualThread(() -> {
                    try {
                        peer.send(head("/echo", "", 4 * MB)).send(new byte[4 * MB - 1]);
                    } catch (IOException e) {
                        // Refused while it sends.
                    }
                }));
            }
            for (int i = 0; i < 50; i++) {
                small.send(post("/echo", "small" + i));
                assertThat(small.readUntil("small" + i)).startsWith("HTTP/1.1 200");
                assertThat(budget.used()).isLessThan(15L * MB);
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (budget.refused() + budget.shed() < 7 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertThat(budget.refused() + budget.shed()).isGreaterThanOrEqualTo(7);
        } finally {
            for (RawPeer peer : peers) {
                peer.close();
            }
        }
        for (Thread sender : senders) {
            sender.join();
        }
        awaitUsed(0);
    }

    @Test
    void whatInflatesBeyondTheBudgetIsRefusedAndTheConnectionStays() throws Exception {
        byte[] body = ContentCoding.gzip(new byte[12 * MB]);
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(gzipHead("/length", body)).send(body);
            assertThat(peer.readUntil(REFUSED)).startsWith("HTTP/1.1 503").contains("\r\nRetry-After: 1\r\n");
            awaitUsed(0);
            peer.send(post("/echo", "again"));
            assertThat(peer.readUntil("again")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void manyMembersOfGzipGetAnAnswer() throws Exception {
        byte[] empty = ContentCoding.gzip(new byte[0]);
        byte[] body = new byte[empty.length * 100_000];
        for (int i = 0; i < 100_000; i++) {
            System.arraycopy(empty, 0, body, i * empty.length, empty.length);
        }
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(gzipHead("/length", body)).send(body);
            assertThat(peer.readUntil("allowed\n"))
                    .startsWith("HTTP/1.1 400")
                    .endsWith("the body is not valid gzip: there are more than the 10000 gzip members allowed\n");
        }
    }

    @Test
    void aResponseThatIsNotReadIsChargedUntilTheConnectionEnds() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/large", ""));
            awaitAtLeast(8 * MB);
            assertThat(budget.used()).isLessThan(9L * MB);
        }
        awaitUsed(0);
    }

    @Test
    void aResponseBeyondTheBudgetBecomesARefusal() throws Exception {
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(post("/huge", ""));
            assertThat(peer.readUntil(REFUSED)).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void aRequestIsChargedAsLongAsItsHandlerWorksAlsoWithoutItsPeer() throws Exception {
        HttpExchange exchange;
        try (RawPeer peer = new RawPeer(server.port())) {
            peer.send(head("/hold", "", MB)).send(new byte[MB]);
            exchange = held.take();
        }
        server.close();
        assertThat(budget.used()).isGreaterThanOrEqualTo(MB);
        exchange.tryRespond(HttpResponse.text(200, "late"));
        awaitUsed(0);
    }

    @Test
    void pipelinedRequestsAreCharged() throws Exception {
        MemoryBudget forOne = new MemoryBudget(2_000);
        HttpServer tight = HttpServer.builder()
                .handle("/hold", held::add)
                .memory(forOne)
                .build()
                .start();
        try (RawPeer peer = new RawPeer(tight.port())) {
            peer.send(post("/hold", "first"));
            HttpExchange exchange = held.take();
            peer.send(post("/hold", "second"));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (forOne.refused() == 0 && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            exchange.respond(HttpResponse.text(200, "done"));
            assertThat(peer.readAll()).contains("\r\nConnection: close\r\n").endsWith("done\n");
            assertThat(held).isEmpty();
        } finally {
            tight.close();
        }
    }

    @Test
    void aSlowBodyHasATotalTime() throws Exception {
        HttpServer impatient = server(HttpLimits.defaults().withRequestTimeout(Duration.ofMillis(300)));
        try (RawPeer peer = new RawPeer(impatient.port())) {
            peer.send(head("/echo", "", 1000));
            Thread sender = Thread.startVirtualThread(() -> {
                try {
                    // Each byte comes within the pause that is allowed.
                    for (int i = 0; i < 999; i++) {
                        peer.send("x");
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException e) {
                    // Refused while it sends.
                }
            });
            assertThat(peer.readUntil("in time\n")).startsWith("HTTP/1.1 408");
            sender.interrupt();
            sender.join();
        } finally {
            impatient.close();
        }
    }

    @Test
    void aSlowReaderHasATotalTimeAndAFastOneAllOfIt() throws Exception {
        HttpServer impatient = server(
                HttpLimits.defaults().withReadTimeout(Duration.ofSeconds(3)).withIdleTimeout(Duration.ofSeconds(60)));
        try (RawPeer silent = new RawPeer(impatient.port());
                RawPeer slow = new RawPeer(impatient.port())) {
            // Reads some each time, so that it is slower than the pause allowed, but reads.
            slow.send(post("/large", ""));
            byte[] part = slow.socket.getInputStream().readNBytes(2 * MB);
            assertThat(new String(part, 0, 15, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200 OK");
            for (int i = 0; i < 6; i++) {
                Thread.sleep(600);
                assertThat(slow.socket.getInputStream().readNBytes(MB).length).isEqualTo(MB);
            }
            awaitUsed(0);
            silent.send(post("/large", ""));
            awaitAtLeast(8 * MB);
            awaitUsed(0);
        } finally {
            impatient.close();
        }
    }
}
