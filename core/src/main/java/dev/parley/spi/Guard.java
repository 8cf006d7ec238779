package dev.parley.spi;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last guard of what runs where nobody waits for it, such as on a virtual thread or a timer: whatever it throws,
 * {@link Error}s included, is told to whoever must answer or disconnect, and logged once with its place.
 *
 * <p>An error that has been guarded is not fatal, an {@link OutOfMemoryError} neither: most come from one large message,
 * whose memory is free again. See {@link FatalErrors} for those that are. Thread-safe.
 */
public final class Guard {
    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private Guard() {}

    /**
     * Runs a task. Does not throw.
     *
     * @param place names what is run, for the log
     * @param onError is told what the task threw: answers, disconnects or releases
     */
    public static void run(String place, Runnable task, Consumer<? super Throwable> onError) {
        try {
            task.run();
        } catch (Throwable e) {
            failed(place, e, onError);
        }
    }

    /** The task, so guarded that it does not throw. What it throws is logged only. */
    public static Runnable of(String place, Runnable task) {
        return of(place, task, Guard::nothing);
    }

    /** The task, guarded as by {@link #run}. */
    public static Runnable of(String place, Runnable task, Consumer<? super Throwable> onError) {
        Objects.requireNonNull(place, "place");
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(onError, "onError");
        return () -> run(place, task, onError);
    }

    /** Starts a virtual thread. What the task throws is logged only. */
    public static Thread start(String name, Runnable task) {
        return start(name, task, Guard::nothing);
    }

    /**
     * Starts a virtual thread.
     *
     * @param name of the thread, and the place for the log
     * @param onError is told what the task threw, or, on this thread, why there is no thread for it
     */
    public static Thread start(String name, Runnable task, Consumer<? super Throwable> onError) {
        Thread thread = Thread.ofVirtual().name(name).unstarted(of(name, task, onError));
        try {
            thread.start();
        } catch (Throwable e) {
            failed(name, e, onError);
        }
        return thread;
    }

    /**
     * Runs a task by a user's executor; if that throws anything, the task must run all the same: on a virtual thread.
     *
     * @param place names what is run, for the log and the virtual thread
     * @param task does not throw, and runs only once however often it is started: the executor may have started it
     * @param onError is told why there is no thread either
     */
    public static void execute(String place, Executor executor, Runnable task, Consumer<? super Throwable> onError) {
        try {
            executor.execute(task);
        } catch (Throwable e) {
            try {
                log.warn("the executor rejected a {}; running it on a virtual thread", place, e);
            } catch (Throwable unloggable) {
                // The task matters more.
            }
            Thread unused = start(place, task, onError);
        }
    }

    private static void nothing(Throwable error) {}

    private static void failed(String place, Throwable error, Consumer<? super Throwable> onError) {
        try {
            onError.accept(error);
        } catch (Throwable again) {
            log(place + ", while an error was handled", again);
        }
        log(place, error);
    }

    /** Logs an error that nothing else handles. Does not throw, even if there is no memory left to log it. */
    public static void log(String place, Throwable error) {
        try {
            log.error("{} failed", place, PrintableText.error(error));
        } catch (Throwable unloggable) {
            // What matters has been done before.
        }
    }
}
