package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.OverloadedException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.broker.ConnectionInfo;
import dev.parley.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failures of the broker and of its connections. */
@SuppressWarnings("try") // The servers are never referenced.
class ReliabilityTest {
    private static final String QUICK = "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2"
            + "&kombu_reconnect_delay=0.05";

    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        final Set<Integer> seen = ConcurrentHashMap.newKeySet();
        final CountDownLatch holding = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        public int twice(int n) {
            return 2 * n;
        }

        public void note(int n) {
            seen.add(n);
        }

        public Stream<Integer> count(int to) {
            return IntStream.range(0, to).boxed();
        }

        public String hold() throws InterruptedException {
            holding.countDown();
            release.await();
            return "released";
        }
    }

    private RpcServer serve(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(broker.address() + QUICK + options, Target.topic("t").withServer("s"))
                .build()
                .start();
    }

    private RpcClient client() {
        return client(broker.address());
    }

    private static RpcClient client(String address) {
        return RpcClient.builder(address + QUICK)
                .target(Target.topic("t"))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    @Test
    void aCallInFlightSurvivesLostConnectionsOnBothSides() throws InterruptedException {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "");
                RpcClient client = client()) {
            CompletableFuture<@Nullable String> held = client.callAsync("hold", String.class);
            assertThat(endpoint.holding.await(20, TimeUnit.SECONDS)).isTrue();
            Set<String> before = queues();
            assertThat(broker.faults().dropConnections()).isEqualTo(4);
            endpoint.release.countDown();
            assertThat(held.join()).isEqualTo("released");
            assertThat(client.call("twice", int.class, Args.named("n", 21))).isEqualTo(42);
            // The same queues, including the reply queue, and no new ones.
            assertThat(queues()).isEqualTo(before);
        }
    }

    private Set<String> queues() {
        return broker.queues().stream().map(queue -> queue.name()).collect(Collectors.toSet());
    }

    @Test
    void aStreamIsCompleteAndInOrderDespiteLostConnections() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client();
                Stream<@Nullable Integer> stream = client.stream("count", Integer.class, Args.named("to", 1000))) {
            List<@Nullable Integer> seen = new ArrayList<>();
            stream.forEach(item -> {
                seen.add(item);
                if (seen.size() % 100 == 37) {
                    broker.faults().dropConnections(this::takesReplies);
                }
            });
            assertThat(seen)
                    .containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
        }
    }

    private boolean takesReplies(ConnectionInfo connection) {
        return broker.consumers().stream()
                .anyMatch(consumer -> consumer.connection() == connection.id()
                        && consumer.queue().startsWith("reply_"));
    }

    @Test
    void callsContinueDespiteManyLostConnections() throws InterruptedException {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            int answered = 0;
            for (int i = 0; i < 300; i++) {
                if (i % 50 == 25) {
                    broker.faults().dropConnections();
                }
                try {
                    assertThat(client.prepare(o -> o.withTimeout(Duration.ofSeconds(2)))
                                    .call("twice", Integer.class, Args.named("n", i)))
                            .isEqualTo(2 * i);
                    answered++;
                } catch (ConnectionLostException | RpcTimeoutException e) {
                    // It is unknown whether the method ran. At most one call per lost connection.
                }
            }
            assertThat(answered).isGreaterThanOrEqualTo(294);
        }
    }

    @Test
    void castsWaitForTheConnectionUntilTheirDeadline() {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "");
                RpcClient client = client()) {
            client.cast("note", Args.named("n", 0));
            broker.faults().refuseConnections(true);
            broker.faults().dropConnections();
            List<CompletableFuture<Void>> casts = IntStream.range(1, 20)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> castAtLeastOnce(client, i)))
                    .toList();
            assertThatThrownBy(() ->
                            castUntilDown(client.prepare(o -> o.withRetry(0).withTimeout(Duration.ofSeconds(5)))))
                    .isInstanceOfAny(ConnectionLostException.class, DeliveryException.class);
            broker.faults().clear();
            casts.forEach(CompletableFuture::join);
            await(() -> endpoint.seen.size() == 20);
        }
    }

    /** Casts at least once: a cast that may or may not have been delivered is sent again. */
    private static void castAtLeastOnce(RpcClient client, int n) {
        while (true) {
            try {
                client.cast("note", Args.named("n", n));
                return;
            } catch (ConnectionLostException e) {
                // Retry.
            }
        }
    }

    private static void castUntilDown(RpcClient client) {
        while (true) {
            client.cast("note", Args.named("n", 0));
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.holds()).isTrue();
    }

    @Test
    void aBrokerThatReadsNothingBlocksNoCallerPastTheDeadline() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            assertThat(client.call("twice", int.class, Args.named("n", 1))).isEqualTo(2);
            broker.faults().stopReading(true);
            RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofSeconds(1)));
            String large = "x".repeat(100_000);
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            // Far more than the socket buffers can hold.
            for (int i = 0; i < 200; i++) {
                callers.add(CompletableFuture.runAsync(
                        () -> assertThatThrownBy(() -> hurried.call("twice", int.class, Args.named("n", large)))
                                .isInstanceOf(RpcTimeoutException.class),
                        task -> Thread.ofVirtual().start(task)));
                callers.add(CompletableFuture.runAsync(
                        () -> assertThatThrownBy(() -> hurried.cast("note", Args.named("n", large)))
                                .isInstanceOf(RpcTimeoutException.class),
                        task -> Thread.ofVirtual().start(task)));
            }
            callers.forEach(caller -> assertThat(caller).succeedsWithin(Duration.ofSeconds(15)));
            broker.faults().clear();
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
        }
    }

    @Test
    void theBacklogForABrokerThatReadsNothingIsLimited() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            assertThat(client.call("twice", int.class, Args.named("n", 1))).isEqualTo(2);
            broker.faults().stopReading(true);
            RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofSeconds(8)));
            String large = "x".repeat(7_000_000); // Nineteen of them exceed the limit.
            List<CompletableFuture<@Nullable Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                calls.add(hurried.callAsync("twice", Integer.class, Args.named("n", large)));
            }
            assertThat(calls.getFirst()).isNotDone();
            assertThat(calls.getLast())
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withCauseInstanceOf(OverloadedException.class);
            // Messages past their deadline make room for others.
            calls.forEach(call -> assertThat(call).failsWithin(Duration.ofSeconds(20)));
            assertThatThrownBy(() -> hurried.call("twice", int.class, Args.named("n", large)))
                    .isInstanceOf(RpcTimeoutException.class);
            broker.faults().clear();
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
        }
    }

    @Test
    void closingDoesNotWaitForABrokerThatReadsNothing() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            assertThat(client.call("twice", int.class, Args.named("n", 1))).isEqualTo(2);
            broker.faults().stopReading(true);
            // More than the socket buffers can hold.
            CompletableFuture<@Nullable Integer> call =
                    client.callAsync("twice", Integer.class, Args.named("n", "x".repeat(7_000_000)));
            assertThat(CompletableFuture.runAsync(client::close)).succeedsWithin(Duration.ofSeconds(20));
            assertThat(call).failsWithin(Duration.ofSeconds(20));
            broker.faults().clear();
        }
    }

    @Test
    void aBlockedBrokerBlocksNoCallerPastTheDeadline() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            assertThat(client.call("twice", int.class, Args.named("n", 1))).isEqualTo(2);
            broker.faults().memoryAlarm(true);
            RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofMillis(500)));
            // The broker blocks the connection when a message is published.
            assertThatThrownBy(() -> castUntilDown(hurried)).isInstanceOf(RpcTimeoutException.class);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> hurried.call("twice", int.class, Args.named("n", 1)))
                        .isInstanceOf(RpcTimeoutException.class);
            }
            broker.faults().clear();
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
        }
    }

    @Test
    void serversStartAndStopConcurrently() {
        Runnable comeAndGo = () -> {
            for (int i = 0; i < 50; i++) {
                serve(new Endpoint(), "").close();
            }
        };
        CompletableFuture<Void> other = CompletableFuture.runAsync(comeAndGo);
        // The fanout exchange is deleted with its last queue, perhaps while another server binds its own.
        comeAndGo.run();
        assertThat(other).succeedsWithin(Duration.ofSeconds(60));
    }

    @Test
    void deletedQueuesAreDeclaredAgain() {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "");
                RpcClient client = client()) {
            assertThat(client.call("twice", int.class, Args.named("n", 1))).isEqualTo(2);
            Set<String> before = queues();
            before.forEach(queue -> broker.deleteQueue("/", queue));
            await(() -> queues().equals(before) && broker.queues().stream().allMatch(queue -> queue.consumers() == 1));
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
            client.prepare(o -> o.withFanout(true)).cast("note", Args.named("n", 7));
            await(() -> endpoint.seen.contains(7));
        }
    }

    @Test
    void reconnectsToARestartedBroker() {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "");
                RpcClient client = client()) {
            assertThat(client.call("twice", int.class, Args.named("n", 1))).isEqualTo(2);
            int port = broker.port();
            broker.close();
            broker = EmbeddedBroker.builder().port(port).start();
            await(() ->
                    broker.queues().size() == 4 && broker.queues().stream().allMatch(queue -> queue.consumers() == 1));
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
        }
    }

    @Test
    void aFirstCallWaitsForTheBrokerUntilItsDeadline() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            broker.faults().refuseConnections(true);
            broker.faults().dropConnections();
            assertThatThrownBy(() -> client.prepare(o -> o.withRetry(0)).call("twice", int.class, Args.named("n", 1)))
                    .isInstanceOf(DeliveryException.class);
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(300)))
                            .callAsync("twice", int.class, Args.named("n", 1))
                            .join())
                    .hasCauseInstanceOf(RpcTimeoutException.class);
            CompletableFuture<@Nullable Integer> later = client.callAsync("twice", Integer.class, Args.named("n", 3));
            CompletableFuture<@Nullable Integer> other =
                    CompletableFuture.supplyAsync(() -> client.call("twice", Integer.class, Args.named("n", 4)));
            broker.faults().clear();
            assertThat(later.join()).isEqualTo(6);
            assertThat(other.join()).isEqualTo(8);
        }
    }

    @Test
    void theNextHostTakesOver() {
        try (EmbeddedBroker second = EmbeddedBroker.builder().start()) {
            String both = "rabbit://guest:guest@127.0.0.1:" + broker.port() + ",guest:guest@127.0.0.1:" + second.port()
                    + "/" + QUICK;
            RpcServer server = RpcServer.builder()
                    .endpoint(new Endpoint())
                    .listen(both, Target.topic("t").withServer("s"))
                    .build();
            try (server;
                    RpcClient client = RpcClient.builder(both)
                            .target(Target.topic("t"))
                            .timeout(Duration.ofSeconds(20))
                            .build()) {
                // The host in use goes down; both sides move to the other one.
                broker.close();
                server.start();
                assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
                assertThat(second.connections()).hasSize(4);
            }
        }
    }

    @Test
    void explainsWhyItCannotConnect() {
        String host = "127.0.0.1:" + broker.port();
        assertThatThrownBy(() -> client("rabbit://guest:wrong@" + host + "/"))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining(host)
                .hasMessageContaining("guest")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> client("rabbit://guest:guest@" + host + "/nowhere"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("nowhere");
        int port = broker.port();
        broker.close();
        assertThatThrownBy(() -> client("rabbit://guest:guest@127.0.0.1:" + port + "/"))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }

    @Test
    void otherLoginMechanismsWork() {
        for (String method : List.of("PLAIN", "AMQPLAIN")) {
            try (RpcClient client =
                    RpcClient.connect(broker.address() + "?rabbit_login_method=" + method, Target.topic("t"))) {
                client.cast("note", Args.named("n", 1));
            }
        }
    }

    @Test
    void noRequestIsLostWithAcknowledgementAfterTheWorkWhenServersRestart() {
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        @SuppressWarnings("UnusedMethod") // Called by its name.
        class Slow {
            public void note(int n) throws InterruptedException {
                Thread.sleep(1);
                done.add(n);
            }
        }
        int casts = 2000;
        try (RpcClient client = client()) {
            RpcServer first = server(new Slow(), "first");
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < casts; i++) {
                    castAtLeastOnce(client, i);
                }
            });
            while (!sent.isDone()) {
                RpcServer next = server(new Slow(), "next");
                broker.faults().dropConnections(connection -> Math.random() < 0.5);
                first.close();
                first = next;
            }
            sent.join();
            await(() -> done.size() == casts);
            first.close();
        }
    }

    private RpcServer server(Object endpoint, String name) {
        while (true) {
            try {
                return RpcServer.builder()
                        .endpoint(endpoint)
                        .maxConcurrentCalls(8)
                        .listen(
                                broker.address() + QUICK + "&acknowledge=after",
                                Target.topic("t").withServer(name))
                        .build()
                        .start();
            } catch (ConnectionLostException e) {
                // Its connection was dropped while it started.
            }
        }
    }
}
