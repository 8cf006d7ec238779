package dev.parley.oslo.notify.send;

/** Takes notifications: what the names of {@code drivers} stand for. Thread-safe; does not block. */
@FunctionalInterface
interface SendDriver {
    /**
     * Takes a notification.
     *
     * @throws dev.parley.SerializationException if it cannot be encoded
     */
    void send(Outgoing notification);
}
