package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.Execution;
import dev.parley.Inline;
import dev.parley.InvalidTargetException;
import dev.parley.OneWay;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls in both directions on one connection. */
@Timeout(120)
class BothWaysTest {
    @TempDir
    Path folder;

    /** What the client serves, as the server sees it. */
    interface Listener {
        String name(String greeting);

        CompletableFuture<Integer> square(int number);

        @OneWay
        void changed(int number);
    }

    /** What the server serves. */
    static final class Methods {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        final CompletableFuture<RpcClient> subscriber = new CompletableFuture<>();
        final BlockingQueue<CompletableFuture<String>> holding = new LinkedBlockingQueue<>();

        public String ask(RpcContext context, String greeting) {
            Listener listener = context.caller().proxy(Listener.class);
            return listener.name(greeting) + " " + listener.square(7).join();
        }

        public void subscribe(RpcContext context) {
            subscriber.complete(context.caller());
        }

        /** Calls back until the depth is 0. */
        public int descend(RpcContext context, int depth) {
            return depth == 0 ? 0 : 1 + context.caller().call("descend", int.class, depth - 1);
        }

        public List<Object> askTogether(RpcContext context) {
            RpcBatch batch = context.caller().batch();
            RpcBatch.Result<Integer> one = batch.call("square", Integer.class, 3);
            batch.cast("changed", 1);
            RpcBatch.Result<String> two = batch.call("name", String.class, "hi");
            RpcBatch.Result<String> three = batch.call("missing", String.class);
            batch.send();
            return List.of(one.get(), two.get(), String.valueOf(three.error()));
        }

        @Inline
        public String askInline(RpcContext context) {
            return context.caller().call("name", String.class, "hi");
        }

        @Inline
        public void tellInline(RpcContext context, int number) {
            context.caller().cast("changed", number);
        }

        public String askAndWait(RpcContext context) {
            try {
                return context.caller().call("hold", String.class);
            } catch (ConnectionLostException e) {
                seen.add(Thread.currentThread().isInterrupted() ? "interrupted" : "failed");
                throw e;
            }
        }

        public void holdAsync(RpcContext context) {
            holding.add(context.caller().callAsync("hold", String.class));
        }

        public String fill(RpcContext context, String text) {
            return context.caller().call("fill", String.class, text);
        }

        public void noted(String text) {
            seen.add(text);
        }

        public int count(RpcContext context) {
            return context.caller().describe().methods().size();
        }
    }

    /** What the client serves. */
    static final class Callbacks {
        final BlockingQueue<Integer> changes = new LinkedBlockingQueue<>();
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        private final CountDownLatch never = new CountDownLatch(1);

        public String name(String greeting) {
            return greeting + ", I am the client";
        }

        public int square(int number) {
            return number * number;
        }

        public void changed(int number) {
            changes.add(number);
        }

        public int descend(RpcContext context, int depth) {
            return depth == 0 ? 0 : 1 + context.caller().call("descend", int.class, depth - 1);
        }

        public String hold() {
            seen.add("held");
            try {
                never.await();
                return "released";
            } catch (InterruptedException e) {
                seen.add("interrupted");
                return "interrupted";
            }
        }

        public String fill(String text) {
            return text;
        }

        public void noted(String text) {
            seen.add(text);
        }
    }

    private final Methods methods = new Methods();
    private final Callbacks callbacks = new Callbacks();

    private RpcServer.Builder server(String scheme) {
        String address = scheme.equals("jsonrpc+ipc")
                ? "jsonrpc+ipc://" + folder.resolve("rpc.sock")
                : scheme + "://127.0.0.1:0";
        return RpcServer.builder().endpoint(methods).listen(address);
    }

    private RpcClient.Builder client(RpcServer server, String options) {
        return RpcClient.builder(server.addresses().getFirst().toUri() + options)
                .endpoint(callbacks)
                .timeout(Duration.ofSeconds(50));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsonrpc+tcp", "jsonrpc+tcp?framing=headers", "jsonrpc+ipc"})
    void aMethodCallsItsCaller(String address) throws Exception {
        String[] parts = address.split("(?=\\?)");
        try (RpcServer server = server(parts[0]).build().start();
                RpcClient client =
                        client(server, parts.length > 1 ? parts[1] : "").build()) {
            assertThat(client.call("ask", String.class, "hello")).isEqualTo("hello, I am the client 49");
            assertThat(client.call("count", int.class)).isEqualTo(7);
            List<?> together = client.call("askTogether", List.class);
            assertThat(together.subList(0, 2))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .containsExactly(9, "hi, I am the client");
            assertThat((String) together.get(2)).contains("MethodNotFoundException");
            assertThat(callbacks.changes.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
            client.call("tellInline", void.class, 2);
            assertThat(callbacks.changes.poll(30, TimeUnit.SECONDS)).isEqualTo(2);
        }
    }

    @Test
    void aKeptCallerNotifiesInOrderUntilItsConnectionEnds() throws Exception {
        CountDownLatch ended = new CountDownLatch(2);
        try (RpcServer server = server("jsonrpc+tcp").build().start()) {
            RpcClient client = client(server, "").build();
            client.call("subscribe", void.class);
            RpcClient subscriber = methods.subscriber.get(30, TimeUnit.SECONDS);
            subscriber.onDisconnect(ended::countDown);
            client.onDisconnect(() -> callbacks.seen.add("told of its own close"));
            for (int i = 0; i < 1_000; i++) {
                subscriber.cast("changed", i);
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(callbacks.changes.poll(30, TimeUnit.SECONDS)).isEqualTo(i);
            }
            subscriber.close();
            assertThat(subscriber.isReady()).isTrue();
            assertThat(subscriber.call("square", int.class, 4)).isEqualTo(16);
            CompletableFuture<String> inFlight = subscriber.callAsync("hold", String.class);
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
            client.close();
            assertThatThrownBy(() -> inFlight.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(ConnectionLostException.class);
            assertThat(subscriber.isReady()).isFalse();
            assertThatThrownBy(() -> subscriber.cast("changed", 0)).isInstanceOf(ConnectionLostException.class);
            assertThatThrownBy(() -> subscriber.call("square", int.class, 1))
                    .isInstanceOf(ConnectionLostException.class);
            subscriber.onDisconnect(ended::countDown);
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(callbacks.seen).isEmpty();
        }
    }

    /** The limits of both sides are far below what is in progress at once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 500, 1_024})
    void bothSidesCallEachOtherDeeply(int limit) throws Exception {
        try (RpcServer server =
                        server("jsonrpc+tcp").maxConcurrentCalls(limit).build().start();
                RpcClient client = client(server, "").maxConcurrentCalls(limit).build()) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            int count = limit == 1 ? 3 : 1_000;
            for (int i = 0; i < count; i++) {
                calls.add(client.callAsync("descend", Integer.class, 5));
            }
            for (CompletableFuture<Integer> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo(5);
            }
        }
    }

    @Test
    void endlessCallsAreBounded() throws Exception {
        try (RpcServer server =
                        server("jsonrpc+tcp").maxConcurrentCalls(2).build().start();
                RpcClient client = client(server, "").maxConcurrentCalls(2).build()) {
            assertThatThrownBy(() -> client.call("descend", int.class, 1_000_000))
                    .hasMessageContaining("20 calls wait for their callers already");
            // Nothing is left of them.
            assertThat(client.call("descend", int.class, 5)).isEqualTo(5);
        }
    }

    @Test
    void largeMessagesInBothDirectionsDoNotBlockEachOther() throws Exception {
        String text = "x".repeat(300_000);
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client = client(server, "").build()) {
            List<CompletableFuture<String>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(client.callAsync("fill", String.class, text));
            }
            for (CompletableFuture<String> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo(text);
            }
        }
    }

    /** Notifications that nobody waits for fill the sockets in both directions at once. */
    @Test
    void notificationsInBothDirectionsDoNotBlockEachOther() throws Exception {
        String text = "x".repeat(20_000);
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client = client(server, "").build()) {
            client.call("subscribe", void.class);
            RpcClient subscriber = methods.subscriber.get(30, TimeUnit.SECONDS);
            List<Thread> senders = new ArrayList<>();
            for (RpcClient each : List.of(client, client, client, subscriber, subscriber, subscriber)) {
                senders.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 100; i++) {
                        each.cast("noted", text);
                    }
                }));
            }
            for (Thread sender : senders) {
                assertThat(sender.join(Duration.ofSeconds(60))).isTrue();
            }
            for (int i = 0; i < 300; i++) {
                assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo(text);
                assertThat(methods.seen.poll(30, TimeUnit.SECONDS)).isEqualTo(text);
            }
        }
    }

    @Test
    void anInlineMethodThatWaitsForItsCallerFailsAtOnce() {
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client = client(server, "").build()) {
            assertThatThrownBy(() -> client.call("askInline", String.class))
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("do not run the method inline");
        }
    }

    @Test
    void aSingleThreadServesRecursion() throws Exception {
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client =
                        client(server, "").execution(Execution.pool(1)).build()) {
            assertThat(client.call("descend", int.class, 2)).isEqualTo(2);
        }
    }

    @Test
    void cancellationGoesBothWays() throws Exception {
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client = client(server, "").build()) {
            // The server cancels its call of the client.
            client.call("holdAsync", void.class);
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
            methods.holding.take().cancel(true);
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
            // The client cancels its call, whose method waits for the client.
            CompletableFuture<String> call = client.callAsync("askAndWait", String.class);
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("held");
            call.cancel(true);
            assertThat(methods.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(callbacks.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("interrupted");
            assertThat(client.call("ask", String.class, "still")).startsWith("still");
        }
    }

    @Test
    void aClientWithoutEndpointsHasNoMethods() {
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThatThrownBy(() -> client.call("ask", String.class, "hello"))
                    .hasMessageContaining("this client serves no methods");
        }
    }

    @Test
    void httpCannotCallBack() {
        try (RpcServer server = server("jsonrpc+http").build().start()) {
            String address = server.addresses().getFirst().toUri();
            try (RpcClient client = RpcClient.connect(address)) {
                assertThatThrownBy(() -> client.call("ask", String.class, "hello"))
                        .isInstanceOf(InvalidTargetException.class)
                        .hasMessageContaining("jsonrpc+http cannot carry a call to the caller of ask")
                        .hasMessageContaining("jsonrpc+tcp");
                assertThatThrownBy(() -> client.onDisconnect(() -> {})).isInstanceOf(InvalidTargetException.class);
            }
            RpcClient.Builder builder = RpcClient.builder(address).endpoint(callbacks);
            assertThatThrownBy(builder::build)
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("jsonrpc+http cannot carry calls of a server to its client")
                    .hasMessageContaining("jsonrpc+tcp");
        }
    }

    @Test
    void aClientSubscribesAgainAfterItsConnectionWasLost() throws Exception {
        RpcServer server = server("jsonrpc+tcp").build().start();
        String address = server.addresses().getFirst().toUri();
        BlockingQueue<Integer> subscribed = new LinkedBlockingQueue<>();
        try (RpcClient client = client(server, "")
                .options(options -> options.withIdempotent(true).withMaxAttempts(20))
                .build()) {
            Runnable subscribe = () -> {
                client.call("count", int.class);
                subscribed.add(1);
            };
            client.onDisconnect(subscribe);
            subscribe.run();
            server.close();
            Methods others = new Methods();
            try (RpcServer next =
                    RpcServer.builder().endpoint(others).listen(address).build().start()) {
                assertThat(subscribed.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(subscribed.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
                assertThat(next.addresses().getFirst().toUri()).isEqualTo(address);
            }
        } finally {
            server.close();
        }
    }

    /** A client whose handler is slow and calls the server. */
    static final class Slow {
        final BlockingQueue<String> order = new LinkedBlockingQueue<>();
        final CountDownLatch go = new CountDownLatch(1);

        public void changed(RpcContext context, int number) throws InterruptedException {
            order.add("begin " + number);
            go.await();
            context.caller().call("ask", String.class, "x");
            order.add("end " + number);
        }

        public String name(String greeting) {
            return greeting;
        }

        public int square(int number) {
            return number * number;
        }
    }

    @Test
    void notificationsWaitForEachOtherAndRequestsDoNot() throws Exception {
        Slow slow = new Slow();
        try (RpcServer server = server("jsonrpc+tcp").build().start();
                RpcClient client = RpcClient.builder(
                                server.addresses().getFirst().toUri())
                        .endpoint(slow)
                        .build()) {
            client.call("subscribe", void.class);
            RpcClient subscriber = methods.subscriber.get(30, TimeUnit.SECONDS);
            subscriber.cast("changed", 1);
            subscriber.cast("changed", 2);
            subscriber.cast("changed", Args.named("number", 3));
            assertThat(subscriber.call("square", int.class, 5)).isEqualTo(25);
            slow.go.countDown();
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                seen.add(slow.order.poll(30, TimeUnit.SECONDS));
            }
            assertThat(seen).containsExactly("begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3");
        }
    }
}
