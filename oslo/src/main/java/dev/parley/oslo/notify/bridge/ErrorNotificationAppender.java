package dev.parley.oslo.notify.bridge;

import dev.parley.oslo.notify.bridge.log.RecordEvent;

/**
 * A Logback appender that publishes the texts of errors as notifications of event {@code error_notification}: the
 * counterpart of oslo.messaging's {@code LoggingErrorNotificationHandler}.
 *
 * <p>The payload is {@code {"error": "the text of the record"}} and the priority is error. Everything else is as for
 * {@link NotificationAppender}, except that the default level is {@code ERROR} and the default publisher id is {@code
 * error.publisher}. Thread-safe in the same way.
 */
public class ErrorNotificationAppender extends NotificationAppender {
    /** An appender for event {@code error_notification}; Logback calls this. */
    public ErrorNotificationAppender() {
        super(RecordEvent.ERROR, "error.publisher", "ERROR");
    }
}
