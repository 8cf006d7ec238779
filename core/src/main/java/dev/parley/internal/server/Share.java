package dev.parley.internal.server;

import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The permits that one connection holds, and its calls that wait for one; or what all connections of a principal hold
 * together, as the parent of their shares. The counts are thread-safe; all that says so is guarded by the lock of the
 * {@link ConcurrencyLimiter}.
 */
final class Share {
    private final int maxPermits;
    private final @Nullable Share parent;
    private final AtomicInteger permits = new AtomicInteger();
    private final AtomicInteger lent = new AtomicInteger();
    private @Nullable SequencedSet<QueuedCall> queue;
    /** The size of the queue, and of those of the children, to be read without the lock. */
    private volatile int queued;

    private boolean inTurn;

    /** Children that have calls in their queues and room for them, while this one has no room. */
    private @Nullable SequencedSet<Share> waiting;
    /** Whether there are any, to be read without the lock. */
    private volatile boolean hasWaiting;

    /**
     * A share.
     *
     * @param maxPermits how many permits it may hold
     * @param parent that of the principal; {@code null} for none
     */
    Share(int maxPermits, @Nullable Share parent) {
        this.maxPermits = maxPermits;
        this.parent = parent;
    }

    @Nullable
    Share parent() {
        return parent;
    }

    /** Counts a permit if there is room. */
    boolean tryAcquire() {
        int now = permits.get();
        while (now < maxPermits) {
            if (permits.compareAndSet(now, now + 1)) {
                if (parent == null || parent.tryAcquire()) {
                    return true;
                }
                permits.decrementAndGet();
                return false;
            }
            now = permits.get();
        }
        return false;
    }

    /** Counts a permit even if there is no room. */
    void acquire() {
        permits.incrementAndGet();
        if (parent != null) {
            parent.acquire();
        }
    }

    void release() {
        permits.decrementAndGet();
        if (parent != null) {
            parent.release();
        }
    }

    /** Whether it has room itself, whatever its parent has. */
    boolean hasRoom() {
        return permits.get() < maxPermits;
    }

    /** How many permits are held. */
    int permits() {
        return permits.get();
    }

    /** Counts a permit that is lent, if those are less than so many. */
    boolean tryLend(int maxLent) {
        if (lent.incrementAndGet() <= maxLent) {
            return true;
        }
        lent.decrementAndGet();
        return false;
    }

    void returnLent() {
        lent.decrementAndGet();
    }

    /** How many calls wait. */
    int queued() {
        return queued;
    }

    /** Whether the end of one of its calls may let another one start: its own, or one of a sibling. */
    boolean hasFollowers() {
        return queued > 0 || (parent != null && parent.hasWaiting);
    }

    /** Lets a call wait. Under the lock, as all that follow. */
    void add(QueuedCall call) {
        if (queue == null) {
            queue = new LinkedHashSet<>(2);
        }
        queue.add(call);
        count(1);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Under the lock.
    private void count(int more) {
        queued += more;
        if (parent != null) {
            parent.count(more);
        }
    }

    /** The call that has waited longest, which waits no longer; {@code null} if there is none. */
    @Nullable
    QueuedCall poll() {
        if (queue == null || queue.isEmpty()) {
            return null;
        }
        count(-1);
        return queue.removeFirst();
    }

    /** Takes a call out of the queue; {@code false} if it is not there. */
    boolean remove(QueuedCall call) {
        if (queue == null || !queue.remove(call)) {
            return false;
        }
        count(-1);
        return true;
    }

    /** Whether it is among those that get free permits in turn. */
    boolean isInTurn() {
        return inTurn;
    }

    void setInTurn(boolean is) {
        inTurn = is;
    }

    /** Lets a child wait until this one has room. */
    void await(Share child) {
        if (waiting == null) {
            waiting = new LinkedHashSet<>();
        }
        waiting.add(child);
        hasWaiting = true;
    }

    /** A child does not wait, or no longer. */
    void forget(Share child) {
        if (waiting != null && waiting.remove(child)) {
            hasWaiting = !waiting.isEmpty();
        }
    }

    /** The child that has waited longest, which waits no longer; {@code null} if there is none. */
    @Nullable
    Share pollWaiting() {
        if (waiting == null || waiting.isEmpty()) {
            return null;
        }
        Share first = waiting.removeFirst();
        hasWaiting = !waiting.isEmpty();
        return first;
    }
}
