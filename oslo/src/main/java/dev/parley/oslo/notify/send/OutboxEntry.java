package dev.parley.oslo.notify.send;

import java.util.concurrent.TimeUnit;

/**
 * An encoded notification for one topic.
 *
 * @param number its place in the order
 * @param topic the topic
 * @param priority the priority in lower case
 * @param body the message, never modified
 * @param deadlineNanos {@link System#nanoTime()} at its deadline
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record OutboxEntry(long number, String topic, String priority, byte[] body, long deadlineNanos) {
    /** The longest deadline, in nanoseconds; longer ones count as this. */
    static final long MAX_NANOS = TimeUnit.DAYS.toNanos(3650);

    long remainingNanos() {
        return deadlineNanos - System.nanoTime();
    }
}
