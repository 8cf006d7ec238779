package dev.parley.oslo.notify.send;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An encoded notification for one topic. What may change is guarded by the lock of the {@link Outbox}. */
final class OutboxEntry {
    /** The longest deadline, in nanoseconds; longer ones count as this. */
    static final long MAX_NANOS = TimeUnit.DAYS.toNanos(3650);

    private final long number;
    private final @Nullable String exchange;
    private final String topic;
    private final String priority;
    private final byte[] body;
    private final long deadlineNanos;
    private final CountDownLatch written = new CountDownLatch(1);

    /** Whether it is on disk, so that its memory does not count. */
    boolean onDisk;

    /** Whether it is confirmed or has failed. */
    boolean settled;

    /**
     * An entry.
     *
     * @param number its place in the order
     * @param exchange the exchange, {@code null} for the default one of the address
     * @param topic the topic
     * @param priority the priority in lower case
     * @param body the message, never modified
     * @param deadlineNanos {@link System#nanoTime()} at its deadline
     */
    OutboxEntry(
            long number, @Nullable String exchange, String topic, String priority, byte[] body, long deadlineNanos) {
        this.number = number;
        this.exchange = exchange;
        this.topic = topic;
        this.priority = priority;
        this.body = body;
        this.deadlineNanos = deadlineNanos;
    }

    long number() {
        return number;
    }

    @Nullable
    String exchange() {
        return exchange;
    }

    String topic() {
        return topic;
    }

    String priority() {
        return priority;
    }

    byte[] body() {
        return body;
    }

    long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }

    boolean isLate() {
        return remainingNanos() <= 0;
    }

    /** Released when it is on disk, or cannot be. */
    CountDownLatch written() {
        return written;
    }
}
