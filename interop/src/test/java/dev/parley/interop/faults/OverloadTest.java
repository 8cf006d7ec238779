package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Param;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Twice as many calls as a server can run, on each wire: each ends, in time or refused in whatever manner, memory stays
 * where it is, and afterwards calls succeed again. {@code -Dparley.overload.seconds=300} takes longer.
 */
@ExtendWith(Prepared.class)
class OverloadTest {
    private static final int SECONDS = Integer.getInteger("parley.overload.seconds", 1);
    private static final int PLACES = 8;
    private static final int METHOD_MILLIS = 20;
    private static final int RATE = 2 * PLACES * 1000 / METHOD_MILLIS;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final long SPARE_BYTES = 32L << 20;

    /** Takes its time. Thread-safe. */
    public static final class Slow extends CountedService {
        @Override
        public String work(@Param("id") int id, @Param("text") String text) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(METHOD_MILLIS));
            return super.work(id, text);
        }
    }

    @ParameterizedTest
    @EnumSource
    void twiceTheCapacity(FaultyWire wire) throws Exception {
        Leftovers before = Leftovers.now();
        Slow service = new Slow();
        Tally tally = new Tally();
        Queue<Long> latencies = new ConcurrentLinkedQueue<>();
        Queue<CompletableFuture<?>> running = new ConcurrentLinkedQueue<>();
        try (FaultyWire.Peer peer =
                        wire.serve(RpcServer.builder().endpoint(service).maxConcurrentCalls(PLACES), "");
                RpcClient client = peer.client(peer.address()).timeout(TIMEOUT).build()) {
            long start = System.nanoTime();
            long half = 0;
            int count = RATE * SECONDS;
            for (int id = 1; id <= count; id++) {
                LockSupport.parkNanos(start + id * 1_000_000_000L / RATE - System.nanoTime());
                running.add(call(client, wire, id, tally, latencies));
                while (running.peek() != null && running.peek().isDone()) {
                    running.remove();
                }
                if (id == count / 2) {
                    half = Curves.heap();
                }
            }
            long end = Curves.heap();
            long left = running.stream().filter(call -> !call.isDone()).count();
            for (CompletableFuture<?> call : running) {
                try {
                    call.get(TIMEOUT.plus(Leftovers.PATIENCE).toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    tally.violated("a call did not end");
                }
            }
            long over = System.nanoTime();
            recovers(client, wire, count);
            long recovered = System.nanoTime();
            print(wire, tally, latencies, half, end, left, recovered - over);
            tally.assertNothingViolated(wire + " at twice its capacity");
            assertThat(tally.total()).isEqualTo(count);
            assertThat(tally.of("ok")).as("calls that succeeded").isPositive();
            assertThat(service.repeated()).as("calls that ran twice").isEmpty();
            assertThat(end).as("heap after the second half").isLessThan(half + SPARE_BYTES);
            client.stop();
            assertThat(client.await(Leftovers.PATIENCE)).as("no call is left").isTrue();
            peer.server().stop();
            assertThat(peer.server().await(Leftovers.PATIENCE)).isTrue();
        }
        before.awaitNoMore("twice the capacity of " + wire);
    }

    private static CompletableFuture<?> call(
            RpcClient client, FaultyWire wire, int id, Tally tally, Queue<Long> latencies) {
        long start = System.nanoTime();
        return client.callAsync("work", String.class, wire.arguments(id, "text"))
                .handle((result, error) -> {
                    tally.count(error);
                    if (error == null) {
                        latencies.add(System.nanoTime() - start);
                        if (!CountedService.resultOf(id).equals(result)) {
                            tally.violated("call " + id + " returned " + result);
                        }
                    } else if (!(error instanceof RpcException)) {
                        // Whatever a wire says to a call that it cannot serve, it is one of Parley's errors.
                        tally.violated("call " + id, error);
                    }
                    return null;
                });
    }

    /** One call after the other until one succeeds. */
    private static void recovers(RpcClient client, FaultyWire wire, int last) throws InterruptedException {
        long until = System.nanoTime() + Leftovers.PATIENCE.toNanos();
        for (int id = last + 1; ; id++) {
            try {
                assertThat(client.call("work", String.class, wire.arguments(id, "text")))
                        .isEqualTo(CountedService.resultOf(id));
                return;
            } catch (RpcException e) {
                if (System.nanoTime() > until) {
                    throw e;
                }
                Thread.sleep(10);
            }
        }
    }

    private static void print(
            FaultyWire wire, Tally tally, Queue<Long> latencies, long half, long end, long left, long recovery) {
        List<Long> sorted = latencies.stream().sorted().toList();
        System.out.printf(
                "%-12s %6d calls in %d s, capacity %d: %s; latency p50 %d ms, p99 %d ms, longest %d ms;"
                        + " in flight at the end %d; heap %.1f, %.1f MiB; first success after %d ms%n",
                wire,
                tally.total(),
                SECONDS,
                RATE * SECONDS / 2,
                tally,
                millis(sorted, 50),
                millis(sorted, 99),
                millis(sorted, 100),
                left,
                half / 1048576.0,
                end / 1048576.0,
                TimeUnit.NANOSECONDS.toMillis(recovery));
    }

    private static long millis(List<Long> sorted, int percent) {
        return sorted.isEmpty() ? -1 : TimeUnit.NANOSECONDS.toMillis(sorted.get((sorted.size() - 1) * percent / 100));
    }
}
