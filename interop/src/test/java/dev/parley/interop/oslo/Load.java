package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Casts and calls without end, by several clients to two servers, while a broker is in trouble; and what became of
 * each.
 */
final class Load implements AutoCloseable {
    /** How long anything may take that must happen; far above what it takes. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final String topic = "load-" + UUID.randomUUID();
    private final List<RpcServer> servers = new ArrayList<>();
    private final List<RpcClient> clients = new ArrayList<>();
    private final List<CompletableFuture<Void>> loops = new ArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    /** For each client how many casts were confirmed, and how many calls answered. */
    private final List<AtomicInteger> progress = new ArrayList<>();

    private final AtomicLong longestNanos = new AtomicLong();
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /** What is served. */
    public final class Endpoint {
        public void note(int n) {
            seen.add(n);
        }

        public int twice(int n) {
            return 2 * n;
        }
    }

    /** Starts it. One server acknowledges before the work, one after it; nothing ends either of them. */
    Load(String transportUrl, String options, int clients) {
        for (String acknowledge : List.of("before", "after")) {
            servers.add(RpcServer.builder()
                    .endpoint(new Endpoint())
                    .listen(
                            transportUrl + "?acknowledge=" + acknowledge + options,
                            Target.topic(topic).withServer(acknowledge))
                    .build()
                    .start());
        }
        for (int i = 0; i < clients; i++) {
            RpcClient client = RpcClient.builder(transportUrl + "?" + options.replaceFirst("&", ""))
                    .target(Target.topic(topic))
                    .timeout(TIMEOUT)
                    .build();
            this.clients.add(client);
            AtomicInteger casts = new AtomicInteger();
            AtomicInteger calls = new AtomicInteger();
            progress.addAll(List.of(casts, calls));
            for (int loop = 0; loop < 2; loop++) {
                loop(() -> cast(client, casts));
                loop(() -> call(client, calls));
            }
        }
    }

    String topic() {
        return topic;
    }

    private void loop(Runnable step) {
        loops.add(CompletableFuture.runAsync(
                () -> {
                    while (!over) {
                        step.run();
                        // Nodes that start need the machine too.
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                    }
                },
                task -> Thread.ofVirtual().start(task)));
    }

    private void cast(RpcClient client, AtomicInteger casts) {
        int n = numbers.incrementAndGet();
        if (attempt(() -> client.cast("note", Args.named("n", n)))) {
            confirmed.add(n);
            casts.incrementAndGet();
        }
    }

    private void call(RpcClient client, AtomicInteger calls) {
        int n = numbers.incrementAndGet();
        if (attempt(() -> assertThat(client.call("twice", Integer.class, Args.named("n", n)))
                .isEqualTo(2 * n))) {
            calls.incrementAndGet();
        }
    }

    /** Whether it went well. It may fail in two ways, of which both say that nobody knows. */
    private boolean attempt(Runnable step) {
        long start = System.nanoTime();
        try {
            step.run();
            return true;
        } catch (ConnectionLostException | RpcTimeoutException e) {
            return false;
        } catch (RpcException | AssertionError e) {
            wrong.add(e);
            return false;
        } finally {
            longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
        }
    }

    /**
     * Waits until each client has had as many further casts confirmed and calls answered, and servers have run as many
     * casts.
     */
    void awaitMore(int count) {
        List<Integer> before = progress.stream().map(AtomicInteger::get).toList();
        int runs = seen.size() + count;
        try {
            await(() -> seen.size() >= runs
                    && IntStream.range(0, before.size())
                            .allMatch(i -> progress.get(i).get() >= before.get(i) + count));
        } catch (AssertionError e) {
            throw new AssertionError(
                    "casts run: %d of %d; casts and calls of each client: %s, before: %s"
                            .formatted(seen.size(), runs, progress, before),
                    e);
        }
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** Ends it: nobody hangs, and no other error was seen than those that a lost broker may cause. */
    void assertNobodyHangs() throws Exception {
        over = true;
        CompletableFuture.allOf(loops.toArray(CompletableFuture<?>[]::new)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(wrong).isEmpty();
        // Not how quick it is: a busy machine may be late by a lot.
        assertThat(Duration.ofNanos(longestNanos.get())).isLessThan(TIMEOUT.multipliedBy(2));
    }

    /** And each confirmed cast was run. */
    void assertNothingLost() throws Exception {
        assertNobodyHangs();
        await(() -> seen.containsAll(confirmed));
    }

    @Override
    public void close() {
        over = true;
        clients.forEach(RpcClient::close);
        servers.forEach(RpcServer::close);
    }
}
