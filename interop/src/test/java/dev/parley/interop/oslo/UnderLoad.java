package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.Execution;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A great many messages, and clients that die while they wait. */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
abstract class UnderLoad {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int CALLS = 10_000;
    private static final int HELD = 20;

    private final Target topic = Target.topic("under-load-" + UUID.randomUUID());

    /** The broker's transport URL. */
    abstract String url();

    /** The names of the broker's queues. */
    abstract Set<String> queues();

    /** Cuts some connections, of clients and servers alike. */
    abstract void cutConnections();

    /** How many casts the broker is given. */
    abstract int casts();

    private RpcClient client() {
        return RpcClient.builder(url()).target(topic).timeout(PATIENCE).build();
    }

    /** Notes what it was sent. */
    public static final class Notes {
        private final AtomicIntegerArray times;
        private final AtomicInteger different = new AtomicInteger();

        Notes(int count) {
            times = new AtomicIntegerArray(count);
        }

        public void note(int n) {
            if (times.getAndIncrement(n) == 0) {
                different.incrementAndGet();
            }
        }
    }

    @Test
    void noCastIsLostWhileServersComeAndGo() throws Exception {
        Notes notes = new Notes(casts());
        AtomicInteger next = new AtomicInteger();
        try (RpcClient client = client()) {
            RpcServer running = server(notes);
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int i = 0; i < 256; i++) {
                senders.add(CompletableFuture.runAsync(
                        () -> {
                            for (int n = next.getAndIncrement(); n < casts(); n = next.getAndIncrement()) {
                                castAgain(client, n);
                            }
                        },
                        task -> Thread.ofVirtual().start(task)));
            }
            CompletableFuture<Void> sent = CompletableFuture.allOf(senders.toArray(CompletableFuture<?>[]::new));
            for (int restarts = 0; !sent.isDone(); restarts++) {
                // Between two restarts there is always some progress.
                int soFar = notes.different.get();
                await(() -> sent.isDone() || notes.different.get() > soFar + casts() / 50);
                RpcServer fresh = server(notes);
                if (restarts % 3 == 1) {
                    cutConnections();
                }
                running.close();
                running = fresh;
            }
            sent.join();
            await(() -> notes.different.get() == casts());
            running.close();
        }
    }

    private RpcServer server(Notes notes) {
        while (true) {
            try {
                return RpcServer.builder()
                        .endpoint(notes)
                        .execution(Execution.inline())
                        .maxConcurrentCalls(1000)
                        .listen(url() + "?acknowledge=after", topic.withServer("s"))
                        .build()
                        .start();
            } catch (ConnectionLostException e) {
                // Cut while it started.
            }
        }
    }

    /** As a caller does who wants at least once: what may or may not have been delivered is sent again. */
    private static void castAgain(RpcClient client, int n) {
        while (true) {
            try {
                client.cast("note", Args.named("n", n));
                return;
            } catch (ConnectionLostException e) {
                // Once more.
            }
        }
    }

    /** Answers when everybody is there. */
    public static final class Meeting {
        private final AtomicInteger missing = new AtomicInteger(CALLS);
        private final CompletableFuture<Long> threads = new CompletableFuture<>();

        public CompletableFuture<Integer> meet(int n) {
            if (missing.decrementAndGet() == 0) {
                threads.complete(threads());
            }
            return threads.thenApply(any -> n);
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("parley"))
                .count();
    }

    @Test
    void tenThousandCallsAreUnderWayAtOnceAndEachGetsItsOwnAnswer() {
        Meeting meeting = new Meeting();
        long before = threads();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(meeting)
                        .maxConcurrentCalls(CALLS)
                        .listen(url(), topic.withServer("s"))
                        .build()
                        .start();
                RpcClient client = client()) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int n = 0; n < CALLS; n++) {
                answers.add(client.callAsync("meet", Integer.class, Args.named("n", n)));
            }
            for (int n = 0; n < CALLS; n++) {
                assertThat(answers.get(n)).succeedsWithin(PATIENCE).isEqualTo(n);
            }
            assertThat(meeting.threads.join()).isLessThan(before + 20);
        }
    }

    /** Holds some calls and answers others. */
    public static final class Holding {
        private final CountDownLatch held;
        private final CountDownLatch release = new CountDownLatch(1);

        Holding(int calls) {
            held = new CountDownLatch(calls);
        }

        public void hold() throws InterruptedException {
            held.countDown();
            release.await();
        }

        public int twice(int n) {
            return 2 * n;
        }
    }

    /** A client that is going to be killed. */
    static final class KilledClient {
        private KilledClient() {}

        public static void main(String[] args) throws InterruptedException {
            RpcClient client = RpcClient.connect(args[0], Target.topic(args[1]));
            for (int i = 0; i < HELD; i++) {
                client.callAsync("hold", void.class);
            }
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void aJavaClientThatIsKilledLeavesNothingBehind() throws Exception {
        leavesNothingBehind(
                HELD,
                () -> PeerProcess.start(
                        Map.of(),
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledClient.class.getName(),
                                url() + "?rabbit_transient_queues_ttl=3",
                                topic.topic())));
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING)
    void aPythonClientThatIsKilledLeavesNothingBehind() throws Exception {
        // It makes one call after the other.
        leavesNothingBehind(1, () -> {
            PeerProcess client = PeerProcess.start(
                    Peer.OSLO_MESSAGING,
                    "oslo_client.py",
                    url(),
                    "--topic",
                    topic.topic(),
                    "--conf",
                    "oslo_messaging_rabbit.rabbit_transient_queues_ttl=3");
            client.send(Map.of("method", "hold"));
            return client;
        });
    }

    private void leavesNothingBehind(int calls, Supplier<PeerProcess> dying) throws Exception {
        Holding holding = new Holding(calls);
        RpcServer server = RpcServer.builder()
                .endpoint(holding)
                .listen(url() + "?kombu_missing_consumer_retry_timeout=5", topic.withServer("s"))
                .build()
                .start();
        try (server;
                RpcClient other = client()) {
            assertThat(twice(other)).isEqualTo(42);
            long threads = threads();
            Set<String> queues = queues();
            try (PeerProcess client = dying.get()) {
                assertThat(holding.held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as(client::errors)
                        .isTrue();
                assertThat(queues()).hasSize(queues.size() + 1);
            } // Killed by SIGKILL.

            assertThat(twice(other)).isEqualTo(42);
            await(() -> queues().equals(queues));
            // Their answers find no queue any more, and hold up nobody's.
            holding.release.countDown();
            for (int i = 0; i < 100; i++) {
                assertThat(twice(other)).isEqualTo(42);
            }
            server.stop();
            assertThat(server.await(PATIENCE)).isTrue();
            await(() -> threads() <= threads);
        }
        assertThat(queues()).noneMatch(queue -> queue.contains("_fanout_") && queue.contains(topic.topic()));
    }

    private static int twice(RpcClient client) {
        return client.call("twice", int.class, Args.named("n", 21));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(condition.holds()).isTrue();
    }
}
