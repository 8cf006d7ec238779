package dev.parley.oslo.notify;

/** Takes the notifications of a {@link Notifier}, in addition to or in place of the broker. */
@FunctionalInterface
public interface NotificationDriver {
    /**
     * Takes a notification, on the thread of its publisher. Must be thread-safe and must not block. An exception is
     * logged and does not reach the publisher.
     */
    void notify(Notification<?> notification);
}
