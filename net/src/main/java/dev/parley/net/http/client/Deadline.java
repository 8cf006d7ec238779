package dev.parley.net.http.client;

import dev.parley.RpcTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The time by which a call must have completed, or none. Immutable and thread-safe. */
final class Deadline {
    private static final long NEVER = Long.MAX_VALUE / 2;

    private final long start = System.nanoTime();
    private final long nanos;

    private Deadline(long nanos) {
        this.nanos = nanos;
    }

    static Deadline in(@Nullable Duration timeout) {
        if (timeout == null || timeout.compareTo(Duration.ofNanos(NEVER)) >= 0) {
            return new Deadline(NEVER);
        }
        return new Deadline(Math.max(0, timeout.toNanos()));
    }

    /** The earlier of this deadline and a timeout from now. */
    Deadline atMost(Duration timeout) {
        Deadline other = in(timeout);
        return other.remainingNanos() < remainingNanos() ? other : this;
    }

    boolean isNever() {
        return nanos == NEVER;
    }

    long remainingNanos() {
        return isNever() ? NEVER : Math.max(0, nanos - (System.nanoTime() - start));
    }

    /**
     * The remaining time as sockets expect it: in milliseconds, 0 for no limit.
     *
     * @throws RpcTimeoutException if the deadline has passed
     */
    int remainingMillis(String doing) {
        if (isNever()) {
            return 0;
        }
        long left = remainingNanos();
        if (left <= 0) {
            throw exceeded(doing);
        }
        return Math.clamp(TimeUnit.NANOSECONDS.toMillis(left + 999_999), 1, Integer.MAX_VALUE);
    }

    RpcTimeoutException exceeded(String doing) {
        return new RpcTimeoutException(
                "no response within " + Duration.ofNanos(nanos).toMillis() + " ms: timed out while " + doing);
    }
}
