package dev.parley.broker.queue;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A consumer as its queue sees it. Thread-safe; the queue calls it under its lock, so no method may block or take the
 * lock of a queue.
 */
public interface QueueConsumer {
    /** The consumer tag, unique in its channel. */
    String tag();

    /** The number of its connection, unique in the broker. */
    long connectionId();

    /** The number of its channel. */
    int channelNumber();

    /** Whether messages count as acknowledged when they are sent. */
    boolean noAck();

    /** Whether it must be the only consumer of the queue. */
    boolean exclusive();

    /** How many unacknowledged messages it may have; 0 is no limit. */
    int prefetch();

    /** How many unacknowledged messages it has. */
    int unacked();

    /** The arguments it subscribed with. */
    Map<String, @Nullable Object> arguments();

    /** Consumers of a higher priority are served first. Default 0. */
    int priority();

    /** Reserves room for one more message; false if there is none now. */
    boolean reserve();

    /** Hands over a message for which room was reserved. */
    void deliver(QueuedMessage message);

    /** The queue was deleted: the consumer gets no more messages. */
    void queueDeleted();
}
