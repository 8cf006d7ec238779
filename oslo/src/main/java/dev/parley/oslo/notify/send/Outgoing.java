package dev.parley.oslo.notify.send;

import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Priority;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notification on its way to the drivers. Immutable, except for what the payload itself allows.
 *
 * @param content what is sent
 * @param priority its priority
 * @param topics where it is published
 * @param deadline how long it may wait for the broker
 */
record Outgoing(NotificationContent content, Priority priority, List<String> topics, Duration deadline) {
    /** As drivers of users get it. */
    @SuppressWarnings("NullAway") // It does not see that T is nullable.
    Notification<@Nullable Object> notification() {
        return new Notification<>(
                content.messageId(),
                content.publisherId(),
                content.eventType(),
                priority,
                content.timestamp(),
                content.payload(),
                content.context());
    }
}
