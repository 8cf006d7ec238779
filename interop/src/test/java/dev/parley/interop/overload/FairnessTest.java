package dev.parley.interop.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One peer with many slow calls leaves room for others. */
@Timeout(180)
class FairnessTest {
    private static final String TCP = "jsonrpc+tcp://127.0.0.1:0";
    private static final String IPC = "jsonrpc+ipc://";
    private static final String WEB_SOCKET = "jsonrpc+ws://127.0.0.1:0";
    private static final String ZERORPC = "zerorpc+tcp://127.0.0.1:0";

    @TempDir
    private Path folder;

    private final Held held = new Held();

    private RpcServer.Builder builder(String address) {
        return RpcServer.builder()
                .endpoint(held)
                .listen(address.equals(IPC) ? address + folder.resolve("rpc.sock") : address);
    }

    private static RpcClient client(RpcServer server) {
        return RpcClient.builder(server.addresses().getFirst().toUri())
                .options(options -> options.withTimeout(Duration.ofSeconds(60)))
                .build();
    }

    private static List<CompletableFuture<Integer>> hold(RpcClient client, int calls) {
        List<CompletableFuture<Integer>> held = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            held.add(client.callAsync("hold", Integer.class));
        }
        return held;
    }

    private static CompletableFuture<List<RpcBatch.Result<?>>> holdTogether(RpcClient client) {
        RpcBatch batch = client.batch();
        for (int i = 0; i < 100; i++) {
            RpcBatch.Result<Integer> unused = batch.call("hold", Integer.class);
        }
        return batch.sendAsync();
    }

    private static void assertAllSucceed(List<CompletableFuture<Integer>> calls) throws Exception {
        for (CompletableFuture<Integer> call : calls) {
            assertThat(call.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TCP, IPC, WEB_SOCKET, ZERORPC})
    void slowCallsOnOneConnectionLeaveRoomForOthers(String address) throws Exception {
        try (RpcServer server = builder(address).build().start();
                RpcClient greedy = client(server);
                RpcClient other = client(server)) {
            List<CompletableFuture<Integer>> calls = hold(greedy, 1_500);
            assertThat(held.awaitStarted(512)).isTrue();

            for (int i = 0; i < 100; i++) {
                assertThat(other.prepare(options -> options.withTimeout(Duration.ofSeconds(20)))
                                .call(i % 2 == 0 ? "add" : "addInline", int.class, i, 1))
                        .isEqualTo(i + 1);
            }
            assertThat(held.startedMore()).isZero();
            // The connection itself goes on where it has stopped.
            held.letGo();
            assertAllSucceed(calls);
            assertThat(greedy.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TCP, WEB_SOCKET, "jsonrpc+http://127.0.0.1:0"})
    void aBatchOfSlowCallsLeavesRoomForOthers(String address) throws Exception {
        try (RpcServer server = builder(address)
                        .maxConcurrentCalls(4)
                        .maxQueuedCalls(1)
                        .build()
                        .start();
                RpcClient greedy = client(server);
                RpcClient other = client(server)) {
            CompletableFuture<List<RpcBatch.Result<?>>> results = holdTogether(greedy);
            assertThat(held.awaitStarted(2)).isTrue();

            assertThat(other.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(held.startedMore()).isZero();
            held.letGo();
            // More than may be queued: the others wait in the batch.
            assertThat(results.get(60, TimeUnit.SECONDS))
                    .hasSize(100)
                    .allSatisfy(result -> assertThat(result.get()).isEqualTo(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TCP, IPC, WEB_SOCKET, ZERORPC})
    void aConnectionThatClosesLeavesNothingBehind(String address) throws Exception {
        try (RpcServer server = builder(address).maxConcurrentCalls(4).build().start()) {
            try (RpcClient other = client(server)) {
                List<CompletableFuture<Integer>> calls;
                try (RpcClient greedy = client(server)) {
                    calls = hold(greedy, 50);
                    assertThat(held.awaitStarted(2)).isTrue();
                    assertThat(other.call("add", int.class, 2, 3)).isEqualTo(5);
                }
                for (CompletableFuture<Integer> call : calls) {
                    assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).isNotNull();
                }
                // Its share and its place in the queue are free again.
                hold(other, 50);
                assertThat(held.awaitStarted(2)).isTrue();
            }
            server.stop();
            assertThat(server.await(Duration.ofSeconds(60))).isTrue();
            assertThat(held.running()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TCP, IPC, WEB_SOCKET, "jsonrpc+http://127.0.0.1:0"})
    void whatHasBeenReadIsAnsweredWhenTheServerStops(String address) throws Exception {
        try (RpcServer server = builder(address)
                        .maxConcurrentCalls(4)
                        .maxQueuedCalls(1)
                        .build()
                        .start();
                RpcClient client = client(server)) {
            CompletableFuture<List<RpcBatch.Result<?>>> results = holdTogether(client);
            assertThat(held.awaitStarted(2)).isTrue();
            server.stop();
            held.letGo();
            assertThat(server.await(Duration.ofSeconds(60))).isTrue();
            assertThat(results.get(60, TimeUnit.SECONDS))
                    .hasSize(100)
                    .allSatisfy(result -> assertThat(result.get()).isEqualTo(1));
        }
    }

    @Test
    void whatZerorpcHasReadIsAnsweredWhenTheServerStops() throws Exception {
        try (RpcServer server = builder(ZERORPC).maxConcurrentCalls(1).build().start();
                RpcClient client = client(server)) {
            List<CompletableFuture<Integer>> calls = hold(client, 100);
            assertThat(held.awaitStarted(1)).isTrue();
            // It comes after them: when it has timed out they have been read.
            assertThatThrownBy(() -> client.prepare(options -> options.withTimeout(Duration.ofSeconds(3)))
                            .call("add", int.class, 1, 1))
                    .isInstanceOf(RpcTimeoutException.class);
            server.stop();
            held.letGo();
            assertThat(server.await(Duration.ofSeconds(60))).isTrue();
            assertAllSucceed(calls);
        }
    }

    @Test
    void callsThatTimeOutWhileTheyWaitAreNotRun() throws Exception {
        try (RpcServer server =
                        builder("memory://fair").maxConcurrentCalls(2).build().start();
                RpcClient one = client(server);
                RpcClient other = client(server)) {
            hold(one, 1);
            hold(other, 1);
            assertThat(held.awaitStarted(2)).isTrue();
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> other.prepare(options -> options.withTimeout(Duration.ofMillis(50)))
                                .call("hold", int.class))
                        .isInstanceOf(RpcTimeoutException.class);
            }
            held.letGo();
            server.stop();
            assertThat(server.await(Duration.ofSeconds(60))).isTrue();
            assertThat(held.ran()).isEqualTo(2);
        }
    }

    /** In memory nothing can be read later: all that exceeds the limits waits. */
    @Test
    void inMemoryNothingIsRefused() throws Exception {
        try (RpcServer server = builder("memory://fair")
                        .maxConcurrentCalls(4)
                        .maxQueuedCalls(0)
                        .build()
                        .start();
                RpcClient greedy = client(server);
                RpcClient other = client(server)) {
            List<CompletableFuture<Integer>> calls = hold(greedy, 1_000);
            assertThat(held.awaitStarted(2)).isTrue();
            assertThat(other.call("add", int.class, 2, 3)).isEqualTo(5);
            held.letGo();
            assertAllSucceed(calls);
        }
    }
}
