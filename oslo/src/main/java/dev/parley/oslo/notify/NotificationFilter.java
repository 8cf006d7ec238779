package dev.parley.oslo.notify;

/** Selects notifications. */
public final class NotificationFilter {
    private NotificationFilter() {}
}
