package dev.parley.oslo.time;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One daemon thread for all timers of the process. Tasks must not block. Safe for use by any thread. */
public final class Timers {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private Timers() {}

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("parley-oslo-timer").factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** Runs a task once after a delay. */
    public static ScheduledFuture<?> after(long nanos, Runnable task) {
        return TIMER.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    /** Runs a task again and again, the first time after the delay. A task that throws is not run again. */
    public static ScheduledFuture<?> every(long nanos, Runnable task) {
        return TIMER.scheduleWithFixedDelay(task, nanos, nanos, TimeUnit.NANOSECONDS);
    }
}
