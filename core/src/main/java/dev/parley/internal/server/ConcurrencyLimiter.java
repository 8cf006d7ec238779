package dev.parley.internal.server;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits how many calls run at once. Calls over the limit are queued, and their source is asked to stop reading until
 * the queue is empty. Lock-free except while a thread waits in {@link #awaitIdle}. Thread-safe.
 */
final class ConcurrencyLimiter {
    private record Queued(Runnable task, Executor executor) {}

    private static final Logger log = LoggerFactory.getLogger(ConcurrencyLimiter.class);

    private final int maxConcurrentCalls;
    private final AtomicInteger running = new AtomicInteger();
    private final Queue<Queued> queue = new ConcurrentLinkedQueue<>();
    private final Set<Runnable> paused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger idleWaiters = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    ConcurrencyLimiter(int maxConcurrentCalls) {
        this.maxConcurrentCalls = maxConcurrentCalls;
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

    /** Returns the permit of a task that has ended, and starts what is queued. */
    void release() {
        returnPermit();
        drain();
    }

    private void start(Runnable task, Executor executor) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // The user's executor is full or shut down. The call was accepted, so it must still get a response.
            log.warn("the executor rejected a call; running it on a virtual thread", e);
            Thread.ofVirtual().name("parley-call").start(task);
        }
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
                    resume.run();
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
            while (running.get() > 0 || !queue.isEmpty()) {
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
