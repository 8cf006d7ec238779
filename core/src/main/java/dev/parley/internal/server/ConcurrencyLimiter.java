package dev.parley.internal.server;

import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.spi.Guard;
import dev.parley.spi.ServerCall;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many calls run at once, in all and of each caller. Calls over a limit are queued, and their source is asked
 * to stop reading; callers that wait get the permits that become free in turn. Beyond the limit of the queue calls fail.
 * Lock-free as long as a call can start at once. Thread-safe.
 */
final class ConcurrencyLimiter {
    /** How many tasks of one caller may wait without a permit, for each permit that there is. */
    private static final int LENT_PER_PERMIT = 10;

    private final int maxConcurrentCalls;
    private final int maxPerShare;
    private final int maxQueued;
    private final int maxQueuedPerShare;
    private final int maxQueuedPerPrincipal;
    private final int maxLentPerShare;
    private final PrincipalShares principals;

    private final AtomicInteger running = new AtomicInteger();
    /** Tasks that wait without a permit; see {@link #lend}. */
    private final AtomicInteger lent = new AtomicInteger();

    private final AtomicLong lends = new AtomicLong();
    /** Sources with calls that have been read and not been dispatched. */
    private final AtomicInteger keeping = new AtomicInteger();

    private final AtomicInteger idleWaiters = new AtomicInteger();
    /** Set on a thread that starts queued calls: one that ends meanwhile on the same thread leaves the rest to it. */
    private final ThreadLocal<@Nullable Boolean> draining = new ThreadLocal<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    /** The shares that have calls in their queues and room for them. Guarded by {@code lock}, as all that follows. */
    private final Queue<Share> turns = new ArrayDeque<>();
    /** The size of {@link #turns}, to be read without the lock. */
    private volatile int waitingShares;

    private int queued;
    /** Those of them that count for the limit. */
    private int counted;
    /** Calls that have left the queue to fail, and have not yet failed. */
    private int failing;

    /**
     * A limiter.
     *
     * @param maxConcurrentCalls how many calls may run at once
     * @param maxPerShare how many of them may be of one connection; of one principal also half of the rest
     * @param maxQueued how many more may wait; of one connection half of them, of one principal also half of the rest
     */
    ConcurrencyLimiter(int maxConcurrentCalls, int maxPerShare, int maxQueued) {
        this.maxConcurrentCalls = maxConcurrentCalls;
        this.maxPerShare = Math.min(maxPerShare, maxConcurrentCalls);
        this.maxQueued = maxQueued;
        this.maxQueuedPerShare = half(maxQueued);
        this.maxLentPerShare = (int) Math.min(Integer.MAX_VALUE / 2, (long) LENT_PER_PERMIT * maxConcurrentCalls);
        // More than one of its connections may have, so that one does not use up all; and room for others.
        this.principals = new PrincipalShares(this.maxPerShare + (maxConcurrentCalls - this.maxPerShare) / 2);
        this.maxQueuedPerPrincipal = maxQueuedPerShare + (maxQueued - maxQueuedPerShare) / 2;
    }

    /** Half of a number, rounded up. */
    static int half(int number) {
        return number - number / 2;
    }

    /** A source with a share. */
    LimitedSource source(Runnable resume) {
        return new LimitedSource(new Share(maxPerShare, null), false, resume);
    }

    /** A source without a share, whose calls are not refused. */
    LimitedSource soleSource(Runnable resume) {
        return new LimitedSource(new Share(maxConcurrentCalls, null), true, resume);
    }

    /** The source has calls that it has not passed on yet, or no longer. */
    void keepsCalls(LimitedSource source, boolean keeps) {
        if (source.keepsCalls.compareAndSet(!keeps, keeps)) {
            if (keeps) {
                keeping.incrementAndGet();
            } else if (keeping.decrementAndGet() == 0) {
                signalIdle();
            }
        }
    }

    /** The share that a call of a source counts against. */
    Share share(LimitedSource source, ServerCall call) {
        Principal principal = source.sole ? null : call.principal();
        if (principal == null) {
            return source.share;
        }
        LimitedSource.Known known = source.known;
        if (known == null || !known.principal().equals(principal)) {
            known = new LimitedSource.Known(principal, new Share(maxPerShare, principals.of(principal)));
            source.known = known;
        }
        return known.share();
    }

    int maxConcurrentCalls() {
        return maxConcurrentCalls;
    }

    /** How many more calls could start now. */
    int available() {
        return waitingShares == 0 ? Math.max(0, maxConcurrentCalls - running.get()) : 0;
    }

    /**
     * Runs the task of a call now, or later when it is its turn; or fails the call. The task, or what it starts, must
     * call {@link #release} once.
     *
     * @return {@code false} if the call waits: its source must not be read until {@code resume} runs
     */
    boolean execute(LimitedSource source, Share share, ServerCall call, Runnable task, Executor executor) {
        if (share.queued() == 0 && waitingShares == 0 && tryAcquire(share)) {
            start(share, task, executor);
            return true;
        }
        return !enqueue(new QueuedCall(this, source, share, call, task, executor));
    }

    /** Takes a permit if one is free and the share has room. */
    private boolean tryAcquire(Share share) {
        if (!share.tryAcquire()) {
            return false;
        }
        if (tryAcquire()) {
            return true;
        }
        share.release();
        return false;
    }

    private boolean tryAcquire() {
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
    void lend(Share share) {
        if (!share.tryLend(maxLentPerShare)) {
            throw new OverloadedException(maxLentPerShare + " calls wait for their callers already");
        }
        // Twice as many as of one caller, so that one does not use up all.
        if (lent.incrementAndGet() > 2 * maxLentPerShare) {
            lent.decrementAndGet();
            share.returnLent();
            throw new OverloadedException(2 * maxLentPerShare + " calls wait for their callers already");
        }
        lends.incrementAndGet();
        release(share);
    }

    /** Takes a permit for a task that has waited, even if none is free: nothing new starts until there is one. */
    void takeBack(Share share) {
        share.acquire();
        running.incrementAndGet();
        lent.decrementAndGet();
        share.returnLent();
    }

    /** Returns the permit of a task that has ended, and starts what is queued. */
    void release(Share share) {
        share.release();
        if (running.decrementAndGet() == 0) {
            signalIdle();
        }
        if (share.hasFollowers()) {
            lock.lock();
            try {
                settle(share);
            } finally {
                lock.unlock();
            }
        }
        drain();
    }

    /** Lets a call wait; {@code false} if it fails instead. */
    private boolean enqueue(QueuedCall call) {
        RpcException refusal = call.reasonNotToRun();
        if (refusal == null) {
            // Before it is queued: once it is, another thread may start it.
            call.watch();
        }
        lock.lock();
        try {
            if (refusal == null && call.isCounted() && isFull(call.share())) {
                refusal = new OverloadedException("the server is at its limit of " + maxConcurrentCalls
                        + " calls at once, and too many calls wait already; try again later");
            }
            if (refusal == null) {
                call.share().add(call);
                call.source().queued++;
                queued++;
                counted += call.isCounted() ? 1 : 0;
            }
            // Also if it fails: a permit that this thread held for a moment may have kept another call from starting.
            settle(call.share());
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            call.unwatch();
            call.fail(refusal);
        } else if (call.reasonNotToRun() != null) {
            leave(call);
        }
        drain();
        return refusal == null;
    }

    private boolean isFull(Share share) {
        Share parent = share.parent();
        return counted >= maxQueued
                || share.queued() >= maxQueuedPerShare
                || (parent != null && parent.queued() >= maxQueuedPerPrincipal);
    }

    /**
     * The share, and perhaps its parent, has made room, or has something to start: it gets its turn, or of those that
     * wait for the same parent the one that has waited longest. Under the lock.
     */
    private void settle(Share share) {
        boolean ready = share.queued() > 0 && !share.isInTurn() && share.hasRoom();
        Share parent = share.parent();
        if (parent == null) {
            if (ready) {
                beginTurn(share);
            }
            return;
        }
        if (ready) {
            // Before the parent is asked for room: who makes room looks for those that wait afterwards.
            parent.await(share);
        }
        while (parent.hasRoom()) {
            Share next = parent.pollWaiting();
            if (next == null) {
                return;
            }
            if (next.hasRoom()) {
                beginTurn(next);
                return; // One after another: this is called again when a call of it has started.
            }
            // When a call of it ends.
        }
    }

    private void beginTurn(Share share) {
        share.setInTurn(true);
        turns.add(share);
        waitingShares = turns.size();
    }

    /** Under the lock. */
    private void endTurn(Share share) {
        Share parent = share.parent();
        if (parent != null) {
            parent.forget(share);
        }
        if (share.isInTurn() && turns.remove(share)) {
            share.setInTurn(false);
            waitingShares = turns.size();
        }
    }

    /** Starts what is queued, as far as there are permits. */
    private void drain() {
        if (waitingShares == 0 || draining.get() != null) {
            return;
        }
        draining.set(true);
        try {
            for (QueuedCall next = next(); next != null; next = next()) {
                next.unwatch();
                try {
                    start(next.share(), next.task(), next.executor());
                } finally {
                    dequeued(next.source());
                }
            }
        } finally {
            draining.remove();
        }
    }

    /** The call whose turn it is, with its permit; {@code null} if none can start now. */
    private @Nullable QueuedCall next() {
        lock.lock();
        try {
            for (Share share = turns.peek(); share != null; share = turns.peek()) {
                if (share.tryAcquire()) {
                    if (!tryAcquire()) {
                        share.release();
                        return null;
                    }
                    endTurn(share);
                    QueuedCall next = share.poll();
                    if (next == null) {
                        throw new IllegalStateException("a share without calls has its turn");
                    }
                    count(next);
                    settle(share);
                    return next;
                }
                endTurn(share); // Until a call of it, or of its parent, ends.
                settle(share);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** A call is no longer queued. Under the lock. */
    private void count(QueuedCall gone) {
        queued--;
        counted -= gone.isCounted() ? 1 : 0;
    }

    /** A queued call has been cancelled, or its deadline has passed: it fails, unless it has been started. */
    void leave(QueuedCall call) {
        lock.lock();
        try {
            if (!call.share().remove(call)) {
                return;
            }
            count(call);
            failing++;
            if (call.share().queued() == 0) {
                endTurn(call.share());
                settle(call.share()); // A sibling may wait for its turn.
            }
        } finally {
            lock.unlock();
        }
        RpcException reason = call.reasonGone();
        drain();
        // Not on this thread, which may hold the call's own lock or be the timer.
        Guard.start("parley-call", () -> {
            try {
                call.unwatch();
                call.fail(reason);
            } finally {
                lock.lock();
                try {
                    failing--;
                } finally {
                    lock.unlock();
                }
                dequeued(call.source());
                signalIdle();
            }
        });
    }

    /** Lets a source be read again if none of its calls waits. */
    private void dequeued(LimitedSource source) {
        boolean last;
        lock.lock();
        try {
            last = --source.queued == 0;
        } finally {
            lock.unlock();
        }
        if (last) {
            // It may fail, such as when the wire's event loop has ended; other sources must go on.
            Guard.run("a source of calls that is to be read on", source.resume, error -> {});
        }
    }

    private void start(Share share, Runnable task, Executor executor) {
        // The user's executor may be full or shut down. The call was accepted, so it must still get a response.
        Guard.execute("call", executor, task, error -> {
            if (task instanceof ActiveCall call) {
                call.notRun(error);
            } else {
                release(share);
            }
        });
    }

    /**
     * No signal is lost: a waiter registers before it reads the counts, and this runs after each change by which they
     * may have become zero.
     */
    private void signalIdle() {
        if (idleWaiters.get() > 0) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether no call is running, queued, or waiting without a permit. Under the lock, which queued calls need to start. */
    private boolean isIdle() {
        // A task that lends its permit is in one of the counts at any time: it moves to the one that is read first, or
        // this number grows.
        long before = lends.get();
        // Calls that sources keep are read first of all: they are dispatched before they are no longer kept.
        return keeping.get() == 0
                && lent.get() == 0
                && running.get() == 0
                && queued == 0
                && failing == 0
                && lends.get() == before;
    }

    /** How many calls are queued. */
    int queued() {
        lock.lock();
        try {
            return queued;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Blocks until no call is running, queued, or kept by its source.
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
