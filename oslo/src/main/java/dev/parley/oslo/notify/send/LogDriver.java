package dev.parley.oslo.notify.send;

import dev.parley.SerializationException;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.notify.Priority;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The driver {@code log}: logs notifications as JSON without their secrets, with a logger per event type. Thread-safe.
 *
 * @param mapper encodes payloads
 */
record LogDriver(JsonMapper mapper) implements SendDriver {
    /** The name in oslo.messaging. */
    private static final String LOGGER = "oslo.messaging.notification.";

    @Override
    public void send(Outgoing notification) {
        NotificationContent content = notification.content();
        Logger log = LoggerFactory.getLogger(LOGGER + content.eventType());
        Level level = level(notification.priority());
        if (log.isEnabledForLevel(level)) {
            log.makeLoggingEventBuilder(level).log("{}", text(content));
        }
    }

    private String text(NotificationContent content) {
        try {
            ObjectNode message = mapper.createObjectNode();
            message.put("message_id", content.messageId());
            message.put("publisher_id", content.publisherId());
            message.put("event_type", content.eventType());
            message.put("priority", content.priority());
            message.set("payload", mapper.valueToTree(content.payload()));
            message.put("timestamp", Codec.timestamp(content.timestamp()));
            return mapper.writeValueAsString(SecretMask.mask(message));
        } catch (JacksonException e) {
            throw new SerializationException(
                    "notification " + content.eventType() + " cannot be encoded: " + e.getOriginalMessage(), e);
        }
    }

    /** Python has no levels for audits and samples and does not log them. */
    private static Level level(Priority priority) {
        return switch (priority) {
            case DEBUG -> Level.DEBUG;
            case AUDIT, INFO, SAMPLE -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR, CRITICAL -> Level.ERROR;
        };
    }
}
