package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Memory, descriptors and threads of this process over time. Not thread-safe. */
final class Curves {
    /** What a process may still gain after its first third: caches that are not full yet, calls that happen to run. */
    private static final long SPARE_BYTES = 8L << 20;

    private static final int SPARE_DESCRIPTORS = 100;
    private static final int SPARE_THREADS = 40;

    private final List<Sample> samples = new ArrayList<>();
    private final long start = System.nanoTime();

    private record Sample(long seconds, long calls, long heap, long descriptors, long threads) {}

    /** Adds a point; the heap is measured after a collection. */
    void sample(long calls) {
        samples.add(new Sample(
                (System.nanoTime() - start) / 1_000_000_000L,
                calls,
                heap(),
                Leftovers.descriptors(),
                ManagementFactory.getThreadMXBean().getThreadCount()));
    }

    /** The bytes of the heap that are in use after a collection. */
    static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 2; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** Throws an {@code AssertionError} if the last third is above the first one. */
    void assertNoGrowth() {
        check("heap", Sample::heap, SPARE_BYTES);
        check("descriptors", Sample::descriptors, SPARE_DESCRIPTORS);
        check("threads", Sample::threads, SPARE_THREADS);
    }

    private void check(String what, ToLongFunction<Sample> value, long spare) {
        int third = samples.size() / 3;
        // Of the beginning the most, of the end the least: both go up and down with the faults.
        long first = samples.subList(0, third).stream().mapToLong(value).max().orElseThrow();
        long last = samples.subList(samples.size() - third, samples.size()).stream()
                .mapToLong(value)
                .min()
                .orElseThrow();
        assertThat(last).as("%s must not grow:%n%s", what, this).isLessThanOrEqualTo(first + spare);
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(" seconds     calls   heap MiB   descriptors   threads");
        for (Sample sample : samples) {
            table.append("%n%8d %9d %10.1f %13d %9d"
                    .formatted(
                            sample.seconds, sample.calls, sample.heap / 1048576.0, sample.descriptors, sample.threads));
        }
        return table.toString();
    }
}
