package dev.parley.broker.channel;

import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is not acknowledged yet. Immutable.
 *
 * @param consumer {@code null} if it was fetched by basic.get
 * @param sentAtNanos in the terms of {@link System#nanoTime()}
 */
record Unacked(
        long tag,
        MessageQueue queue,
        QueuedMessage message,
        @Nullable ChannelConsumer consumer,
        long sentAtNanos) {
    /** A delivery that is sent now. */
    static Unacked now(long tag, MessageQueue queue, QueuedMessage message, @Nullable ChannelConsumer consumer) {
        return new Unacked(tag, queue, message, consumer, System.nanoTime());
    }

    /** Frees the room that was reserved for it. */
    void settled() {
        if (consumer != null) {
            consumer.settled();
        }
    }
}
