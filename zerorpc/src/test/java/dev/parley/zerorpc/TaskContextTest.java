package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Execution;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The context of a served call goes on with the calls that it makes, as zerorpc's task context does. */
@Timeout(60)
class TaskContextTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    /** The server at the end: says what context it gets. */
    public static class Last {
        final CountDownLatch told = new CountDownLatch(1);
        final AtomicReference<Map<String, Object>> cast = new AtomicReference<>();

        public Map<String, Object> context(RpcContext context) {
            return new TreeMap<>(context.values());
        }

        public Stream<Map<String, Object>> stream(RpcContext context) {
            return Stream.of(new TreeMap<>(context.values()));
        }

        public void tell(RpcContext context) {
            cast.set(new TreeMap<>(context.values()));
            told.countDown();
        }
    }

    /** The server in between. */
    public static class Relay {
        private final RpcClient last;

        Relay(RpcClient last) {
            this.last = last;
        }

        public @Nullable Object call() {
            return last.call("context", Object.class);
        }

        public @Nullable Object async() throws Exception {
            return last.callAsync("context", Object.class).get(30, TimeUnit.SECONDS);
        }

        public @Nullable Object streamed() {
            try (Stream<Object> items = last.stream("stream", Object.class)) {
                return items.toList().getFirst();
            }
        }

        /** Called when the item is produced, which may be on another thread. */
        public Stream<Object> streaming() {
            return Stream.of(1).map(item -> last.call("context", Object.class));
        }

        public void cast() {
            last.cast("tell");
        }

        public @Nullable Object batch() {
            RpcBatch batch = last.batch();
            RpcBatch.Result<Object> result = batch.call("context", Object.class);
            batch.send();
            return result.get();
        }

        public @Nullable Object own() {
            return last.with(Map.of("user", "ben")).call("context", Object.class);
        }

        public @Nullable Object switchedOff() {
            return last.prepare(o -> o.with(ZerorpcCallOptions.INHERIT_CONTEXT, false))
                    .call("context", Object.class);
        }

        public @Nullable Object thread() throws Exception {
            return onThread(() -> last.call("context", Object.class));
        }

        public @Nullable Object wrapped(RpcContext context) throws Exception {
            return onThread(context.wrap(() -> last.call("context", Object.class)));
        }

        private static @Nullable Object onThread(Callable<Object> task) throws Exception {
            CompletableFuture<Object> result = new CompletableFuture<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    result.complete(task.call());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
            thread.join();
            return result.get(30, TimeUnit.SECONDS);
        }
    }

    private static final Map<String, Object> GIVEN = Map.of("traceparent", TRACE, "user", "ann");

    private final Last end = new Last();
    private RpcServer last;
    private RpcClient toLast;
    private RpcServer relay;
    private RpcClient client;

    @BeforeEach
    void start() {
        last = serve(end, Execution.virtual());
        toLast = connect(last);
        relay = serve(new Relay(toLast), Execution.virtual());
        client = connect(relay).with(GIVEN);
    }

    @AfterEach
    void stop() {
        client.close();
        relay.close();
        toLast.close();
        last.close();
    }

    private static RpcServer serve(Object endpoint, Execution execution) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .execution(execution)
                .listen("zerorpc+tcp://127.0.0.1:0")
                .build()
                .start();
    }

    private static RpcClient connect(RpcServer server) {
        return RpcClient.connect(server.addresses().getFirst().toUri());
    }

    @Test
    void goesOnWithEachKindOfCall() throws Exception {
        for (String method : List.of("call", "async", "streamed", "batch", "wrapped")) {
            assertThat(client.call(method, Object.class)).as(method).isEqualTo(GIVEN);
        }
        try (Stream<Object> items = client.stream("streaming", Object.class)) {
            assertThat(items).containsExactly(GIVEN);
        }
        client.call("cast", void.class);
        assertThat(end.told.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(end.cast.get()).isEqualTo(GIVEN);
    }

    @Test
    void goesOnThroughInterceptorsOfTheClient() throws Exception {
        AtomicReference<Object> seen = new AtomicReference<>();
        try (RpcClient intercepted = RpcClient.builder(
                                last.addresses().getFirst().toUri())
                        .interceptor((request, next) -> {
                            seen.set(request.options().context());
                            return next.proceed(request);
                        })
                        .build();
                RpcServer other = serve(new Relay(intercepted), Execution.virtual());
                RpcClient caller = connect(other)) {
            assertThat(caller.with(GIVEN).call("async", Object.class)).isEqualTo(GIVEN);
            assertThat(seen.get()).isEqualTo(GIVEN);
        }
    }

    @Test
    void endsWithItsCall() {
        assertThat(client.call("call", Object.class)).isEqualTo(GIVEN);
        assertThat(toLast.call("context", Object.class)).isEqualTo(Map.of());
        // The next call on the same thread or another has its own.
        assertThat(client.with(Map.of()).call("call", Object.class)).isEqualTo(Map.of());
        assertThat(client.with(Map.of("user", "cleo")).call("call", Object.class))
                .isEqualTo(Map.of("user", "cleo"));
    }

    @Test
    void yieldsToTheOwnContextOfACall() {
        assertThat(client.call("own", Object.class)).isEqualTo(Map.of("traceparent", TRACE, "user", "ben"));
    }

    @Test
    void isLeftOutOnRequestAndOnOtherThreads() {
        assertThat(client.call("switchedOff", Object.class)).isEqualTo(Map.of());
        assertThat(client.call("thread", Object.class)).isEqualTo(Map.of());
    }

    @Test
    void ofAnotherWireIsNotPassedOn() {
        try (RpcServer inProcess = RpcServer.builder()
                        .endpoint(new Relay(toLast))
                        .listen("memory://task-context")
                        .build()
                        .start();
                RpcClient caller = RpcClient.connect("memory://task-context")) {
            assertThat(inProcess.addresses()).hasSize(1);
            assertThat(caller.with(GIVEN).call("call", Object.class)).isEqualTo(Map.of());
        }
    }
}
