package dev.parley.net.http.server;

import io.netty.channel.Channel;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the one deadline that a connection has at a time.
 *
 * <p>The deadline moves with every request and every part of a body, so moving it costs no more than a field: the timer
 * runs at most once per shortest timeout and compares. Used on the connection's event loop only.
 */
final class ConnectionTimer {
    private static final long MIN_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Channel channel;
    private final long period;
    private long deadline;
    private boolean stopped;
    private @Nullable Future<?> next;

    ConnectionTimer(Channel channel, HttpLimits limits) {
        this.channel = channel;
        this.period = Math.max(
                MIN_PERIOD_NANOS,
                Math.min(limits.idleTimeout().toNanos(), limits.readTimeout().toNanos()));
    }

    /** Starts watching, until the channel is closed; the action runs each time the deadline is found to have passed. */
    void start(long nanos, Runnable action) {
        expireIn(nanos);
        // Else it would keep closed connections in memory until its next check.
        channel.closeFuture().addListener(closed -> stop());
        schedule(action);
    }

    /** Moves the deadline to this time from now. */
    void expireIn(long nanos) {
        deadline = System.nanoTime() + nanos;
    }

    /** Stops watching. */
    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    private void schedule(Runnable action) {
        long delay = Math.clamp(deadline - System.nanoTime(), MIN_PERIOD_NANOS, period);
        next = channel.eventLoop().schedule(() -> check(action), delay, TimeUnit.NANOSECONDS);
    }

    private void check(Runnable action) {
        if (!channel.isActive() || stopped) {
            return;
        }
        if (System.nanoTime() - deadline >= 0) {
            action.run();
        }
        schedule(action);
    }
}
