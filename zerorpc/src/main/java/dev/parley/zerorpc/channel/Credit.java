package dev.parley.zerorpc.channel;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How many data events the peer accepts on a channel: one at first, then what it grants. {@link #take} is for one
 * thread at a time; the rest is thread-safe.
 */
public final class Credit {
    /** Node grants repeatedly without counting; the sum must not overflow. */
    private static final long MAX_SLOTS = 1L << 31;

    private final AtomicLong slots = new AtomicLong(1);
    private volatile @Nullable Thread waiter;
    private volatile boolean closed;

    /** A credit of one event. */
    public Credit() {}

    /**
     * Takes a slot; blocks until there is one.
     *
     * @return {@code false} if the channel is closed
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean take() throws InterruptedException {
        while (!closed) {
            long now = slots.get();
            if (now > 0) {
                if (slots.compareAndSet(now, now - 1)) {
                    return true;
                }
                continue;
            }
            waiter = Thread.currentThread();
            if (slots.get() == 0 && !closed) {
                LockSupport.park(this);
            }
            waiter = null;
            if (Thread.interrupted() && !closed) {
                throw new InterruptedException();
            }
        }
        return false;
    }

    /** Adds what the peer granted; a number that is not positive adds nothing. */
    public void grant(long more) {
        if (more > 0) {
            slots.updateAndGet(now -> Math.min(MAX_SLOTS, now + Math.min(more, MAX_SLOTS)));
            LockSupport.unpark(waiter);
        }
    }

    /** Ends the waiting, since the channel is closed. */
    public void close() {
        closed = true;
        LockSupport.unpark(waiter);
    }
}
