package dev.parley.interop.faults;

import dev.parley.Param;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often each call runs. Thread-safe. */
public final class CountedService {
    private final ConcurrentMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();

    /** The result that a call must have. */
    static String resultOf(int id) {
        return "done " + id;
    }

    public String work(@Param("id") int id, @Param("text") String text) {
        runs.computeIfAbsent(id, any -> new AtomicInteger()).incrementAndGet();
        return "done " + id;
    }

    /** How often this call ran, forgotten afterwards. */
    int takeRuns(int id) {
        AtomicInteger count = runs.remove(id);
        return count == null ? 0 : count.get();
    }

    /** How often it ran until now. */
    int runs(int id) {
        AtomicInteger count = runs.get(id);
        return count == null ? 0 : count.get();
    }
}
