package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.ClientInterceptor;
import dev.parley.ClientRequest;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.ServerInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What zerorpc's hooks are told, by interceptors: every call before it runs and every outcome, in the order in which
 * they were added, on both sides.
 */
@Timeout(60)
class HooksTest {
    public static class Service {
        private final BlockingQueue<String> told;
        final CountDownLatch mayReturn = new CountDownLatch(1);

        Service(BlockingQueue<String> told) {
            this.told = told;
        }

        public int add(int a, int b) {
            told.add("add runs");
            return a + b;
        }

        public void fail() {
            throw new IllegalArgumentException("no luck");
        }

        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).boxed().onClose(() -> told.add("stream closed"));
        }

        public Stream<Integer> broken() {
            return IntStream.iterate(0, i -> i + 1).boxed().peek(i -> {
                if (i == 3) {
                    throw new IllegalStateException("after 3");
                }
            });
        }

        public void await() throws InterruptedException {
            mayReturn.await();
        }
    }

    /** Notes what it is told. */
    private static ServerInterceptor server(String name, BlockingQueue<String> told) {
        return (context, next) -> {
            told.add(name + " before " + context.method());
            context.onComplete(error -> told.add(name + " after " + context.method() + outcome(error)));
            return next.proceed();
        };
    }

    private static ClientInterceptor client(String name, BlockingQueue<String> told) {
        return (request, next) -> {
            told.add(name + " before " + request.method());
            request.onComplete(error -> told.add(name + " after " + request.method() + outcome(error)));
            return next.proceed(request);
        };
    }

    private static String outcome(@Nullable Throwable error) {
        return error == null ? "" : ": " + error.getClass().getSimpleName();
    }

    private final BlockingQueue<String> atServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> atClient = new LinkedBlockingQueue<>();
    private final Service service = new Service(atServer);
    private RpcServer server;
    private RpcClient client;

    @BeforeEach
    void start() {
        server = RpcServer.builder()
                .endpoint(service)
                .interceptor(server("A", atServer))
                .interceptor(server("B", atServer))
                .listen("zerorpc+tcp://127.0.0.1:0?heartbeat=0.5")
                .build()
                .start();
        client = RpcClient.builder(server.addresses().getFirst().toUri())
                .interceptor(client("A", atClient))
                .interceptor(client("B", atClient))
                .build();
    }

    @AfterEach
    void stop() {
        service.mayReturn.countDown();
        client.close();
        server.close();
    }

    private static void assertTold(BlockingQueue<String> told, String... expected) throws InterruptedException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            String next = told.poll(30, TimeUnit.SECONDS);
            all.add(next == null ? "nothing" : next);
        }
        assertThat(all).containsExactly(expected);
    }

    @Test
    void ofAResult() throws Exception {
        assertThat(client.call("add", int.class, 1, 2)).isEqualTo(3);
        assertTold(atServer, "A before add", "B before add", "add runs", "A after add", "B after add");
        assertTold(atClient, "A before add", "B before add", "A after add", "B after add");
    }

    @Test
    void ofAFailure() throws Exception {
        assertThatThrownBy(() -> client.call("fail", void.class)).isInstanceOf(RemoteException.class);
        assertTold(
                atServer,
                "A before fail",
                "B before fail",
                "A after fail: IllegalArgumentException",
                "B after fail: IllegalArgumentException");
        assertTold(
                atClient,
                "A before fail",
                "B before fail",
                "A after fail: RemoteException",
                "B after fail: RemoteException");
    }

    @Test
    void ofAnUnknownMethodAndOfWrongArguments() throws Exception {
        assertThatThrownBy(() -> client.call("nosuch", void.class)).isInstanceOf(MethodNotFoundException.class);
        assertTold(
                atServer,
                "A before nosuch",
                "B before nosuch",
                "A after nosuch: MethodNotFoundException",
                "B after nosuch: MethodNotFoundException");
        assertThatThrownBy(() -> client.call("add", int.class, 1)).isInstanceOf(InvalidArgumentsException.class);
        assertTold(
                atServer,
                "A before add",
                "B before add",
                "A after add: InvalidArgumentsException",
                "B after add: InvalidArgumentsException");
    }

    @Test
    void ofTheEndOfAStream() throws Exception {
        try (Stream<Integer> items = client.stream("count", Integer.class, 3)) {
            var iterator = items.iterator();
            assertThat(iterator.next()).isZero();
            // Neither side is told of an end that has not come.
            assertTold(atServer, "A before count", "B before count");
            assertTold(atClient, "A before count", "B before count");
            assertThat(atClient).isEmpty();
            assertThat(iterator.next()).isEqualTo(1);
            assertThat(iterator.next()).isEqualTo(2);
            assertThat(iterator.hasNext()).isFalse();
        }
        assertTold(atServer, "stream closed", "A after count", "B after count");
        assertTold(atClient, "A after count", "B after count");
    }

    @Test
    void ofAStreamThatFails() throws Exception {
        try (Stream<Integer> items = client.stream("broken", Integer.class)) {
            assertThatThrownBy(() -> items.forEach(item -> {})).isInstanceOf(RemoteException.class);
        }
        assertTold(
                atServer,
                "A before broken",
                "B before broken",
                "A after broken: IllegalStateException",
                "B after broken: IllegalStateException");
        assertTold(
                atClient,
                "A before broken",
                "B before broken",
                "A after broken: RemoteException",
                "B after broken: RemoteException");
    }

    @Test
    void ofAStreamThatIsLeft() throws Exception {
        try (Stream<Integer> items = client.stream("count", Integer.class, 1_000_000)) {
            assertThat(items.iterator().next()).isZero();
        }
        assertTold(atClient, "A before count", "B before count", "A after count", "B after count");
        // The server learns it by the lack of heartbeats.
        assertTold(
                atServer,
                "A before count",
                "B before count",
                "stream closed",
                "A after count: CancellationException",
                "B after count: CancellationException");
    }

    @Test
    void ofATimeout() throws Exception {
        assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(100)))
                        .call("await", void.class))
                .isInstanceOf(RpcTimeoutException.class);
        assertTold(
                atClient,
                "A before await",
                "B before await",
                "A after await: RpcTimeoutException",
                "B after await: RpcTimeoutException");
    }

    @Test
    void ofTheResponseToACast() throws Exception {
        client.cast("await");
        assertTold(atClient, "A before await", "B before await");
        assertTold(atServer, "A before await", "B before await");
        assertThat(atClient).isEmpty();
        service.mayReturn.countDown();
        assertTold(atServer, "A after await", "B after await");
        assertTold(atClient, "A after await", "B after await");
        client.cast("fail");
        assertTold(
                atClient,
                "A before fail",
                "B before fail",
                "A after fail: RemoteException",
                "B after fail: RemoteException");
    }

    @Test
    void anInterceptorChangesTheErrorOfACallAndOfAStream() {
        ServerInterceptor renaming = (context, next) -> {
            try {
                Object result = next.proceed();
                return result instanceof Stream<?> items ? renamed(items) : result;
            } catch (IllegalArgumentException e) {
                throw RemoteException.of("Renamed", e.getMessage());
            }
        };
        try (RpcServer renamer = RpcServer.builder()
                        .endpoint(service)
                        .interceptor(renaming)
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient caller =
                        RpcClient.connect(renamer.addresses().getFirst().toUri());
                Stream<Integer> broken = caller.stream("broken", Integer.class)) {
            assertThatThrownBy(() -> caller.call("fail", void.class))
                    .isInstanceOfSatisfying(
                            RemoteException.class, e -> assertThat(e.type()).isEqualTo("Renamed"));
            assertThatThrownBy(() -> broken.forEach(item -> {}))
                    .isInstanceOfSatisfying(
                            RemoteException.class, e -> assertThat(e.type()).isEqualTo("Renamed"));
        }
    }

    private static Stream<?> renamed(Stream<?> items) {
        var source = items.iterator();
        return Stream.generate(() -> {
                    try {
                        return source.hasNext() ? source.next() : null;
                    } catch (IllegalStateException e) {
                        throw RemoteException.of("Renamed", e.getMessage());
                    }
                })
                .takeWhile(item -> item != null)
                .onClose(items::close);
    }

    @Test
    void anInterceptorChangesTheRequestAndItsContext() {
        try (RpcClient changing = RpcClient.builder(
                        server.addresses().getFirst().toUri())
                .interceptor((request, next) -> next.proceed(changed(request)))
                .build()) {
            assertThat(changing.call("add", int.class, 1, 2)).isEqualTo(30);
        }
    }

    private static ClientRequest changed(ClientRequest request) {
        return request.withArgs(Args.of(10, 20));
    }

    @Test
    void anInterceptorRunsInTheContextOfItsCall() {
        List<@Nullable RpcContext> current = new ArrayList<>();
        try (RpcServer noting = RpcServer.builder()
                        .endpoint(service)
                        .interceptor((context, next) -> {
                            current.add(context);
                            current.add(RpcContext.current());
                            return next.proceed();
                        })
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient caller =
                        RpcClient.connect(noting.addresses().getFirst().toUri())) {
            caller.call("add", int.class, 1, 2);
        }
        assertThat(current).hasSize(2);
        assertThat(current.get(1)).isNotNull().isSameAs(current.getFirst());
        assertThat(RpcContext.current()).isNull();
    }
}
