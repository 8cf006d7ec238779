package dev.parley.spi;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;

/**
 * The pauses between attempts: random, so that many clients do not come back at once, and growing with each failed
 * attempt up to a maximum. Immutable, thread-safe.
 */
public final class Backoff {
    private final Duration first;
    private final Duration step;
    private final int factor;
    private final Duration max;
    private final Duration splay;
    private final boolean mayStartAtOnce;
    private final LongUnaryOperator random;

    private Backoff(
            Duration first,
            Duration step,
            int factor,
            Duration max,
            Duration splay,
            boolean mayStartAtOnce,
            LongUnaryOperator random) {
        this.first = first;
        this.step = step;
        this.factor = factor;
        this.max = max;
        this.splay = splay;
        this.mayStartAtOnce = mayStartAtOnce;
        this.random = random;
    }

    /** Pauses that double, each at least half of its upper bound. */
    public static Backoff exponential(Duration first, Duration max) {
        return new Backoff(first, Duration.ZERO, 2, max, Duration.ZERO, false, Backoff::random);
    }

    /**
     * Pauses whose upper bound grows by a fixed step, as those of oslo.messaging. The first one may be 0; later ones
     * are at least half of their upper bound.
     *
     * @param splay the upper bound of a further random pause
     */
    public static Backoff linear(Duration first, Duration step, Duration max, Duration splay) {
        return new Backoff(first, step, 1, max, splay, true, Backoff::random);
    }

    private static long random(long bound) {
        return ThreadLocalRandom.current().nextLong(bound);
    }

    /**
     * With another source of random numbers.
     *
     * @param source returns a number from 0 (inclusive) to its argument (exclusive), which is positive
     */
    public Backoff withRandom(LongUnaryOperator source) {
        return new Backoff(first, step, factor, max, splay, mayStartAtOnce, source);
    }

    /** A further random pause alone, in nanoseconds, for what is repeated after a fixed pause. */
    public long splayNanos() {
        return random.applyAsLong(splay.toNanos() + 1);
    }

    /**
     * The pause before the next attempt, in nanoseconds.
     *
     * @param failures how many attempts have failed since the last success, 0 or more
     */
    public long pauseNanos(int failures) {
        long most = max.toNanos();
        long bound = Math.min(first.toNanos(), most);
        for (int i = 0; i < failures && bound < most && (factor > 1 || !step.isZero()); i++) {
            // Compared before it is added up: long steps would overflow.
            long grown = factor * bound;
            bound = step.toNanos() < most - grown ? grown + step.toNanos() : most;
        }
        long atLeast = failures == 0 && mayStartAtOnce ? 0 : bound / 2;
        return atLeast + random.applyAsLong(bound - atLeast + 1) + splayNanos();
    }
}
