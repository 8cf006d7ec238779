package dev.parley.internal.server;

import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.spi.PeerLog;
import dev.parley.spi.PrintableText;
import dev.parley.spi.ServerCall;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that waits for a permit. It leaves the queue when it is its turn, or without being run when it is cancelled or
 * its deadline passes. Compared by identity. Thread-safe.
 */
final class QueuedCall {
    private static final Logger log = LoggerFactory.getLogger(QueuedCall.class);
    private static final PeerLog faults = new PeerLog(log);

    private final ConcurrencyLimiter limiter;
    private final LimitedSource source;
    private final Share share;
    private final boolean counted;
    private final ServerCall call;
    private final Runnable task;
    private final Executor executor;
    private volatile @Nullable ScheduledFuture<?> timer;

    QueuedCall(
            ConcurrencyLimiter limiter,
            LimitedSource source,
            Share share,
            ServerCall call,
            Runnable task,
            Executor executor) {
        this.limiter = limiter;
        this.source = source;
        this.share = share;
        this.counted = !source.refusesNone();
        this.call = call;
        this.task = task;
        this.executor = executor;
    }

    LimitedSource source() {
        return source;
    }

    Share share() {
        return share;
    }

    /** Whether it counts for the limit of what waits. */
    boolean isCounted() {
        return counted;
    }

    Runnable task() {
        return task;
    }

    Executor executor() {
        return executor;
    }

    /** Why it need not be run any more; {@code null} if it is to be run. */
    @Nullable
    RpcException reasonNotToRun() {
        Instant deadline = call.deadline();
        return call.isCancelled() || (deadline != null && !Instant.now().isBefore(deadline)) ? reasonGone() : null;
    }

    /** Why it is not run, if that is not the limit of the queue. */
    RpcException reasonGone() {
        return new RpcTimeoutException(
                call.isCancelled()
                        ? "the caller of " + call.method() + " is gone"
                        : "the deadline of " + call.method()
                                + " passed before its turn came: the server is at its limit");
    }

    /** From now on a cancellation, or the end of its deadline, takes it out of the queue. */
    void watch() {
        call.onCancel(this::leave);
        Instant deadline = call.deadline();
        if (deadline != null) {
            long left;
            try {
                left = Duration.between(Instant.now(), deadline).toNanos();
            } catch (ArithmeticException e) {
                return; // in some centuries
            }
            timer = Timers.after(left, this::leave);
        }
    }

    /** After {@link #watch}, and before anything else that sets what a cancellation does. */
    void unwatch() {
        call.onCancel(null);
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }

    private void leave() {
        limiter.leave(this);
    }

    /** Fails it instead of running it. */
    void fail(RpcException reason) {
        if (reason instanceof OverloadedException) {
            faults.warn(call.remoteAddress(), "refused {} {}: {}", call.wire(), call.method(), reason.getMessage());
        } else {
            log.debug("{} {}: {}", call.wire(), PrintableText.line(call.method()), reason.getMessage());
        }
        call.fail(reason);
    }
}
