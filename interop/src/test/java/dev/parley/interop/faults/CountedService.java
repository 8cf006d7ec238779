package dev.parley.interop.faults;

import dev.parley.Param;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often each call runs, for the last 5,000 of them. Thread-safe. */
public class CountedService {
    /** How the text of a call begins that may run more than once. */
    static final String IDEMPOTENT = "idempotent";

    private static final int REMEMBERED = 5_000;

    private final ConcurrentMap<Integer, AtomicInteger> runs = new ConcurrentHashMap<>();
    private final Queue<Integer> order = new ConcurrentLinkedQueue<>();
    private final AtomicInteger remembered = new AtomicInteger();
    private final Queue<Integer> repeated = new ConcurrentLinkedQueue<>();

    /** The result that a call must have. */
    static String resultOf(int id) {
        return "done " + id;
    }

    public String work(@Param("id") int id, @Param("text") String text) {
        AtomicInteger count = runs.computeIfAbsent(id, this::remember);
        if (count.incrementAndGet() > 1 && !text.startsWith(IDEMPOTENT)) {
            repeated.add(id);
        }
        return "done " + id;
    }

    private AtomicInteger remember(Integer id) {
        order.add(id);
        if (remembered.incrementAndGet() > REMEMBERED) {
            Integer oldest = order.remove();
            remembered.decrementAndGet();
            // Not in here, where the map is being changed.
            Thread.ofVirtual().start(() -> runs.remove(oldest));
        }
        return new AtomicInteger();
    }

    /** The calls that ran more than once and must not have. */
    Queue<Integer> repeated() {
        return repeated;
    }

    /** How often it ran until now. */
    int runs(int id) {
        AtomicInteger count = runs.get(id);
        return count == null ? 0 : count.get();
    }
}
