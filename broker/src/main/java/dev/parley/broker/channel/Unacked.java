package dev.parley.broker.channel;

import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import org.jspecify.annotations.Nullable;

/** A delivery that awaits its acknowledgement; without a consumer it was fetched by basic.get. */
public record Unacked(
        long tag,
        MessageQueue queue,
        QueuedMessage message,
        @Nullable ChannelConsumer consumer) {
    /** The consumer may be sent another. */
    public void settled() {
        if (consumer != null) {
            consumer.settled();
        }
    }
}
