package dev.parley.interop.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of zerorpc that wait for their turn longer than their callers do. */
@Timeout(120)
class AbandonedCallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Runs one call after the other, and none until it is let go. Thread-safe. */
    public static final class Worker {
        private final CountDownLatch go = new CountDownLatch(1);
        private final List<Integer> ran = new CopyOnWriteArrayList<>();

        public int work(int id) throws InterruptedException {
            ran.add(id);
            go.await();
            return id;
        }
    }

    private static CompletableFuture<Integer> work(RpcClient client, int id, Duration timeout) {
        return client.prepare(options -> options.withTimeout(timeout)).callAsync("work", Integer.class, id);
    }

    @Test
    void theyDoNotRunAndThenTheNewestRunsFirst() throws Exception {
        Worker worker = new Worker();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(worker)
                        .maxConcurrentCalls(1)
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            List<CompletableFuture<Integer>> patient = new ArrayList<>();
            patient.add(work(client, 1, PATIENCE));
            patient.add(work(client, 2, PATIENCE));
            CompletableFuture<Integer> abandoned = work(client, 3, Duration.ofMillis(200));
            assertThatThrownBy(() -> abandoned.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(RpcTimeoutException.class);
            for (int id = 4; id <= 6; id++) {
                patient.add(work(client, id, PATIENCE));
            }
            // Answered at once, when the server has read the calls before it.
            assertThat(client.describe().methods()).isNotEmpty();

            worker.go.countDown();

            for (CompletableFuture<Integer> call : patient) {
                assertThat(call.get(60, TimeUnit.SECONDS)).isPositive();
            }
            assertThat(worker.ran).containsExactly(1, 2, 6, 5, 4);
        }
    }
}
