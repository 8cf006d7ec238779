package dev.parley.interop.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How calls ended, and what must not have happened. Thread-safe. */
final class Tally {
    private static final int SHOWN = 10;

    private final Map<String, LongAdder> outcomes = new ConcurrentSkipListMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /** The name of an outcome: {@code ok}, or that of the error. */
    static String name(@Nullable Throwable error) {
        return error == null ? "ok" : error.getClass().getSimpleName();
    }

    void count(@Nullable Throwable error) {
        count(name(error));
    }

    void count(String what) {
        outcomes.computeIfAbsent(what, any -> new LongAdder()).increment();
    }

    long total() {
        return outcomes.values().stream().mapToLong(LongAdder::sum).sum();
    }

    long of(String what) {
        LongAdder count = outcomes.get(what);
        return count == null ? 0 : count.sum();
    }

    void violated(String what) {
        violations.add(what);
    }

    void violated(String what, Throwable error) {
        String causes = "";
        for (Throwable each = error; each != null; each = each.getCause()) {
            causes += "\n      " + each;
        }
        StackTraceElement[] trace = error.getStackTrace();
        violations.add(
                what + causes + (error instanceof RpcException || trace.length == 0 ? "" : "\n      at " + trace[0]));
    }

    boolean isViolated() {
        return !violations.isEmpty();
    }

    void assertNothingViolated(String what) {
        assertThat(violations.stream().limit(SHOWN).collect(Collectors.joining("\n  ")))
                .as("%s: %d violations; outcomes %s", what, violations.size(), this)
                .isEmpty();
    }

    /** {@code ok 412, ConnectionLostException 33}. */
    @Override
    public String toString() {
        return outcomes.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}
