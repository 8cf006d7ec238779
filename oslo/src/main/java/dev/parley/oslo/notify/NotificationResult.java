package dev.parley.oslo.notify;

/** What an endpoint says about a notification. A method that returns {@code void} or {@code null} has handled it. */
public enum NotificationResult {
    /** It was handled, and is acknowledged. */
    HANDLED,
    /** It could not be handled now: it is delivered again later if the listener allows requeueing. */
    REQUEUE
}
