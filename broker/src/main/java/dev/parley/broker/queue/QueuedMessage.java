package dev.parley.broker.queue;

/** A message in one queue. Its mutable parts belong to the queue and change under the queue's lock. */
public final class QueuedMessage {
    public final Message message;
    /** The order in the queue: a message that comes back goes where it was. */
    public final long position;
    /** In the terms of {@link System#nanoTime()}; {@link #NEVER} if it does not expire. */
    public final long expiresAt;

    public final int priority;
    /** How often it came back from a consumer. */
    public int returned;

    public static final long NEVER = Long.MAX_VALUE;

    public QueuedMessage(Message message, long position, long expiresAt, int priority) {
        this.message = message;
        this.position = position;
        this.expiresAt = expiresAt;
        this.priority = priority;
    }

    public boolean redelivered() {
        return returned > 0;
    }
}
