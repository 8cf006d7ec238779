package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.zmtp.RawPeer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a client's calls end other than by their response, with a connection and without one. */
@Timeout(60)
class CallLifecycleTest {
    public static class Service {
        final CountDownLatch entered = new CountDownLatch(1);

        public void sleep() throws InterruptedException {
            entered.countDown();
            Thread.sleep(50_000);
        }

        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).boxed();
        }
    }

    private final Service service = new Service();

    private RpcServer serve() {
        return RpcServer.builder()
                .endpoint(service)
                .listen("tcp://127.0.0.1:0")
                .build()
                .start();
    }

    private static RpcClient connect(RpcServer server) {
        return RpcClient.connect(server.addresses().getFirst().toUri());
    }

    /** A port that accepts connections and sends nothing. */
    private static ServerSocket silent() throws Exception {
        return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    private static RpcClient connect(ServerSocket listening) {
        return RpcClient.connect("tcp://127.0.0.1:" + listening.getLocalPort());
    }

    private static void assertLost(CompletableFuture<?> call) {
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void closeFailsTheCallsInFlight() throws Exception {
        try (RpcServer server = serve()) {
            RpcClient client = connect(server);
            CompletableFuture<Void> one = client.callAsync("sleep", Void.class);
            CompletableFuture<Void> two = client.callAsync("sleep", Void.class);
            assertThat(service.entered.await(30, TimeUnit.SECONDS)).isTrue();
            client.close();
            assertLost(one);
            assertLost(two);
            assertThat(one.exceptionNow()).isNotSameAs(two.exceptionNow());
            assertThatThrownBy(() -> client.call("sleep", Void.class)).isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void closeFailsACallThatWaitsForAConnection() throws Exception {
        try (ServerSocket listening = silent()) {
            RpcClient client = connect(listening);
            CompletableFuture<Void> call = client.callAsync("sleep", Void.class);
            assertThat(call).isNotDone();
            client.close();
            assertLost(call);
        }
    }

    @Test
    void closeFailsAStreamBetweenItsItems() {
        try (RpcServer server = serve()) {
            RpcClient client = connect(server);
            var items = client.stream("count", Integer.class, 1_000_000).iterator();
            assertThat(items.next()).isZero();
            client.close();
            assertThatThrownBy(() -> {
                        while (items.hasNext()) {
                            items.next();
                        }
                    })
                    .isInstanceOf(ConnectionLostException.class);
        }
    }

    private static void assertInterruptible(RpcClient client, CountDownLatch waiting) throws Exception {
        AtomicBoolean flag = new AtomicBoolean();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                client.call("sleep", Void.class);
                thrown.complete(new AssertionError("the call returned"));
            } catch (RuntimeException e) {
                flag.set(Thread.currentThread().isInterrupted());
                thrown.complete(e);
            }
        });
        assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        assertThat(thrown.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("interrupted");
        assertThat(flag).isTrue();
        caller.join();
    }

    @Test
    void anInterruptEndsAWaitingCallAndKeepsTheFlag() throws Exception {
        try (RpcServer server = serve();
                RpcClient client = connect(server)) {
            assertInterruptible(client, service.entered);
        }
    }

    @Test
    void anInterruptEndsACallThatWaitsForAConnection() throws Exception {
        try (ServerSocket listening = silent();
                RpcClient client = connect(listening)) {
            assertInterruptible(client, new CountDownLatch(0));
        }
    }

    @Test
    void aCallFailsWithTheAttemptThatItWaitedFor() throws Exception {
        try (ServerSocket listening = silent();
                RpcClient client = connect(listening)) {
            CompletableFuture<Void> one = client.callAsync("sleep", Void.class);
            CompletableFuture<Void> two = client.callAsync("sleep", Void.class);
            try (Socket accepted = listening.accept()) {
                assertThat(accepted.isConnected()).isTrue();
            }
            for (CompletableFuture<Void> call : List.of(one, two)) {
                assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isInstanceOf(ConnectionLostException.class)
                        .hasMessageContaining("no connection to tcp://127.0.0.1:" + listening.getLocalPort());
            }
            assertThat(one.exceptionNow()).isNotSameAs(two.exceptionNow());
        }
    }

    @Test
    void aCallThatWaitsForAConnectionTimesOut() throws Exception {
        try (ServerSocket listening = silent();
                RpcClient client = connect(listening).prepare(o -> o.withTimeout(Duration.ofMillis(100)))) {
            assertThatThrownBy(() -> client.call("sleep", Void.class)).isInstanceOf(RpcTimeoutException.class);
            assertThatThrownBy(() -> client.cast("sleep")).isInstanceOf(RpcTimeoutException.class);
            try (Stream<Integer> items = client.stream("count", Integer.class, 1)) {
                assertThatThrownBy(items::toList).isInstanceOf(RpcTimeoutException.class);
            }
        }
    }

    @Test
    void aCallThatIsCancelledBeforeTheConnectionIsMadeIsNotSent() throws Exception {
        try (ServerSocket listening = silent();
                RpcClient client = connect(listening)) {
            CompletableFuture<Void> cancelled = client.callAsync("cancelled", Void.class);
            CompletableFuture<Void> kept = client.callAsync("kept", Void.class);
            cancelled.cancel(false);
            try (RawPeer server = RawPeer.accept(listening).handshake("ROUTER")) {
                String request = new String(server.readMessage().getLast(), StandardCharsets.ISO_8859_1);
                assertThat(request).contains("kept");
            }
            assertThatThrownBy(() -> kept.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("not known whether kept was executed");
        }
    }

    @Test
    void aCastReturnsWhenItsRequestIsSent() throws Exception {
        try (RpcServer server = serve();
                RpcClient client = connect(server)) {
            client.cast("sleep");
            client.cast("noSuchMethod");
            assertThat(service.entered.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
