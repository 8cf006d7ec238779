package dev.parley.net.websocket;

import dev.parley.net.http.server.HttpLimits;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Finds out that a peer takes too long for a message. Confined to the event loop. */
final class MessageTimer {
    private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / HttpLimits.BYTES_PER_SECOND;

    private final Channel channel;
    private final long timeout;
    private final Owner owner;
    private boolean receiving;
    /** When the message began that is being received. */
    private long begun;

    private @Nullable Future<?> timer;

    /** Knows how the message is doing. */
    interface Owner {
        /** How much of the message is there, in bytes. */
        long received();

        /** Whether this side does not read, so that the peer cannot send. */
        boolean isPaused();

        void tooSlow();
    }

    MessageTimer(Channel channel, Duration timeout, Owner owner) {
        this.channel = channel;
        this.timeout = timeout.toNanos();
        this.owner = owner;
    }

    /** A part of a message is there, and not all of it. */
    void receiving() {
        if (!receiving) {
            receiving = true;
            begun = System.nanoTime();
            if (timer == null) {
                schedule(timeout);
            }
        }
    }

    /** A message is complete. */
    void received() {
        receiving = false;
    }

    void stop() {
        receiving = false;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void schedule(long nanos) {
        timer = channel.eventLoop().schedule(this::check, nanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        timer = null;
        if (!receiving) {
            return;
        }
        long now = System.nanoTime();
        if (owner.isPaused()) {
            begun = now;
        }
        long left = begun + timeout + owner.received() * NANOS_PER_BYTE - now;
        if (left <= 0) {
            receiving = false;
            owner.tooSlow();
        } else {
            schedule(Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
        }
    }
}
