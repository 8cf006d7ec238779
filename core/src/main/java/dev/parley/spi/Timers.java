package dev.parley.spi;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The timer of this process: one daemon thread for the deadlines of calls and the retries of wires. What it runs must
 * not block. What a task throws, {@link Error}s included, is logged, and a repeated one is run again. Thread-safe.
 */
public final class Timers {
    private static final String PLACE = "a timer";

    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private Timers() {}

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("parley-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** Runs a task once, after so many nanoseconds. */
    public static ScheduledFuture<?> after(long nanos, Runnable task) {
        return TIMER.schedule(Guard.of(PLACE, task), nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs a task again and again, with so many nanoseconds between. */
    public static ScheduledFuture<?> every(long nanos, Runnable task) {
        return TIMER.scheduleWithFixedDelay(Guard.of(PLACE, task), nanos, nanos, TimeUnit.NANOSECONDS);
    }
}
