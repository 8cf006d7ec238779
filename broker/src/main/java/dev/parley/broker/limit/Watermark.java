package dev.parley.broker.limit;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A count of bytes held, and a limit above which publishers wait. Nothing is dropped: a connection that publishes is
 * not read any further until enough has been consumed. Thread-safe.
 */
public final class Watermark {
    /** Waits for the count to fall to the limit. */
    public interface Waiter {
        /** The count has fallen to the limit. Called once per {@link #await}, on any thread. */
        void released(Watermark watermark);
    }

    private final String what;
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean forced;
    private volatile boolean ended;

    /**
     * Creates a count of 0.
     *
     * @param what named in {@link #reason()}
     * @param limit in bytes
     */
    public Watermark(String what, long limit) {
        this.what = what;
        this.limit = limit;
    }

    /** Counts bytes that are held from now on. */
    public void add(long count) {
        bytes.addAndGet(count);
    }

    /** Counts bytes that are no longer held, and releases those who wait if that was enough. */
    public void remove(long count) {
        if (bytes.addAndGet(-count) <= limit && !forced) {
            release();
        }
    }

    /** Bytes held now. */
    public long bytes() {
        return bytes.get();
    }

    /** The limit in bytes. */
    public long limit() {
        return limit;
    }

    /** Whether publishers have to wait. */
    public boolean exceeded() {
        return !ended && (forced || bytes.get() > limit);
    }

    /** Releases everyone who waits, for good: what is counted here has been deleted. */
    public void end() {
        ended = true;
        release();
    }

    /** Whether it behaves as if the limit were exceeded. */
    public boolean isForced() {
        return forced;
    }

    /** Sets whether to behave as if the limit were exceeded, for tests of publishers. */
    public void force(boolean exceeded) {
        forced = exceeded;
        if (!exceeded()) {
            release();
        }
    }

    /** Calls the waiter when the limit is no longer exceeded, which may be before this returns. */
    public void await(Waiter waiter) {
        waiting.add(waiter);
        if (!exceeded()) {
            release();
        }
    }

    /** Removes a waiter; nothing happens if it does not wait. */
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

    /** The reason given to a blocked publisher. */
    public String reason() {
        return "low on memory: " + what + " holds " + bytes.get() + " bytes, limit " + limit;
    }
}
