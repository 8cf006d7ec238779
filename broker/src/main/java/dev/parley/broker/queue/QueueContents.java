package dev.parley.broker.queue;

/**
 * What a queue holds at one moment. Bytes are those of bodies alone. Immutable.
 *
 * @param persistent how many messages have the delivery mode 2, in a durable queue
 */
public record QueueContents(
        int ready, long readyBytes, int unacked, long unackedBytes, int persistent, long persistentBytes) {}
