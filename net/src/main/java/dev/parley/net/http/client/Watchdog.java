package dev.parley.net.http.client;

import dev.parley.spi.Timers;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Closes a socket at a deadline: for writes, and for Unix-domain sockets, which have no timeout of their own.
 * Thread-safe; {@link #start} and {@link #stop} are called by the thread that uses the socket.
 */
final class Watchdog implements Runnable {
    private final ClientSocket socket;
    private final AtomicBoolean done = new AtomicBoolean();
    private volatile boolean fired;
    private @Nullable ScheduledFuture<?> task;

    private Watchdog(ClientSocket socket) {
        this.socket = socket;
    }

    static Watchdog start(Deadline deadline, ClientSocket socket) {
        Watchdog watchdog = new Watchdog(socket);
        watchdog.task = Timers.after(deadline.remainingNanos(), watchdog);
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
}
