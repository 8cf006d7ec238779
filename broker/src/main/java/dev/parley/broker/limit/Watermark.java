package dev.parley.broker.limit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A count of bytes held, and a limit past which publishers wait: nothing is dropped, the connections that publish are read no further until
 * enough was consumed. Thread-safe.
 */
public final class Watermark {
    /** Who waits. Its methods may be called from any thread. */
    public interface Waiter {
        /** The count is at or below the limit again. */
        void released(Watermark watermark);
    }

    private final String what;
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean forced;
    private volatile boolean ended;

    public Watermark(String what, long limit) {
        this.what = what;
        this.limit = limit;
    }

    public void add(long count) {
        bytes.addAndGet(count);
    }

    public void remove(long count) {
        if (bytes.addAndGet(-count) <= limit && !forced) {
            release();
        }
    }

    public long bytes() {
        return bytes.get();
    }

    public long limit() {
        return limit;
    }

    public boolean exceeded() {
        return !ended && (forced || bytes.get() > limit);
    }

    /** What it counts is no more: nobody waits for it any longer. */
    public void end() {
        ended = true;
        release();
    }

    /** Behaves as if the limit were exceeded, for tests of publishers. */
    public void force(boolean exceeded) {
        forced = exceeded;
        if (!exceeded()) {
            release();
        }
    }

    public void await(Waiter waiter) {
        waiting.add(waiter);
        if (!exceeded()) {
            release();
        }
    }

    public void forget(Waiter waiter) {
        waiting.remove(waiter);
    }

    private void release() {
        if (!waiting.isEmpty()) {
            for (Waiter waiter : List.copyOf(waiting)) {
                if (waiting.remove(waiter)) {
                    waiter.released(this);
                }
            }
        }
    }

    /** Why a publisher is blocked, as it is told. */
    public String reason() {
        return "low on memory: " + what + " holds " + bytes.get() + " bytes, limit " + limit;
    }
}
