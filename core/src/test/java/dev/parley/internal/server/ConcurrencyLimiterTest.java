package dev.parley.internal.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConcurrencyLimiterTest {
    @Test
    void permitsAreCounted() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);

        assertThat(limiter.tryAcquire()).isTrue();
        assertThat(limiter.available()).isEqualTo(1);
        assertThat(limiter.tryAcquire()).isTrue();
        assertThat(limiter.tryAcquire()).isFalse();
        assertThat(limiter.available()).isZero();
        assertThat(limiter.awaitIdle(1)).isFalse();

        limiter.release();
        limiter.release();
        assertThat(limiter.available()).isEqualTo(2);
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    @Test
    void aLentPermitLetsOthersStartAndStillCounts() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
        AtomicInteger ran = new AtomicInteger();
        assertThat(limiter.tryAcquire()).isTrue();
        assertThat(limiter.execute(ran::incrementAndGet, Runnable::run, () -> {}))
                .isFalse();
        assertThat(ran).hasValue(0);

        limiter.lend();
        assertThat(ran).hasValue(1);
        limiter.release(); // of the other one
        assertThat(limiter.available()).isEqualTo(1);
        assertThat(limiter.awaitIdle(0)).isFalse();

        assertThat(limiter.tryAcquire()).isTrue();
        limiter.takeBack(); // over the limit, for a moment
        assertThat(limiter.tryAcquire()).isFalse();
        limiter.release();
        assertThat(limiter.tryAcquire()).isFalse();
        limiter.release();
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    @Test
    void tenTimesAsManyPermitsMayBeLent() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);
        for (int i = 0; i < 20; i++) {
            assertThat(limiter.tryAcquire()).isTrue();
            limiter.lend();
        }
        assertThat(limiter.tryAcquire()).isTrue();
        assertThatThrownBy(limiter::lend)
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("20 calls wait for their callers already");
        assertThat(limiter.available()).isEqualTo(1);
        limiter.release();
        for (int i = 0; i < 20; i++) {
            limiter.takeBack();
            limiter.release();
        }
        assertThat(limiter.awaitIdle(0)).isTrue();
    }

    /** The wait has no limit and does not poll: a lost signal would hang the test. */
    @Test
    @Timeout(60)
    void waitersForIdlenessAreAlwaysWoken() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(2);
        AtomicInteger ran = new AtomicInteger();
        int rounds = 2_000;
        for (int round = 0; round < rounds; round++) {
            CountDownLatch submitted = new CountDownLatch(3);
            for (int i = 0; i < 3; i++) {
                Thread.ofVirtual().start(() -> {
                    limiter.execute(
                            () -> {
                                ran.incrementAndGet();
                                limiter.release();
                            },
                            task -> Thread.ofVirtual().start(task),
                            () -> {});
                    submitted.countDown();
                });
            }
            submitted.await();

            assertThat(limiter.awaitIdle(Long.MAX_VALUE)).isTrue();
            assertThat(ran).hasValue(3 * (round + 1));
        }
    }

    @Test
    void resumeRunsWhenTheQueueIsEmptyAgain() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);
        CountDownLatch resumed = new CountDownLatch(1);
        assertThat(limiter.tryAcquire()).isTrue();

        assertThat(limiter.execute(limiter::release, Runnable::run, resumed::countDown))
                .isFalse();
        assertThat(resumed.getCount()).isEqualTo(1);
        limiter.release();

        assertThat(resumed.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRejectedTaskRunsAllTheSame() throws Exception {
        ConcurrencyLimiter limiter = new ConcurrencyLimiter(1);

        limiter.execute(
                limiter::release,
                task -> {
                    throw new java.util.concurrent.RejectedExecutionException("shut down");
                },
                () -> {});

        assertThat(limiter.awaitIdle(TimeUnit.SECONDS.toNanos(10))).isTrue();
    }
}
