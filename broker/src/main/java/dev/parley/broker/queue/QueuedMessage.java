package dev.parley.broker.queue;

/**
 * A message in one queue. All but its counts is immutable. They change under the queue's lock while the queue holds the
 * message; after the queue has handed it over, the receiving thread may read them until the message is settled.
 */
public final class QueuedMessage {
    /** The expiry of a message that does not expire. */
    static final long NEVER = Long.MAX_VALUE;

    final Message message;
    /** The order in the queue: a message that is requeued returns to its place. */
    final long position;
    /** In the terms of {@link System#nanoTime()}, or {@link #NEVER}. */
    final long expiresAt;

    final int priority;
    /** How often it was returned to the queue. */
    int returned;
    /** How often that counts towards the delivery limit. */
    int failed;

    QueuedMessage(Message message, long position, long expiresAt, int priority) {
        this.message = message;
        this.position = position;
        this.expiresAt = expiresAt;
        this.priority = priority;
    }

    /** The same message at another place of the queue. */
    QueuedMessage at(long other) {
        var moved = new QueuedMessage(message, other, expiresAt, priority);
        moved.returned = returned;
        moved.failed = failed;
        return moved;
    }

    /** The message as it was published. */
    public Message message() {
        return message;
    }

    /** Whether it was delivered before. */
    public boolean redelivered() {
        return returned > 0;
    }
}
