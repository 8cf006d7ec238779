package dev.parley.bench;

import java.util.concurrent.atomic.AtomicLong;

/** What the servers of the benchmarks do: next to nothing. Thread-safe. */
public final class Work {
    private final AtomicLong noted = new AtomicLong();

    /** Adds. */
    public int add(int x, int y) {
        return x + y;
    }

    /** Counts. */
    public void note(String text) {
        noted.incrementAndGet();
    }

    long noted() {
        return noted.get();
    }
}
