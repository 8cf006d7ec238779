package dev.parley.broker.channel;

import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import org.jspecify.annotations.Nullable;

/**
 * A delivery that is not acknowledged yet. Immutable.
 *
 * @param consumer {@code null} if it was fetched by basic.get
 */
record Unacked(
        long tag,
        MessageQueue queue,
        QueuedMessage message,
        @Nullable ChannelConsumer consumer) {
    /** Frees the room that was reserved for it. */
    void settled() {
        if (consumer != null) {
            consumer.settled();
        }
    }
}
