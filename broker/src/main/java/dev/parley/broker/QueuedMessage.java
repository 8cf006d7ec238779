package dev.parley.broker;

/** A message in one queue. Its mutable parts belong to the queue and change under the queue's lock. */
final class QueuedMessage {
    final Message message;
    /** The order in the queue: a message that comes back goes where it was. */
    final long position;
    /** In the terms of {@link System#nanoTime()}; {@link #NEVER} if it does not expire. */
    final long expiresAt;

    final int priority;
    /** How often it came back from a consumer. */
    int returned;

    static final long NEVER = Long.MAX_VALUE;

    QueuedMessage(Message message, long position, long expiresAt, int priority) {
        this.message = message;
        this.position = position;
        this.expiresAt = expiresAt;
        this.priority = priority;
    }

    boolean redelivered() {
        return returned > 0;
    }
}
