package dev.parley.zerorpc;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How many data events the peer will take on a channel: one at first, then what it grants. One thread takes, any may grant. */
final class Credit {
    /** Node grants again and again without counting; the sum must not overflow. */
    private static final long MOST = 1L << 31;

    private final AtomicLong slots = new AtomicLong(1);
    private volatile @Nullable Thread waiter;
    private volatile boolean closed;

    /** Takes a slot, waiting for one; {@code false} if the channel is over. */
    boolean take() throws InterruptedException {
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

    void grant(long more) {
        if (more > 0) {
            slots.updateAndGet(now -> Math.min(MOST, now + Math.min(more, MOST)));
            LockSupport.unpark(waiter);
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(waiter);
    }
}
