package dev.parley.internal.server;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds how many calls run at once. What comes past the bound waits in line, and its source is told to stop reading until the line is empty. Lock-free but for
 * {@link #awaitIdle}. Thread-safe.
 */
final class CallGate {
    private record Waiting(Runnable task, Executor executor) {}

    private static final Logger log = LoggerFactory.getLogger(CallGate.class);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final int bound;
    private final AtomicInteger running = new AtomicInteger();
    private final Queue<Waiting> line = new ConcurrentLinkedQueue<>();
    private final Set<Runnable> paused = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    CallGate(int bound) {
        this.bound = bound;
    }

    int bound() {
        return bound;
    }

    /** How many more could run now. */
    int room() {
        return line.isEmpty() ? Math.max(0, bound - running.get()) : 0;
    }

    /** Runs the task now or when there is room; the task ends with {@link #leave}. {@code false}: stop reading until {@code resume} runs. */
    boolean enter(Runnable task, Executor executor, Runnable resume) {
        if (line.isEmpty() && tryAcquire()) {
            start(task, executor);
            return true;
        }
        paused.add(resume);
        line.add(new Waiting(task, executor));
        drain();
        return false;
    }

    /** A task is over. */
    void leave() {
        running.decrementAndGet();
        drain();
        if (running.get() == 0) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void start(Runnable task, Executor executor) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            // The user's executor is full or shut down. The call was taken, so it is answered all the same.
            log.warn("the executor refused a call; it runs on a virtual thread", e);
            Thread.ofVirtual().name("parley-call").start(task);
        }
    }

    private boolean tryAcquire() {
        int now = running.get();
        while (now < bound) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
            now = running.get();
        }
        return false;
    }

    private void drain() {
        while (!line.isEmpty() && tryAcquire()) {
            Waiting next = line.poll();
            if (next == null) {
                running.decrementAndGet();
            } else {
                start(next.task(), next.executor());
            }
        }
        if (line.isEmpty() && !paused.isEmpty()) {
            for (Runnable resume : List.copyOf(paused)) {
                if (paused.remove(resume)) {
                    resume.run();
                }
            }
        }
    }

    /** Waits until nothing runs and nothing waits; {@code false} if that takes longer. */
    boolean awaitIdle(long nanos) throws InterruptedException {
        long left = nanos;
        lock.lock();
        try {
            while (running.get() > 0 || !line.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                // Looks by itself too, since the counter changes outside the lock and a signal may come just before the
                // wait.
                long slice = Math.min(left, LOOK_NANOS);
                left -= slice - idle.awaitNanos(slice);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
