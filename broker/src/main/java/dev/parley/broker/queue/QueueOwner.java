package dev.parley.broker.queue;

/** The owner of exclusive queues: it alone may use them, and they are deleted when it goes. Thread-safe. */
public interface QueueOwner {
    /** The owner has declared this queue. */
    void addOwned(MessageQueue queue);

    /** The queue was deleted. */
    void removeOwned(MessageQueue queue);
}
