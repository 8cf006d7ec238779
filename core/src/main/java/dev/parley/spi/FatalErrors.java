package dev.parley.spi;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The errors after which the wires of this process cannot be relied on: those that ended an event loop's own work, which
 * is nearly always an {@link OutOfMemoryError}. Tells everyone who listens, so that no port accepts and does not answer.
 *
 * <p>An error that only a request, a connection or a task ran into is not one of them; see {@link Guard}. Thread-safe.
 */
public final class FatalErrors {
    private static final Logger log = LoggerFactory.getLogger(FatalErrors.class);

    private static final Set<Consumer<? super Throwable>> listeners = ConcurrentHashMap.newKeySet();

    /** The error to tell; {@code null} if there is none. */
    private static final AtomicReference<@Nullable Throwable> pending = new AtomicReference<>();

    private FatalErrors() {}

    /** Tells the listeners. It runs from the first listener on, since after an error it might not start any more. */
    private static final class Teller {
        private static final Thread THREAD =
                Thread.ofPlatform().daemon().name("parley-fatal-errors").unstarted(FatalErrors::tell);

        static {
            THREAD.start();
        }

        private Teller() {}
    }

    /**
     * Adds a listener. It is told on a thread of its own, on which it may block.
     *
     * @return removes it
     */
    public static Runnable listen(Consumer<? super Throwable> listener) {
        Objects.requireNonNull(listener, "listener");
        if (!Teller.THREAD.isAlive()) {
            throw new IllegalStateException("the thread that tells of fatal errors has ended");
        }
        // One that is equal to no other, so that each is removed by itself.
        Consumer<Throwable> own = new Consumer<>() {
            @Override
            public void accept(Throwable error) {
                listener.accept(error);
            }
        };
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    /**
     * Reports a fatal error; those that follow before the listeners have been told are only logged. Does not throw and
     * needs no memory before the listeners' thread has been woken.
     *
     * @param place names what has failed, for the log
     */
    public static void report(String place, Throwable error) {
        if (!listeners.isEmpty() && pending.compareAndSet(null, error)) {
            LockSupport.unpark(Teller.THREAD);
        }
        try {
            log.error("{} failed: closing its connections, and servers stop", place, PrintableText.error(error));
        } catch (Throwable unloggable) {
            // What matters has been done before.
        }
    }

    private static void tell() {
        while (true) {
            Throwable error = pending.get();
            if (error == null) {
                LockSupport.park(FatalErrors.class);
                continue;
            }
            try {
                for (Consumer<? super Throwable> listener : listeners) {
                    Guard.run("a listener to fatal errors", () -> listener.accept(error), again -> {});
                }
                pending.set(null);
            } catch (Throwable again) {
                // No memory even for that: once more after a pause.
                LockSupport.parkNanos(100_000_000);
            }
        }
    }
}
