package dev.parley.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import dev.parley.RpcServer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lot on one connection: calls that run at the same time, and the items of a stream. */
@Timeout(120)
class ManyCallsTest {
    private static final int CALLS = 10_000;
    private static final int ITEMS = 1_000_000;

    public static class Service {
        final CountDownLatch entered = new CountDownLatch(CALLS);
        final CountDownLatch mayReturn = new CountDownLatch(1);
        final AtomicInteger produced = new AtomicInteger();

        public int wait(int number) throws InterruptedException {
            entered.countDown();
            mayReturn.await();
            return number;
        }

        public Stream<Integer> count(int n) {
            return IntStream.range(0, n).peek(i -> produced.incrementAndGet()).boxed();
        }
    }

    private final Service service = new Service();

    private RpcServer serve() {
        return RpcServer.builder()
                .endpoint(service)
                .maxConcurrentCalls(CALLS)
                .maxConcurrentCallsPerConnection(CALLS)
                .listen("zerorpc+tcp://127.0.0.1:0?heartbeat=2")
                .build()
                .start();
    }

    private static RpcClient connect(RpcServer server) {
        return RpcClient.connect(server.addresses().getFirst().toUri());
    }

    @Test
    void tenThousandCallsAtOnce() throws Exception {
        try (RpcServer server = serve();
                RpcClient client = connect(server)) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(client.callAsync("wait", int.class, i));
            }
            assertThat(service.entered.await(60, TimeUnit.SECONDS)).isTrue();
            // All channels have had heartbeats, from one timer, when they end.
            Thread.sleep(2_500);
            service.mayReturn.countDown();
            for (int i = 0; i < CALLS; i++) {
                assertThat(calls.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i);
            }
        }
    }

    @Test
    void aMillionItemsNeverMoreThanAWindowAhead() {
        try (RpcServer server = serve();
                RpcClient client = connect(server).prepare(o -> o.with(ZerorpcCallOptions.WINDOW, 1_000));
                Stream<Integer> items = client.stream("count", Integer.class, ITEMS)) {
            int read = 0;
            int mostAhead = 0;
            for (var iterator = items.iterator(); iterator.hasNext(); read++) {
                mostAhead = Math.max(mostAhead, service.produced.get() - read);
                assertThat(iterator.next()).isEqualTo(read);
            }
            assertThat(read).isEqualTo(ITEMS);
            assertThat(mostAhead).isBetween(100, 1_003);
        }
    }

    @Test
    void theWindowOfACallReplacesThatOfTheAddress() {
        try (RpcServer server = serve();
                RpcClient client = connect(server);
                Stream<Integer> items = client.prepare(o -> o.with(ZerorpcCallOptions.WINDOW, 2)).stream(
                        "count", Integer.class, 1_000)) {
            int read = 0;
            for (var iterator = items.iterator(); iterator.hasNext(); read++) {
                assertThat(service.produced.get() - read).isLessThanOrEqualTo(5);
                assertThat(iterator.next()).isEqualTo(read);
            }
            assertThat(read).isEqualTo(1_000);
        }
    }
}
