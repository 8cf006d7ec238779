package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client does, whichever wire carries its calls; one subclass per kind of transport. */
abstract class ClientSuite {
    private final Service service = new Service();
    private RpcServer server;
    private RpcClient client;

    abstract String listenAddress();

    /** What the suite serves. */
    public static class Service {
        final AtomicInteger attempts = new AtomicInteger();
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CompletableFuture<String> noted = new CompletableFuture<>();

        public int add(int a, int b) {
            return a + b;
        }

        public void note(String text) {
            noted.complete(text);
        }

        public @Nullable String nothing() {
            return null;
        }

        public List<Integer> range(int count) {
            List<Integer> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                items.add(i);
            }
            return items;
        }

        public Stream<Integer> failingAfter(int count) {
            return Stream.iterate(0, i -> i + 1).peek(i -> {
                if (i >= count) {
                    throw new IllegalStateException("no more");
                }
            });
        }

        public void hang() throws InterruptedException {
            entered.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }

        public int slow(int millis) throws InterruptedException {
            entered.countDown();
            Thread.sleep(millis);
            return millis;
        }

        public int busyTwice() {
            int attempt = attempts.incrementAndGet();
            if (attempt <= 2) {
                throw new OverloadedException("busy");
            }
            return attempt;
        }

        public void fail(int code) {
            throw RemoteException.of("Broken", "it is broken").withCode(code).withData(Map.of("part", "axle"));
        }
    }

    interface Api {
        int add(int a, int b);

        @Idempotent
        int busyTwice();

        @Timeout(value = 200, unit = TimeUnit.MILLISECONDS)
        void hang();

        @OneWay
        void note(String text);

        CompletableFuture<List<Integer>> range(int count);
    }

    @BeforeEach
    void start() {
        server = RpcServer.builder().endpoint(service).listen(listenAddress()).build();
        server.start();
        client = RpcClient.connect(address());
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private String address() {
        return server.addresses().getFirst().toUri();
    }

    @Test
    void aCallReturnsTheResult() {
        assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        assertThat(client.call("nothing", String.class)).isNull();
        assertThat(client.call("range", new TypeRef<List<Integer>>() {}, 3)).containsExactly(0, 1, 2);
    }

    @Test
    void anAsynchronousCallCompletesItsFuture() throws Exception {
        assertThat(client.callAsync("add", int.class, 2, 3).get(10, TimeUnit.SECONDS))
                .isEqualTo(5);
        assertThatThrownBy(() -> client.callAsync("missing", int.class).get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(MethodNotFoundException.class);
    }

    @Test
    void aCastReachesTheMethod() throws Exception {
        client.cast("note", "hello");
        assertThat(service.noted.get(10, TimeUnit.SECONDS)).isEqualTo("hello");
    }

    @Test
    void aStreamGivesTheItems() {
        try (Stream<Integer> items = client.stream("range", Integer.class, 1000)) {
            assertThat(items).hasSize(1000);
        }
    }

    @Test
    void aCallThatTakesTooLongTimesOut() throws Exception {
        RpcClient hasty = client.prepare(o -> o.withTimeout(Duration.ofMillis(200)));
        assertThatThrownBy(() -> hasty.call("hang", void.class))
                .isInstanceOf(RpcTimeoutException.class)
                .hasMessage("no response to hang within 200 ms");
        assertThatThrownBy(() -> hasty.callAsync("hang", void.class).get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RpcTimeoutException.class)
                .hasMessageContaining("no response to hang within 200 ms");
    }

    @Test
    void anInterruptEndsTheCallAndStaysSet() throws Exception {
        CompletableFuture<Throwable> error = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                client.call("hang", void.class);
            } catch (RpcException e) {
                flag.complete(Thread.currentThread().isInterrupted());
                error.complete(e);
            }
        });
        assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(error.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessage("interrupted while waiting for the response to hang");
        assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void cancellingTheFutureCancelsTheCall() throws Exception {
        CompletableFuture<Void> future = client.callAsync("hang", Void.class);
        assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
        future.cancel(true);
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        client.stop();
        assertThat(client.await(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void closingFailsWhatIsInFlight() throws Exception {
        CompletableFuture<Void> future = client.callAsync("hang", Void.class);
        assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
        client.close();
        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ConnectionLostException.class);
        assertThatThrownBy(() -> client.call("add", int.class, 1, 2))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void stoppingLetsWhatIsInFlightComplete() throws Exception {
        CompletableFuture<Integer> future = client.callAsync("slow", Integer.class, 300);
        assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
        client.stop();
        assertThatThrownBy(() -> client.call("add", int.class, 1, 2)).isInstanceOf(ConnectionLostException.class);
        assertThat(client.await(Duration.ofSeconds(10))).isTrue();
        assertThat(future.get(10, TimeUnit.SECONDS)).isEqualTo(300);
    }

    @Test
    void awaitReturnsFalseWhileSomethingIsInFlight() throws Exception {
        client.callAsync("hang", Void.class);
        assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
        client.stop();
        assertThat(client.await(Duration.ofMillis(50))).isFalse();
    }

    @Test
    void moreCallsThanTheLimitAreRefused() throws Exception {
        try (RpcClient small = RpcClient.builder(address()).maxPendingCalls(1).build()) {
            CompletableFuture<Integer> first = small.callAsync("slow", Integer.class, 300);
            assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> small.call("add", int.class, 1, 2))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("1 calls in flight");
            first.get(10, TimeUnit.SECONDS);
            assertThat(small.call("add", int.class, 1, 2)).isEqualTo(3);
        }
    }

    @Test
    void onlyAnIdempotentCallIsMadeAgain() {
        assertThatThrownBy(() -> client.call("busyTwice", int.class)).isInstanceOf(OverloadedException.class);
        assertThat(service.attempts).hasValue(1);
        service.attempts.set(0);
        assertThat(client.prepare(o -> o.withIdempotent(true)).call("busyTwice", int.class))
                .isEqualTo(3);
        service.attempts.set(0);
        assertThat(client.prepare(o -> o.withIdempotent(true))
                        .callAsync("busyTwice", int.class)
                        .join())
                .isEqualTo(3);
        service.attempts.set(0);
        assertThatThrownBy(() -> client.prepare(o -> o.withIdempotent(true).withMaxAttempts(2))
                        .call("busyTwice", int.class))
                .isInstanceOf(OverloadedException.class);
        assertThat(service.attempts).hasValue(2);
    }

    @Test
    void aProxyKeepsToItsAnnotations() throws Exception {
        Api api = client.proxy(Api.class);
        assertThat(api.add(2, 3)).isEqualTo(5);
        assertThat(api.busyTwice()).isEqualTo(3);
        assertThat(api.range(2).get(10, TimeUnit.SECONDS)).containsExactly(0, 1);
        api.note("by proxy");
        assertThat(service.noted.get(10, TimeUnit.SECONDS)).isEqualTo("by proxy");
        assertThatThrownBy(api::hang).isInstanceOf(RpcTimeoutException.class).hasMessageContaining("within 200 ms");
        assertThat(api).hasToString("Api on " + client).isEqualTo(api);
    }

    @Test
    void anErrorKeepsItsCodeAndData() {
        assertThatThrownBy(() -> client.call("fail", void.class, 4711))
                .isInstanceOfSatisfying(RemoteException.class, e -> {
                    assertThat(e.code()).isEqualTo(4711);
                    assertThat(e.data()).isEqualTo(Map.of("part", "axle"));
                });
    }

    @Test
    void anErrorOfTheRemoteMethodCanBeAnExceptionOfTheCaller() {
        try (RpcClient mapping = RpcClient.builder(address())
                .mapException("RemoteError", e -> new IllegalArgumentException(e.getMessage()))
                .mapException("Broken", e -> new IllegalArgumentException(e.remoteMessage()))
                .build()) {
            assertThatThrownBy(() -> mapping.call("fail", void.class, 4711))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it is broken")
                    .hasCauseInstanceOf(RemoteException.class);
            assertThatThrownBy(() -> mapping.callAsync("fail", void.class, 4711).get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theStackTraceIsTheCallers() {
        assertThatThrownBy(() -> client.call("missing", void.class))
                .isInstanceOf(MethodNotFoundException.class)
                .satisfies(e -> assertThat(e.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().startsWith(ClientSuite.class.getName())));
    }

    @Test
    void targetsOfABrokerAreRefused() {
        for (Target target : List.of(
                Target.topic("t"), Target.none().withServer("s"), Target.none().withFanout(true))) {
            assertThatThrownBy(() -> client.prepare(o -> o.withTarget(target)))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("direct wire");
        }
    }

    @Test
    void callOptionsOfAnotherWireAreRefused() {
        CallOption<String> foreign = CallOption.of("foreign");
        assertThatThrownBy(() -> client.prepare(o -> o.with(foreign, "x")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("'foreign'");
    }

    /** Records what an interceptor sees. */
    private static final class Recorder implements ClientInterceptor {
        final List<String> events = java.util.Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch completed = new CountDownLatch(1);

        @Override
        public @Nullable Object intercept(ClientRequest request, Chain next) throws Exception {
            events.add(request.kind() + " " + request.method());
            request.onComplete(error -> {
                events.add(error == null ? "ok" : error.getClass().getSimpleName());
                completed.countDown();
            });
            return next.proceed(request);
        }

        List<String> await() throws InterruptedException {
            assertThat(completed.await(10, TimeUnit.SECONDS)).isTrue();
            return List.copyOf(events);
        }
    }

    private interface Use {
        void with(RpcClient client) throws Exception;
    }

    private List<String> recorded(Use use) throws Exception {
        Recorder recorder = new Recorder();
        try (RpcClient intercepted =
                RpcClient.builder(address()).interceptor(recorder).build()) {
            use.with(intercepted);
            return recorder.await();
        }
    }

    @Test
    void anInterceptorSeesTheOutcomeOfEveryKindOfCall() throws Exception {
        assertThat(recorded(c -> c.call("add", int.class, 2, 3))).containsExactly("CALL add", "ok");
        assertThat(recorded(c -> c.callAsync("add", int.class, 2, 3).get(10, TimeUnit.SECONDS)))
                .containsExactly("CALL add", "ok");
        assertThat(recorded(c -> c.cast("note", "x"))).containsExactly("CAST note", "ok");
        assertThat(recorded(c -> c.stream("range", Integer.class, 3).forEach(item -> {})))
                .containsExactly("STREAM range", "ok");
        assertThat(recorded(c -> c.stream("range", Integer.class, 3).close())).containsExactly("STREAM range", "ok");
        assertThat(recorded(c -> assertThatThrownBy(() -> c.call("missing", int.class))
                        .isInstanceOf(MethodNotFoundException.class)))
                .containsExactly("CALL missing", "MethodNotFoundException");
        assertThat(recorded(c -> assertThatThrownBy(
                                () -> c.stream("failingAfter", Integer.class, 3).forEach(item -> {}))
                        .isInstanceOf(RemoteException.class)))
                .containsExactly("STREAM failingAfter", "RemoteException");
    }

    @Test
    void interceptorsWrapEachOtherAndMayChangeRequestAndResult() {
        ClientInterceptor doubling = (request, next) -> 2 * (Integer) next.proceed(request.withArgs(Args.of(10, 20)));
        ClientInterceptor adding = (request, next) -> 1 + (Integer) next.proceed(request);
        try (RpcClient intercepted = RpcClient.builder(address())
                .interceptor(doubling)
                .interceptor(adding)
                .build()) {
            assertThat(intercepted.call("add", int.class, 1, 1)).isEqualTo(62);
            assertThat(intercepted.callAsync("add", int.class, 1, 1).join()).isEqualTo(62);
        }
    }

    @Test
    void cancellingAnInterceptedCallCancelsIt() throws Exception {
        Recorder recorder = new Recorder();
        try (RpcClient intercepted =
                RpcClient.builder(address()).interceptor(recorder).build()) {
            CompletableFuture<Void> future = intercepted.callAsync("hang", Void.class);
            assertThat(service.entered.await(10, TimeUnit.SECONDS)).isTrue();
            future.cancel(true);
            assertThat(recorder.await()).containsExactly("CALL hang", "ConnectionLostException");
        }
    }

    @Test
    void aBatchGivesEachCallItsOutcome() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (RpcClient intercepted = RpcClient.builder(
                        server.addresses().getFirst().toUri())
                .interceptor((request, next) -> {
                    seen.add(request.method());
                    return next.proceed(request);
                })
                .build()) {
            for (RpcClient each : List.of(client, intercepted)) {
                RpcBatch batch = each.batch();
                RpcBatch.Result<Integer> sum = batch.call("add", int.class, 2, 3);
                RpcBatch.Result<Void> failed = batch.call("fail", void.class, 7);
                batch.cast("note", "in a batch");
                RpcBatch.Result<List<Integer>> range = batch.call("range", new TypeRef<List<Integer>>() {}, 2);
                assertThat(batch.send()).containsExactly(sum, failed, range);
                assertThat(sum.get()).isEqualTo(5);
                assertThat(range.get()).containsExactly(0, 1);
                assertThat(failed.error()).isInstanceOf(RemoteException.class);
                assertThatThrownBy(failed::get).isSameAs(failed.error());
            }
            assertThat(seen).containsExactlyInAnyOrder("add", "fail", "note", "range");
        }
        assertThat(service.noted.get(20, TimeUnit.SECONDS)).isEqualTo("in a batch");
    }

    @Test
    void cancellingABatchCancelsItsCalls() throws Exception {
        RpcBatch batch = client.batch();
        RpcBatch.Result<Void> hanging = batch.call("hang", void.class);
        CompletableFuture<List<RpcBatch.Result<?>>> sent = batch.sendAsync();
        service.entered.await();
        sent.cancel(true);
        assertThat(service.interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(hanging.method()).isEqualTo("hang");
    }
}
