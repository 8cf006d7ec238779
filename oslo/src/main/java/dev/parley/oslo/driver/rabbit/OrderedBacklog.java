package dev.parley.oslo.driver.rabbit;

import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.driver.OutboundMessage;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an {@link OrderedPublisher} that are neither confirmed nor failed, in order, written ones included.
 * Thread-safe, except {@link #await}, which is for one thread.
 */
final class OrderedBacklog {
    /** A message, and where it was written last. */
    static final class Entry {
        final long number;
        final OutboundMessage message;
        volatile @Nullable OrderedChannel writtenOn;

        private Entry(long number, OutboundMessage message) {
            this.number = number;
            this.message = message;
        }
    }

    private final ConcurrentNavigableMap<Long, Entry> entries = new ConcurrentSkipListMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Semaphore wakeUps = new Semaphore(0);

    void add(OutboundMessage message) {
        Entry entry = new Entry(numbers.incrementAndGet(), message);
        entries.put(entry.number, entry);
        message.confirmed().whenComplete((nothing, error) -> {
            entries.remove(entry.number);
            // A writer that publishes one message at a time waits for this.
            wakeUp();
        });
        wakeUp();
    }

    /** The first message from this number on, {@code null} if there is none. */
    @Nullable
    Entry from(long number) {
        Map.Entry<Long, Entry> found = entries.ceilingEntry(number);
        return found == null ? null : found.getValue();
    }

    Iterable<Entry> all() {
        return entries.values();
    }

    /** Lets the thread in {@link #await} look again. */
    void wakeUp() {
        if (wakeUps.availablePermits() == 0) {
            wakeUps.release();
        }
    }

    /** Waits until {@link #wakeUp} was called since the last time, but no longer than this. */
    void await(long nanos) throws InterruptedException {
        if (wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            wakeUps.drainPermits();
        }
    }

    /** Fails the messages whose deadline has passed. */
    void expire(@Nullable RpcException problem) {
        for (Entry entry : entries.values()) {
            if (entry.message.remainingNanos() <= 0) {
                String text = "the message could not be sent in time";
                entry.message.fail(
                        problem == null
                                ? new RpcTimeoutException(text + ": the broker did not confirm it")
                                : new RpcTimeoutException(text + ": " + problem.getMessage(), problem));
            }
        }
    }

    void failAll() {
        for (Entry entry : entries.values()) {
            entry.message.fail(PublishQueue.closedTooEarly());
        }
    }
}
