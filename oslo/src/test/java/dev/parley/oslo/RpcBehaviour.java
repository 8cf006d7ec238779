package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.Default;
import dev.parley.DeliveryException;
import dev.parley.Execution;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.TypeRef;
import dev.parley.UnsupportedVersionException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The behavior that only oslo.messaging has, between Parley peers on any broker. The behavior that all wires share is
 * tested in one suite for all of them.
 */
@SuppressWarnings("try") // The servers are never referenced.
abstract class RpcBehaviour {
    private static final TypeRef<Map<String, @Nullable Object>> MAP = new TypeRef<>() {};

    private final String topic = "t" + UUID.randomUUID().toString().substring(0, 8);

    /** The address of the broker, to which options can be appended after a question mark. */
    abstract String address();

    /** The methods that the servers offer. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class TestEndpoint {
        final String server;
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        final AtomicInteger sent = new AtomicInteger();
        final CountDownLatch holding = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        TestEndpoint(String server) {
            this.server = server;
        }

        public Object echo(@Nullable Object arg) {
            return arg == null ? "null" : arg;
        }

        public int add(int a, @Default("1") int b) {
            return a + b;
        }

        public String who() {
            return server;
        }

        public void note(String text) {
            seen.add(server + " " + text);
        }

        public Map<String, @Nullable Object> context(RpcContext context) {
            return context.values();
        }

        public boolean waits(RpcContext context) {
            return context.deadline() != null;
        }

        public void fail(String text) {
            throw new IllegalArgumentException(text);
        }

        public void refuse() {
            throw RemoteException.of("Refused", "no")
                    .withModule("shop")
                    .withCode(7)
                    .withData(List.of(1, "a"));
        }

        public String hold() throws InterruptedException {
            holding.countDown();
            release.await();
            return "released";
        }

        public String slow(long millis) throws InterruptedException {
            Thread.sleep(millis);
            return "done";
        }

        public Stream<Integer> count(int to) {
            return IntStream.range(0, to).boxed().peek(i -> sent.incrementAndGet());
        }

        public Stream<Integer> countThenFail(int to) {
            return IntStream.range(0, to + 1).mapToObj(i -> {
                if (i == to) {
                    throw new IllegalStateException("enough");
                }
                return i;
            });
        }

        public BigInteger big(BigInteger n) {
            return n.multiply(n);
        }
    }

    RpcServer serve(String name, Object endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(address() + options, Target.topic(topic).withServer(name))
                .build()
                .start();
    }

    RpcServer serve(String name, Object endpoint) {
        return serve(name, endpoint, "");
    }

    RpcClient client() {
        return RpcClient.builder(address())
                .target(Target.topic(topic))
                .timeout(Duration.ofSeconds(10))
                .build();
    }

    @Test
    void carriesValuesThatOnlyJsonHas() {
        try (RpcServer server = serve("s1", new TestEndpoint("s1"));
                RpcClient client = client()) {
            assertThat(client.call("echo", Double.class, Args.named("arg", Double.NaN)))
                    .isNaN();
            assertThat(client.call("echo", String.class, Args.named("arg", "nul \0 \ud83d\ude00")))
                    .isEqualTo("nul \0 \ud83d\ude00");
            BigInteger big = BigInteger.TWO.pow(70);
            assertThat(client.call("big", BigInteger.class, Args.named("n", big)))
                    .isEqualTo(big.multiply(big));
            assertThat(client.call("note", Object.class, Args.named("text", "x")))
                    .isNull();
        }
    }

    @Test
    void servesInline() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new TestEndpoint("s1"))
                        .execution(Execution.inline())
                        .listen(address(), Target.topic(topic).withServer("s1"))
                        .build()
                        .start();
                RpcClient client = client()) {
            for (int i = 0; i < 100; i++) {
                assertThat(client.call("add", int.class, Args.named("a", i))).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void failsWithTheTextsOfPython() {
        try (RpcServer server = serve("s1", new TestEndpoint("s1"));
                RpcClient client = client()) {
            assertThatThrownBy(() -> client.call("nosuch", Object.class))
                    .isInstanceOf(MethodNotFoundException.class)
                    .hasMessage("Endpoint does not support RPC method nosuch");
            assertThatThrownBy(() -> client.prepare(o -> o.withVersion("9.0")).call("who", Object.class))
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessage("Endpoint does not support RPC version 9.0. Attempted method: who");
            assertThatThrownBy(() -> client.prepare(o -> o.withNamespace("x")).call("who", Object.class))
                    .isInstanceOf(UnsupportedVersionException.class);
            assertThatThrownBy(() -> client.call("add", int.class, 1, 2))
                    .isInstanceOf(InvalidArgumentsException.class)
                    .hasMessageContaining("named");
            assertThatThrownBy(() -> client.call("fail", void.class, Args.named("text", "bad \"value\"")))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ValueError");
                        assertThat(e.module()).isEqualTo("builtins");
                        assertThat(e.remoteMessage()).isEqualTo("bad \"value\"");
                    });
            assertThatThrownBy(() -> client.call("refuse", void.class))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("Refused");
                        assertThat(e.module()).isEqualTo("shop");
                        assertThat(e.code()).isEqualTo(7);
                        assertThat(e.data()).isEqualTo(List.of(1, "a"));
                    });
            assertThatThrownBy(() -> client.prepare(o -> o.withFanout(true)).call("who", Object.class))
                    .isInstanceOf(InvalidTargetException.class);
            assertThat(client.call("who", String.class)).isEqualTo("s1");
        }
    }

    @Test
    void carriesTheContext() {
        try (RpcServer server = serve("s1", new TestEndpoint("s1"));
                RpcClient client = client()) {
            Map<String, @Nullable Object> seen = client.with(
                            Map.of("user_id", "u1", "roles", List.of("a", "b"), "msg_id", "swallowed"))
                    .call("context", MAP);
            assertThat(seen)
                    .containsEntry("user_id", "u1")
                    .containsEntry("roles", List.of("a", "b"))
                    .containsEntry("client_timeout", null)
                    .hasSize(3);
            assertThat(client.call("waits", boolean.class)).isTrue();
        }
    }

    @Test
    void spreadsCallsOverServersAndReachesOneByName() {
        try (RpcServer first = serve("s1", new TestEndpoint("s1"));
                RpcServer second = serve("s2", new TestEndpoint("s2"));
                RpcClient client = client()) {
            List<@Nullable String> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(client.call("who", String.class));
            }
            assertThat(answers).contains("s1", "s2");
            for (int i = 0; i < 5; i++) {
                assertThat(client.prepare(o -> o.withServer("s2")).call("who", String.class))
                        .isEqualTo("s2");
            }
        }
    }

    @Test
    void fanoutReachesEveryServer() throws InterruptedException {
        TestEndpoint one = new TestEndpoint("s1");
        TestEndpoint two = new TestEndpoint("s2");
        try (RpcServer first = serve("s1", one);
                RpcServer second = serve("s2", two);
                RpcClient client = client()) {
            client.prepare(o -> o.withFanout(true)).cast("note", Args.named("text", "all"));
            assertThat(one.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("s1 all");
            assertThat(two.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("s2 all");
            client.cast("note", Args.named("text", "one"));
            client.prepare(o -> o.withServer("s1")).cast("note", Args.named("text", "mine"));
            List<String> rest = new ArrayList<>();
            while (rest.size() < 2) {
                String text = one.seen.poll(100, TimeUnit.MILLISECONDS);
                rest.addAll(text == null ? List.of() : List.of(text));
                two.seen.drainTo(rest);
            }
            assertThat(rest).hasSize(2).contains("s1 mine").anyMatch(text -> text.endsWith(" one"));
        }
    }

    @Test
    void fanoutsContinueAfterTheLastServerWasReplaced() throws InterruptedException {
        try (RpcClient client = client()) {
            for (int round = 0; round < 3; round++) {
                TestEndpoint endpoint = new TestEndpoint("s" + round);
                try (RpcServer server = serve("s" + round, endpoint)) {
                    client.prepare(o -> o.withFanout(true)).cast("note", Args.named("text", "round"));
                    assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("s" + round + " round");
                }
                client.prepare(o -> o.withFanout(true)).cast("note", Args.named("text", "nobody"));
            }
        }
    }

    @Test
    void castsWaitForAServer() throws InterruptedException {
        serve("s1", new TestEndpoint("s1")).close();
        try (RpcClient client = client()) {
            for (int i = 0; i < 10; i++) {
                client.cast("note", Args.named("text", "early " + i));
            }
            TestEndpoint endpoint = new TestEndpoint("s1");
            try (RpcServer server = serve("s1", endpoint)) {
                List<@Nullable String> seen = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    seen.add(endpoint.seen.poll(30, TimeUnit.SECONDS));
                }
                // Methods run concurrently, so their order is not defined.
                assertThat(seen)
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 10)
                                .mapToObj(i -> "s1 early " + i)
                                .toList());
            }
        }
    }

    @Test
    void failsAtOnceWithoutAQueueIfMustRoute() {
        try (RpcClient client = client()) {
            RpcClient strict = client.prepare(o -> o.with(OsloCallOptions.MUST_ROUTE, true));
            assertThatThrownBy(() -> strict.call("who", String.class)).isInstanceOf(DeliveryException.class);
            assertThatThrownBy(() -> strict.cast("who")).isInstanceOfSatisfying(DeliveryException.class, e -> {
                assertThat(e.exchange()).isEqualTo("openstack");
                assertThat(e.routingKey()).isEqualTo(topic);
            });
            client.cast("who");
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(200)))
                            .call("who", String.class))
                    .isInstanceOf(RpcTimeoutException.class);
        }
    }

    @Test
    void monitorsLongCalls() {
        try (RpcServer server = serve("s1", new TestEndpoint("s1"));
                RpcClient client = client()) {
            RpcClient monitored = client.prepare(o -> o.with(OsloCallOptions.MONITOR_TIMEOUT, Duration.ofSeconds(2)));
            assertThat(monitored.call("slow", String.class, Args.named("millis", 3200)))
                    .isEqualTo("done");
            assertThat(monitored.with(Map.of("a", 1)).call("context", MAP)).containsEntry("client_timeout", 2);
        }
        try (RpcClient client = client()) {
            assertThatThrownBy(
                            () -> client.prepare(o -> o.with(OsloCallOptions.MONITOR_TIMEOUT, Duration.ofMillis(300)))
                                    .call("slow", String.class, Args.named("millis", 1)))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("no heartbeat");
        }
    }

    @Test
    void aMethodMayStopItsServer() throws InterruptedException {
        RpcServer[] self = new RpcServer[1];
        @SuppressWarnings("UnusedMethod") // Called by its name.
        class Control {
            public String stop() {
                self[0].stop();
                return "stopping";
            }
        }
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Control() {}, Target.namespace("control").withVersion("2.0"))
                        .endpoint(new TestEndpoint("s1"))
                        .accessPolicy(dev.parley.AccessPolicy.legacy())
                        .listen(address(), Target.topic(topic).withServer("s1"))
                        .build()
                        .start();
                RpcClient client = client()) {
            self[0] = server;
            assertThat(client.call("who", String.class)).isEqualTo("s1");
            assertThat(client.prepare(o -> o.withNamespace("control").withVersion("2.0"))
                            .call("stop", String.class))
                    .isEqualTo("stopping");
            assertThat(server.await(Duration.ofSeconds(10))).isTrue();
            server.start();
            assertThat(client.call("who", String.class)).isEqualTo("s1");
        }
    }

    @Test
    void requestsThatAServerCannotTakeGoToAnother() throws InterruptedException {
        TestEndpoint busy = new TestEndpoint("busy");
        RpcServer first = RpcServer.builder()
                .endpoint(busy)
                .maxConcurrentCalls(1)
                .listen(address(), Target.topic(topic).withServer("busy"))
                .build()
                .start();
        try (RpcClient client = client()) {
            CompletableFuture<@Nullable String> held = client.callAsync("hold", String.class);
            assertThat(busy.holding.await(30, TimeUnit.SECONDS)).isTrue();
            List<CompletableFuture<@Nullable String>> others = IntStream.range(0, 5)
                    .mapToObj(i -> client.callAsync("who", String.class))
                    .toList();
            first.stop();
            try (RpcServer second = serve("idle", new TestEndpoint("idle"))) {
                // All except the one or two that the busy server had taken before it stopped.
                assertThat(others.getLast().join()).isEqualTo("idle");
                busy.release.countDown();
                assertThat(held.join()).isEqualTo("released");
                others.forEach(CompletableFuture::join);
            }
        } finally {
            busy.release.countDown();
            first.close();
        }
    }

    @Test
    void acknowledgesAfterTheWorkIfConfigured() throws InterruptedException {
        TestEndpoint endpoint = new TestEndpoint("s1");
        try (RpcServer server = serve("s1", endpoint, "?acknowledge=after");
                RpcClient client = client()) {
            assertThat(client.call("who", String.class)).isEqualTo("s1");
            assertThatThrownBy(() -> client.call("fail", void.class, Args.named("text", "x")))
                    .isInstanceOf(RemoteException.class);
            client.cast("note", Args.named("text", "once"));
            assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("s1 once");
        }
    }

    @Test
    void streamsNoFasterThanTheReader() throws InterruptedException {
        TestEndpoint endpoint = new TestEndpoint("s1");
        try (RpcServer server = serve("s1", endpoint);
                RpcClient client = client()) {
            try (Stream<@Nullable Integer> items = client.stream("count", Integer.class, Args.named("to", 1000))) {
                assertThat(items.toList())
                        .isEqualTo(IntStream.range(0, 1000).boxed().toList());
            }
            assertThat(client.call("count", Object.class, Args.named("to", 3))).isEqualTo(List.of(0, 1, 2));
            try (Stream<@Nullable Integer> none = client.stream("count", Integer.class, Args.named("to", 0))) {
                assertThat(none).isEmpty();
            }
            try (Stream<@Nullable String> one =
                    client.stream("echo", String.class, Args.named("arg", List.of("a", "b")))) {
                assertThat(one).containsExactly("a", "b");
            }

            endpoint.sent.set(0);
            try (Stream<@Nullable Integer> items = client.stream("count", Integer.class, Args.named("to", 1_000_000))) {
                assertThat(items.limit(10).toList()).hasSize(10);
                assertThat(endpoint.sent.get()).isLessThan(200);
            }
            // When the reader closes it, it ends on the server too.
            server.stop();
            assertThat(server.await(Duration.ofSeconds(20))).isTrue();
            assertThat(endpoint.sent.get()).isLessThan(200);
        }
    }

    @Test
    void streamsMayFailMidway() {
        try (RpcServer server = serve("s1", new TestEndpoint("s1"));
                RpcClient client = client();
                Stream<@Nullable Integer> items = client.stream("countThenFail", Integer.class, Args.named("to", 5))) {
            List<@Nullable Integer> seen = new ArrayList<>();
            assertThatThrownBy(() -> items.forEach(seen::add))
                    .isInstanceOfSatisfying(
                            RemoteException.class,
                            e -> assertThat(e.remoteMessage()).isEqualTo("enough"));
            assertThat(seen).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void refusesIncompleteTargets() {
        assertThatThrownBy(() -> RpcServer.builder()
                        .endpoint(new TestEndpoint("x"))
                        .listen(address(), Target.topic("x"))
                        .build()
                        .start())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("server");
        try (RpcClient client = RpcClient.connect(address(), Target.none().withExchange("x"))) {
            assertThatThrownBy(() -> client.call("x", Object.class))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("topic");
        }
    }

    @Test
    void refusesNamesThatAreTooLong() {
        assertThatThrownBy(() -> serve("s".repeat(255), new TestEndpoint("x")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("255");
        try (RpcServer server = serve("s1", new TestEndpoint("s1"));
                RpcClient client = client()) {
            assertThatThrownBy(() ->
                            client.prepare(o -> o.withTopic("t".repeat(256))).cast("who"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("255");
            assertThatThrownBy(() -> client.prepare(o -> o.withExchange("\u20ac".repeat(86)))
                            .cast("who"))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("255");
            assertThat(client.call("who", String.class)).isEqualTo("s1");
        }
    }
}
