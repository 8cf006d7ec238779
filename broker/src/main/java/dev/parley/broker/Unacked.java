package dev.parley.broker;

import org.jspecify.annotations.Nullable;

/** A delivery that awaits its acknowledgement; without a consumer it was fetched by basic.get. */
record Unacked(
        long tag,
        MessageQueue queue,
        QueuedMessage message,
        @Nullable Consumer consumer) {
    /** The consumer may be sent another. */
    void settled() {
        if (consumer != null) {
            consumer.settled();
        }
    }
}
