package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.TypeRef;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Parley on both sides of a zerorpc connection. The behavior suite tests what all wires have in common. */
@Timeout(60)
class ParleyToParleyTest {
    public static class Service {
        final AtomicInteger produced = new AtomicInteger();
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CountDownLatch finished = new CountDownLatch(1);

        public int add(int a, int b) {
            return a + b;
        }

        public @Nullable Object echo(@Nullable Object value) {
            return value;
        }

        public BigInteger next(BigInteger value) {
            return value.add(BigInteger.ONE);
        }

        public Instant later(Instant time) {
            return time.plusSeconds(1);
        }

        public Map<Integer, String> numbered() {
            return Map.of(1, "one");
        }

        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).peek(i -> produced.incrementAndGet()).boxed();
        }

        public Stream<Integer> failing(int n) {
            return IntStream.iterate(0, i -> i + 1)
                    .peek(i -> {
                        if (i == n) {
                            throw new IllegalStateException("after " + n);
                        }
                    })
                    .boxed();
        }

        public List<Integer> list() {
            return List.of(7, 8);
        }

        public String sleep(int millis) throws InterruptedException {
            entered.countDown();
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            finished.countDown();
            return "slept";
        }

        public void deny() {
            throw new OverloadedException("no more today");
        }

        public void coded() {
            throw RemoteException.of("JobError", "no such job").withCode(404);
        }

        public void codedLikeAnUnknownMethod() {
            throw RemoteException.of("JobError", "no such job").withCode(-32601);
        }

        public @Nullable String caller(RpcContext context) {
            return context.remoteAddress();
        }

        public @Nullable Object who(RpcContext context) {
            return context.values().get("user");
        }
    }

    private final Service service = new Service();

    private RpcServer serve(String address) {
        return RpcServer.builder().endpoint(service).listen(address).build().start();
    }

    private static RpcClient connect(RpcServer server) {
        return RpcClient.connect(server.addresses().getFirst().toUri());
    }

    @Test
    void callsOverAUnixSocket(@TempDir Path directory) {
        Path file = directory.resolve("service.sock");
        try (RpcServer server = serve("zerorpc+ipc://" + file);
                RpcClient client = connect(server)) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(client.call("caller", String.class)).isEqualTo("unix");
            assertThat(Files.exists(file)).isTrue();
        }
        assertThat(Files.exists(file)).isFalse();
    }

    @Test
    void valuesKeepTheirType() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0");
                RpcClient client = connect(server)) {
            assertThat(client.call("echo", Object.class, new byte[] {1, 2})).isEqualTo(new byte[] {1, 2});
            assertThat(client.call("echo", String.class, "text".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .isEqualTo("text");
            assertThat(client.call("echo", byte[].class, "text")).isEqualTo(new byte[] {'t', 'e', 'x', 't'});
            BigInteger max = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
            assertThat(client.call("echo", BigInteger.class, max)).isEqualTo(max);
            assertThat(client.call("echo", Object.class, max)).isEqualTo(max);
            assertThatThrownBy(() -> client.call("next", BigInteger.class, max))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("65 bits");
            Instant now = Instant.parse("2026-11-22T10:00:00.123456789Z");
            assertThat(client.call("later", Instant.class, now)).isEqualTo(now.plusSeconds(1));
            assertThat(client.call("add", int.class, 2.0, 3.0)).isEqualTo(5);
            assertThatThrownBy(() -> client.call("add", int.class, 2.5, 3))
                    .isInstanceOf(InvalidArgumentsException.class);
            assertThat(client.call("numbered", Object.class)).isEqualTo(Map.of("1", "one"));
            assertThat(client.call("numbered", new TypeRef<Map<Integer, String>>() {}))
                    .isEqualTo(Map.of(1, "one"));
        }
    }

    @Test
    void numberKeysAreRefusedOnRequest() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0?strictKeys=true");
                RpcClient client = connect(server)) {
            assertThatThrownBy(() -> client.call("numbered", Object.class))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("text keys");
            assertThatThrownBy(() -> client.call("echo", Object.class, Map.of(5L, 1)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("text keys");
        }
    }

    @Test
    void aStreamIsNotProducedFasterThanItIsRead() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0?window=10");
                RpcClient client = connect(server)) {
            try (Stream<Integer> items = client.stream("count", Integer.class, 100_000)) {
                var iterator = items.iterator();
                for (int i = 0; i < 25; i++) {
                    assertThat(iterator.next()).isEqualTo(i);
                }
                assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
                assertThat(service.produced.get()).isLessThan(25 + 10 + 3);
            }
            assertThat(client.call("count", new TypeRef<List<Integer>>() {}, 1000))
                    .hasSize(1000)
                    .endsWith(999);
            try (Stream<Integer> items = client.stream("list", Integer.class)) {
                assertThat(items).containsExactly(7, 8);
            }
        }
    }

    @Test
    void aStreamFailsAtTheItemThatFails() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0");
                RpcClient client = connect(server);
                Stream<Integer> items = client.stream("failing", Integer.class, 150)) {
            List<Integer> seen = new ArrayList<>();
            assertThatThrownBy(() -> items.forEach(seen::add)).isInstanceOfSatisfying(RemoteException.class, e -> {
                assertThat(e.type()).isEqualTo("RuntimeError");
                assertThat(e.remoteMessage()).isEqualTo("after 150");
            });
            assertThat(seen).hasSize(150);
        }
    }

    @Test
    void errorsArriveAsThemselves() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0");
                RpcClient client = connect(server)) {
            assertThatThrownBy(() -> client.call("deny", void.class))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessage("no more today");
            assertThatThrownBy(() -> client.call("coded", void.class))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("JobError");
                        assertThat(e.code()).isEqualTo(404);
                        assertThat(e.traceback()).isEmpty();
                    });
            assertThatThrownBy(() -> client.call("codedLikeAnUnknownMethod", void.class))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("JobError");
                        assertThat(e.code()).isEqualTo(-32601);
                    });
            assertThatThrownBy(() -> client.call("nosuch", void.class)).isInstanceOf(MethodNotFoundException.class);
            assertThatThrownBy(() -> client.with(Map.of("v", 1)).call("list", List.class))
                    .isInstanceOf(InvalidArgumentsException.class)
                    .hasMessageContaining("'v'");
            assertThat(client.with(Map.of("user", "ann")).call("who", String.class))
                    .isEqualTo("ann");
        }
    }

    @Test
    void theServerIsDescribed() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0");
                RpcClient client = connect(server)) {
            assertThat(client.describe().methods())
                    .extracting(ServiceDescription.Method::signature)
                    .contains("add(a: integer, b: integer)", "deny()");
        }
    }

    @Test
    void heartbeatsKeepALongCallAlive() {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0?heartbeat=0.5");
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThat(client.call("sleep", String.class, 2500)).isEqualTo("slept");
        }
    }

    @Test
    void aCastRunsToItsEnd() throws Exception {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0?heartbeat=0.5");
                RpcClient client = connect(server)) {
            client.cast("sleep", 2500);
            assertThat(service.finished.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aCallWhoseCallerIsGoneIsInterrupted() throws Exception {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0")) {
            RpcClient client = connect(server);
            CompletableFuture<String> call = client.callAsync("sleep", String.class, 50_000);
            assertThat(service.entered.await(30, TimeUnit.SECONDS)).isTrue();
            client.close();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectionLostException.class);
            assertThat(service.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aCallThatTimedOutIsInterruptedForLackOfHeartbeats() throws Exception {
        try (RpcServer server = serve("zerorpc+tcp://127.0.0.1:0?heartbeat=0.1");
                RpcClient client = connect(server)) {
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(100)))
                            .call("sleep", String.class, 50_000))
                    .isInstanceOf(RpcTimeoutException.class);
            assertThat(service.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void callsFailAtOnceWhenTheServerStopsAndTheClientReconnects() throws Exception {
        RpcServer server = serve("zerorpc+tcp://127.0.0.1:0");
        String address = server.addresses().getFirst().toUri();
        try (RpcClient client = RpcClient.connect(address)) {
            CompletableFuture<String> call = client.callAsync("sleep", String.class, 500);
            assertThat(service.entered.await(30, TimeUnit.SECONDS)).isTrue();
            server.stop();
            // What was accepted completes; a new call on the connection that is still open is refused.
            assertThatThrownBy(() -> client.call("add", int.class, 1, 1)).isInstanceOf(RpcException.class);
            assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("slept");
            server.close();
            assertThatThrownBy(() -> client.call("add", int.class, 1, 1)).isInstanceOf(ConnectionLostException.class);
            try (RpcServer again = serve(address)) {
                assertThat(again.addresses()).hasSize(1);
                while (true) {
                    try {
                        assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
                        break;
                    } catch (ConnectionLostException e) {
                        // The attempt in progress when the server came back; the next one finds it.
                        Thread.sleep(10);
                    }
                }
            }
        }
    }

    @Test
    void moreCallsThanTheServerRunsAtOnceAllSucceed() throws Exception {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(service)
                        .maxConcurrentCalls(4)
                        .listen("zerorpc+tcp://127.0.0.1:0?backlog=16")
                        .build()
                        .start();
                RpcClient client = connect(server)) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                calls.add(client.callAsync("add", int.class, i, 1));
            }
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void streamsEndWhileTheServerIsAtItsLimit() throws Exception {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(service)
                        .maxConcurrentCalls(1)
                        .listen("zerorpc+tcp://127.0.0.1:0?backlog=1")
                        .build()
                        .start();
                RpcClient client = connect(server);
                Stream<Integer> items = client.stream("count", Integer.class, 1000)) {
            var iterator = items.iterator();
            assertThat(iterator.next()).isZero();
            List<CompletableFuture<Integer>> calls = IntStream.range(0, 10)
                    .mapToObj(i -> client.callAsync("add", int.class, i, 0))
                    .toList();
            int count = 1;
            while (iterator.hasNext()) {
                iterator.next();
                count++;
            }
            assertThat(count).isEqualTo(1000);
            for (CompletableFuture<Integer> call : calls) {
                assertThat(call.handle((value, error) -> error == null || error instanceof OverloadedException)
                                .get(30, TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    @Test
    void addressesThatAreRefused() {
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+tcp://127.0.0.1"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("port");
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+ipc:"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("path");
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+ipc://tmp/service"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("host");
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+tcp://127.0.0.1:1/service"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("path");
        for (String address : List.of(
                "zerorpc+tcp://ann:secret@127.0.0.1:0?mechanism=null", "zerorpc+ipc://ann:secret@/tmp/service")) {
            assertThatThrownBy(() -> RpcClient.connect(address))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> serve(address)).isInstanceOf(InvalidTargetException.class);
        }
        assertThatThrownBy(() -> RpcClient.connect("tcp://ann:secret@127.0.0.1:1?mechanism=curve"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("user and password");
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+tcp://127.0.0.1:1,127.0.0.1"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("needs a port");
        assertThatThrownBy(() -> RpcClient.connect("inproc://service"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("memory://");
        assertThatThrownBy(() -> serve("zerorpc+tcp://127.0.0.1:0,127.0.0.1:0"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("port 0");
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+tcp://127.0.0.1:1?connect_timeout=3"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("connect_timeout");
        assertThatThrownBy(() -> RpcClient.connect("zerorpc+tcp://127.0.0.1:1?window=1"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("window");
    }
}
