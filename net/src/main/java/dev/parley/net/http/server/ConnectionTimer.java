package dev.parley.net.http.server;

import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.OutputProgress;
import io.netty.channel.Channel;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the one deadline that a connection has at a time.
 *
 * <p>The deadline moves with every request and every part of a body, so moving it costs no more than a field: the timer
 * runs at most once per shortest timeout and compares. Confined to the connection's event loop.
 */
final class ConnectionTimer {
    private static final long MIN_PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** So much longer may a message take for each byte. */
    private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / HttpLimits.BYTES_PER_SECOND;

    private final Channel channel;
    private final OutputProgress output;
    private final long idle;
    private final long read;
    private final long request;
    private final long period;
    private long deadline;
    /** When the message that is received or sent must be over. */
    private long end;

    /** Whether the body of a request is awaited. */
    private boolean receiving;

    private boolean stopped;
    private @Nullable Future<?> next;

    ConnectionTimer(Channel channel, HttpLimits limits) {
        this.channel = channel;
        this.output = new OutputProgress(channel);
        this.idle = limits.idleTimeout().toNanos();
        this.read = limits.readTimeout().toNanos();
        this.request = limits.requestTimeout().toNanos();
        this.period = Math.max(MIN_PERIOD_NANOS, Math.min(Math.min(idle, read), request));
    }

    /** Starts watching, until the channel is closed; the action runs each time the deadline is found to have passed. */
    void start(Runnable action) {
        idle();
        // Else it would keep closed connections in memory until its next check.
        channel.closeFuture().addListener(closed -> stop());
        schedule(action, period);
    }

    /** A request is awaited. */
    void idle() {
        receiving = false;
        deadline = System.nanoTime() + idle;
    }

    /** The peer must read the last response, and close. */
    void closing() {
        receiving = false;
        deadline = System.nanoTime() + read;
    }

    /** A response has left: the next request is awaited, or the end of the connection. */
    void sent(boolean last) {
        if (last) {
            closing();
        } else if (!receiving) {
            idle();
        }
    }

    /** The body of a request is inflated. */
    void inflating() {
        receiving = false;
        deadline = System.nanoTime() + request;
    }

    /** The body of a request begins. */
    void receiving() {
        long now = System.nanoTime();
        receiving = true;
        end = now + request;
        expire(now);
    }

    /** A part of it has been received. */
    void received(int bytes) {
        end += bytes * NANOS_PER_BYTE;
        expire(System.nanoTime());
    }

    /** A response is being sent that the peer may take a while to read. */
    void sending(int bytes) {
        long now = System.nanoTime();
        receiving = false;
        end = now + request + bytes * NANOS_PER_BYTE;
        output.moved();
        expire(now);
    }

    /** Gives a peer more time that reads a response; {@code false} if it does not, or has had enough. */
    boolean extendSending() {
        long now = System.nanoTime();
        if (now - end >= 0 || !output.moved()) {
            return false;
        }
        expire(now);
        return true;
    }

    private void expire(long now) {
        deadline = now + Math.min(read, end - now);
    }

    /** Stops watching. */
    void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    private void schedule(Runnable action, long delay) {
        next = ChannelTasks.schedule(channel, () -> check(action), delay);
    }

    private void check(Runnable action) {
        if (!channel.isActive() || stopped) {
            return;
        }
        if (System.nanoTime() - deadline >= 0) {
            action.run();
        }
        long left = deadline - System.nanoTime();
        // A deadline that stays passed means nothing in this state.
        schedule(action, left <= 0 ? period : Math.clamp(left, MIN_PERIOD_NANOS, period));
    }
}
