package dev.parley.internal.client;

import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.spi.Backoff;
import java.time.Duration;

/** The pause before another attempt of an idempotent call. Stateless and thread-safe. */
final class RetryPause {
    private static final Backoff BACKOFF = Backoff.exponential(Duration.ofMillis(50), Duration.ofSeconds(2));
    private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    private RetryPause() {}

    /**
     * The pause in nanoseconds: at least as long as an overloaded peer asks for.
     *
     * @param error why the last attempt failed
     * @param failures how many have failed
     */
    static long nanos(RpcException error, int failures) {
        Duration asked = error instanceof OverloadedException overloaded ? overloaded.retryAfter() : null;
        long least = asked == null ? 0 : asked.compareTo(MAX) < 0 ? asked.toNanos() : Long.MAX_VALUE;
        return Math.max(BACKOFF.pauseNanos(failures - 1), least);
    }
}
