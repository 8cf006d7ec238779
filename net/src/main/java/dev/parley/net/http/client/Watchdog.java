package dev.parley.net.http.client;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Closes a socket at a deadline: for writes, and for Unix-domain sockets, which have no timeout of their own.
 * Thread-safe; {@link #start} and {@link #stop} are called by the thread that uses the socket.
 */
final class Watchdog implements Runnable {
    private static final ScheduledThreadPoolExecutor TIMER = timer();

    private final ClientSocket socket;
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile boolean fired;
    private @Nullable ScheduledFuture<?> task;

    private Watchdog(ClientSocket socket) {
        this.socket = socket;
    }

    static Watchdog start(Deadline deadline, ClientSocket socket) {
        Watchdog watchdog = new Watchdog(socket);
        watchdog.task = TIMER.schedule(watchdog, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        return watchdog;
    }

    @Override
    public void run() {
        if (done.compareAndSet(false, true)) {
            fired = true;
            socket.close();
        }
    }

    boolean hasFired() {
        return fired;
    }

    /** Cancels the watchdog; returns whether it has fired. */
    boolean stop() {
        boolean hasFired = !done.compareAndSet(false, true);
        if (task != null) {
            task.cancel(false);
        }
        return hasFired;
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("parley-watchdog").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }
}
