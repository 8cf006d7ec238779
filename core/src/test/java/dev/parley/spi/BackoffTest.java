package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration STEP = Duration.ofSeconds(2);
    private static final Duration MAX = Duration.ofSeconds(6);

    private static Backoff longest(Duration splay) {
        return Backoff.linear(FIRST, STEP, MAX, splay).withRandom(bound -> bound - 1);
    }

    private static Backoff shortest(Duration splay) {
        return Backoff.linear(FIRST, STEP, MAX, splay).withRandom(bound -> 0);
    }

    @Test
    void growsByTheStepUpToTheMaximum() {
        Backoff backoff = longest(Duration.ZERO);
        assertThat(LongStream.range(0, 6).map(failures -> backoff.pauseNanos((int) failures) / 1_000_000_000))
                .containsExactly(1L, 3L, 5L, 6L, 6L, 6L);
    }

    @Test
    void onlyTheFirstPauseMayBeZero() {
        Backoff backoff = shortest(Duration.ZERO);
        assertThat(backoff.pauseNanos(0)).isZero();
        assertThat(backoff.pauseNanos(1)).isEqualTo(Duration.ofMillis(1_500).toNanos());
        assertThat(backoff.pauseNanos(9)).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void addsTheSplay() {
        Duration splay = Duration.ofSeconds(10);
        assertThat(longest(splay).pauseNanos(0))
                .isEqualTo(Duration.ofSeconds(11).toNanos());
        assertThat(longest(splay).pauseNanos(9))
                .isEqualTo(Duration.ofSeconds(16).toNanos());
        assertThat(shortest(splay).pauseNanos(0)).isZero();
    }

    @Test
    void longDurationsDoNotOverflow() {
        Duration longest = Duration.ofSeconds(Integer.MAX_VALUE);
        Backoff backoff = Backoff.linear(longest, longest, longest, longest).withRandom(bound -> bound - 1);
        assertThat(backoff.pauseNanos(Integer.MAX_VALUE))
                .isEqualTo(longest.multipliedBy(2).toNanos());
    }

    @Test
    void zeroMeansNoPause() {
        Backoff backoff = Backoff.linear(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
        assertThat(backoff.pauseNanos(0)).isZero();
        assertThat(backoff.pauseNanos(7)).isZero();
    }

    @Test
    void isRandomWithinTheBounds() {
        Backoff backoff = Backoff.linear(FIRST, STEP, MAX, Duration.ZERO);
        long[] pauses =
                LongStream.range(0, 1_000).map(i -> backoff.pauseNanos(1)).toArray();
        assertThat(LongStream.of(pauses)).allMatch(nanos -> nanos >= 1_500_000_000L && nanos <= 3_000_000_000L);
        assertThat(LongStream.of(pauses).distinct().count()).isGreaterThan(900);
    }

    @Test
    void anExponentialBackoffDoublesAndNeverStartsAtOnce() {
        Backoff backoff = Backoff.exponential(Duration.ofMillis(40), Duration.ofMillis(200));
        assertThat(LongStream.range(0, 5)
                        .map(failures -> backoff.withRandom(bound -> bound - 1).pauseNanos((int) failures) / 1_000_000))
                .containsExactly(40L, 80L, 160L, 200L, 200L);
        assertThat(backoff.withRandom(bound -> 0).pauseNanos(0))
                .isEqualTo(Duration.ofMillis(20).toNanos());
    }
}
