package dev.parley.internal.server;

import dev.parley.OverloadedException;
import dev.parley.spi.Guard;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits how many calls run at once. Calls over the limit are queued, and their source is asked to stop reading until
 * the queue is empty. Lock-free except while a thread waits in {@link #awaitIdle}. Thread-safe.
 */
final class ConcurrencyLimiter {
    private record Queued(Runnable task, Executor executor) {}

    /** How many tasks may wait without a permit, for each permit that there is. */
    private static final int LENT_PER_PERMIT = 10;

    private final int maxConcurrentCalls;
    private final int maxLent;
    private final AtomicInteger running = new AtomicInteger();
    /** Tasks that wait without a permit; see {@link #lend}. */
    private final AtomicInteger lent = new AtomicInteger();

    private final AtomicLong lends = new AtomicLong();
    private final Queue<Queued> queue = new ConcurrentLinkedQueue<>();
    private final Set<Runnable> paused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger idleWaiters = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    ConcurrencyLimiter(int maxConcurrentCalls) {
        this.maxConcurrentCalls = maxConcurrentCalls;
        this.maxLent = (int) Math.min(Integer.MAX_VALUE, (long) LENT_PER_PERMIT * maxConcurrentCalls);
    }

    int maxConcurrentCalls() {
        return maxConcurrentCalls;
    }

    /** How many more calls could start now. */
    int available() {
        return queue.isEmpty() ? Math.max(0, maxConcurrentCalls - running.get()) : 0;
    }

    /**
     * Runs a task now, or later when a permit is free. The task, or what it starts, must call {@link #release} once.
     *
     * @return {@code false} if the caller must stop reading until {@code resume} runs
     */
    boolean execute(Runnable task, Executor executor, Runnable resume) {
        if (queue.isEmpty() && tryAcquire()) {
            start(task, executor);
            return true;
        }
        paused.add(resume);
        queue.add(new Queued(task, executor));
        drain();
        return false;
    }

    /** Takes a permit if one is free. */
    boolean tryAcquire() {
        int now = running.get();
        while (now < maxConcurrentCalls) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
            now = running.get();
        }
        return false;
    }

    /**
     * Returns the permit of a task that goes on, but waits for a peer that may have to be served first; {@link
     * #takeBack} must follow.
     *
     * @throws OverloadedException if too many tasks wait in this way
     */
    void lend() {
        if (lent.incrementAndGet() > maxLent) {
            lent.decrementAndGet();
            throw new OverloadedException(maxLent + " calls wait for their callers already");
        }
        lends.incrementAndGet();
        returnPermit();
        drain();
    }

    /** Takes a permit for a task that has waited, even if none is free: nothing new starts until there is one. */
    void takeBack() {
        running.incrementAndGet();
        lent.decrementAndGet();
    }

    /** Returns the permit of a task that has ended, and starts what is queued. */
    void release() {
        returnPermit();
        drain();
    }

    private void start(Runnable task, Executor executor) {
        // The user's executor may be full or shut down. The call was accepted, so it must still get a response.
        Guard.execute("call", executor, task, error -> {
            if (task instanceof ActiveCall call) {
                call.notRun(error);
            } else {
                release();
            }
        });
    }

    private void drain() {
        while (!queue.isEmpty() && tryAcquire()) {
            Queued next = queue.poll();
            if (next == null) {
                returnPermit();
            } else {
                start(next.task(), next.executor());
            }
        }
        if (queue.isEmpty() && !paused.isEmpty()) {
            for (Runnable resume : List.copyOf(paused)) {
                if (paused.remove(resume)) {
                    Guard.run("a wire that is to read on", resume, error -> {});
                }
            }
        }
    }

    /**
     * The only place where the number of running calls falls. A queued task leaves the queue only under a permit, so
     * the limiter can become idle here and nowhere else: every such moment is signaled. No signal is lost, because a
     * waiter registers before it reads {@code running}, and this method reads the waiters after it has changed {@code
     * running}.
     */
    private void returnPermit() {
        if (running.decrementAndGet() == 0 && idleWaiters.get() > 0) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether no call is running, queued, or waiting without a permit. */
    private boolean isIdle() {
        // A task is in one of the counts at any time, and it moves from one to the other only if this number grows, or
        // from the one that is read first.
        long before = lends.get();
        return lent.get() == 0 && running.get() == 0 && queue.isEmpty() && lends.get() == before;
    }

    /**
     * Blocks until no call is running or queued.
     *
     * @return {@code false} if that takes longer than the given time
     */
    boolean awaitIdle(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        idleWaiters.incrementAndGet();
        try {
            while (!isIdle()) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            idleWaiters.decrementAndGet();
            lock.unlock();
        }
    }
}
