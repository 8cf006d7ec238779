package dev.parley.zerorpc.zmtp;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The delays between attempts to connect: 20 to 40 ms before the first retry, twice as long each time, up to 1 to 2
 * seconds. The random part keeps the clients of a server from returning all at once.
 *
 * <p>Not thread-safe.
 */
final class ReconnectBackoff {
    private static final long FIRST_MILLIS = 40;
    private static final long MAX_MILLIS = 2_000;

    private long upperMillis = FIRST_MILLIS;

    /** The delay before the next attempt, in milliseconds. */
    long nextMillis() {
        long delay = ThreadLocalRandom.current().nextLong(upperMillis / 2, upperMillis + 1);
        upperMillis = Math.min(2 * upperMillis, MAX_MILLIS);
        return delay;
    }

    /** Starts over with the first delay, after an attempt that succeeded. */
    void reset() {
        upperMillis = FIRST_MILLIS;
    }
}
