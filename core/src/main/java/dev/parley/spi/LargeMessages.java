package dev.parley.spi;

import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets at most half of the processors decode large messages at a time, the longest waiting first: virtual threads are
 * not preempted, so that a few large messages would keep everything else waiting. Small messages never ask. Thread-safe.
 */
public final class LargeMessages {
    /** Messages of more bytes than this are large: they are not decoded on an event loop, on any transport. */
    public static final int LARGE = 64 << 10;

    private static final LargeMessages PROCESS =
            new LargeMessages(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    private final Semaphore places;

    LargeMessages(int places) {
        this.places = new Semaphore(places, true);
    }

    /** That of this process. */
    static LargeMessages process() {
        return PROCESS;
    }

    /**
     * Waits for the turn of a message, which ends when the result is closed; at once if it is small. For a message whose
     * memory is charged elsewhere; not to be called on an event loop for a large one.
     *
     * @throws CancellationException if the thread is interrupted, which stays set
     */
    public static Turn turn(long bytes) {
        if (bytes <= LARGE) {
            return Turn.NONE;
        }
        PROCESS.enter(Long.MAX_VALUE);
        return PROCESS::leave;
    }

    /** The turn of a message. */
    @FunctionalInterface
    public interface Turn extends AutoCloseable {
        /** That of a small message. */
        Turn NONE = () -> {};

        /** Ends it. */
        @Override
        void close();
    }

    /**
     * Waits for a place; {@link #leave} must follow.
     *
     * @param nanos how long at most
     * @throws CancellationException if the time passes or the thread is interrupted, which stays set
     */
    void enter(long nanos) {
        try {
            if (!places.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                throw new CancellationException("the deadline has passed before the message could be decoded");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("canceled before the message could be decoded");
        }
    }

    void leave() {
        places.release();
    }

    /** How many may decode now. */
    int available() {
        return places.availablePermits();
    }
}
