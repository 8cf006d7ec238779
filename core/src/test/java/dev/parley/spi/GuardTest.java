package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuardTest {
    private static final class Unprintable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new OutOfMemoryError("no room for a message");
        }
    }

    @Test
    void whatAThreadThrowsIsTold() throws Exception {
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        Error error = new StackOverflowError();
        Guard.start(
                "a-test",
                () -> {
                    throw error;
                },
                told::complete);
        assertThat(told.get(30, TimeUnit.SECONDS)).isSameAs(error);
    }

    @Test
    void nothingEscapesAGuard() {
        AtomicBoolean told = new AtomicBoolean();
        Guard.run(
                "a test",
                () -> {
                    throw new Unprintable();
                },
                error -> {
                    told.set(true);
                    throw new Unprintable();
                });
        assertThat(told).isTrue();
    }

    @Test
    void aTaskRunsThoughItsExecutorFails() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        Guard.execute(
                "test",
                task -> {
                    throw new RejectedExecutionException("full");
                },
                ran::countDown,
                error -> {});
        assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRepeatedTaskGoesOnAfterAnError() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(3);
        ScheduledFuture<?> timer = Timers.every(1_000_000, () -> {
            third.countDown();
            if (runs.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            throw new Unprintable();
        });
        assertThat(third.await(30, TimeUnit.SECONDS)).isTrue();
        timer.cancel(false);
    }

    @Test
    void listenersAreToldOfAFatalErrorOnceEachAndOnAThreadOfTheirOwn() throws Exception {
        CompletableFuture<Thread> first = new CompletableFuture<>();
        CompletableFuture<Throwable> second = new CompletableFuture<>();
        Runnable forgetFirst = FatalErrors.listen(error -> {
            first.complete(Thread.currentThread());
            throw new Unprintable();
        });
        Runnable forgetSecond = FatalErrors.listen(second::complete);
        AtomicBoolean forgotten = new AtomicBoolean();
        FatalErrors.listen(error -> forgotten.set(true)).run();
        try {
            Error error = new OutOfMemoryError("all gone");
            FatalErrors.report("a test", error);
            assertThat(second.get(30, TimeUnit.SECONDS)).isSameAs(error);
            assertThat(first.get(30, TimeUnit.SECONDS)).isNotEqualTo(Thread.currentThread());
            assertThat(forgotten).isFalse();
        } finally {
            forgetFirst.run();
            forgetSecond.run();
        }
    }
}
