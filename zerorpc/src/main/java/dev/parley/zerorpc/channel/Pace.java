package dev.parley.zerorpc.channel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps the events that are sent on a channel apart in time. A client of zerorpc for Python that closes a channel while
 * several of its events arrive stops reading its connection for ever; events that are apart arrive one at a time. Since
 * few streams are left after thousands of items, and many items would take long, the time becomes ever shorter after
 * the first thousand. Thread-safe.
 */
public final class Pace {
    private static final Pace NONE = new Pace(0);

    /** So many events are the whole time apart; event n after that is {@code FULL / n} of it apart. */
    private static final int FULL = 1_000;
    /** Waiting takes longer than this. */
    private static final long MIN_WAIT_NANOS = 20_000;

    private final long gapNanos;
    /** {@link System#nanoTime()} of the earliest next event. */
    private final AtomicLong next;

    private final AtomicLong turns = new AtomicLong();

    private Pace(long gapNanos) {
        this.gapNanos = gapNanos;
        this.next = new AtomicLong(System.nanoTime());
    }

    /** At least so many nanoseconds between one event and the next; 0 for any time. */
    static Pace of(long gapNanos) {
        return gapNanos == 0 ? NONE : new Pace(gapNanos);
    }

    /** Takes the turn of one event, and returns in how many nanoseconds it is; 0 for now. */
    long turn() {
        if (gapNanos == 0) {
            return 0;
        }
        long number = turns.incrementAndGet();
        long gap = number <= FULL ? gapNanos : gapNanos * FULL / number;
        while (true) {
            long now = System.nanoTime();
            long earliest = next.get();
            long turn = earliest - now > 0 ? earliest : now;
            if (next.compareAndSet(earliest, turn + gap)) {
                return turn - now < MIN_WAIT_NANOS ? 0 : turn - now;
            }
        }
    }

    /** Waits for the turn of one event; less long if the thread is interrupted, which it then still is. */
    public void awaitTurn() {
        long nanos = turn();
        if (nanos == 0) {
            return;
        }
        long due = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted(); left = due - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }
}
