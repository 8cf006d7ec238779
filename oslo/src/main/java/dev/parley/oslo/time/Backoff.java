package dev.parley.oslo.time;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * The pauses between attempts to reconnect: random, growing by a fixed step with each failed attempt up to a maximum.
 * Immutable, and safe for use by any thread.
 */
public final class Backoff {
    private final Duration first;
    private final Duration step;
    private final Duration max;
    private final Duration splay;
    private final LongUnaryOperator random;

    /**
     * A backoff with random pauses.
     *
     * @param first the upper bound of the first pause
     * @param step how much each failed attempt adds to the upper bound
     * @param max the maximum upper bound
     * @param splay the upper bound of a further random pause, which spreads out many clients that reconnect at once
     */
    public Backoff(Duration first, Duration step, Duration max, Duration splay) {
        this(first, step, max, splay, bound -> ThreadLocalRandom.current().nextLong(bound));
    }

    /**
     * A backoff with the given source of random numbers.
     *
     * @param random returns a number from 0 (inclusive) to its argument (exclusive), which is positive
     */
    public Backoff(Duration first, Duration step, Duration max, Duration splay, LongUnaryOperator random) {
        this.first = first;
        this.step = step;
        this.max = max;
        this.splay = splay;
        this.random = random;
    }

    /**
     * The pause before the next attempt, in nanoseconds. The first one may be 0; later ones are at least half of their
     * upper bound.
     *
     * @param failures how many attempts have failed so far, 0 or more
     */
    public long pauseNanos(int failures) {
        Duration grown = first.plus(step.multipliedBy(failures));
        // Compared as durations: the nanoseconds of one that has grown for long do not fit a long.
        long bound = (grown.compareTo(max) < 0 ? grown : max).toNanos();
        long atLeast = failures == 0 ? 0 : bound / 2;
        return atLeast + random.applyAsLong(bound - atLeast + 1) + random.applyAsLong(splay.toNanos() + 1);
    }
}
