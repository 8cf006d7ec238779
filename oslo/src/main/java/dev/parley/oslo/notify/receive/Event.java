package dev.parley.oslo.notify.receive;

import dev.parley.ProtocolException;
import dev.parley.Serializer;
import dev.parley.oslo.message.ReceivedNotification;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationFilter;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationDelivery;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;

/** A notification that is being handled. Confined to the thread that handles it. */
final class Event {
    private static final Object NOT_READ = new Object();

    private final NotificationDelivery delivery;
    private final ReceivedNotification message;
    private final Priority priority;
    private final ObjectMapper mapper;
    private final @Nullable Serializer serializer;
    private final Map<String, @Nullable Object> context;
    private @Nullable Object plain = NOT_READ;

    /**
     * An event.
     *
     * @param serializer converts the context and the payload, {@code null} to leave them as they are
     * @throws ProtocolException if the context is malformed
     */
    Event(
            NotificationDelivery delivery,
            ReceivedNotification message,
            Priority priority,
            ObjectMapper mapper,
            @Nullable Serializer serializer) {
        this.delivery = delivery;
        this.message = message;
        this.priority = priority;
        this.mapper = mapper;
        this.serializer = serializer;
        Map<String, @Nullable Object> sent = message.context();
        this.context = serializer == null ? sent : serializer.deserializeContext(sent);
    }

    NotificationDelivery delivery() {
        return delivery;
    }

    Priority priority() {
        return priority;
    }

    String publisherId() {
        return message.publisherId();
    }

    String eventType() {
        return message.eventType();
    }

    Map<String, @Nullable Object> context() {
        return context;
    }

    /** The context as a type: a map, or for example a {@link dev.parley.oslo.RequestContext}. */
    @Nullable
    Object context(JavaType type) {
        return type.getRawClass().isInstance(context) ? context : convert("context", context, type);
    }

    /** What oslo.messaging calls metadata: the id and the timestamp, as they were sent. */
    Map<String, @Nullable Object> metadata() {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("message_id", message.messageId());
        metadata.put("timestamp", message.timestampText());
        return metadata;
    }

    /** The payload as maps, lists and scalars, or what the serializer makes of them. */
    @Nullable
    Object payload() {
        if (plain == NOT_READ) {
            Object value = message.payload(Object.class);
            plain = serializer == null ? value : serializer.deserializeEntity(context, value);
        }
        return plain;
    }

    /**
     * The payload as a type.
     *
     * @throws ProtocolException if it does not fit
     */
    @Nullable
    Object payload(JavaType type) {
        Object value = type.isJavaLangObject()
                ? payload()
                : serializer == null ? message.payload(type) : convert("payload", payload(), type);
        if (value == null && type.isPrimitive()) {
            throw new ProtocolException("notification " + eventType() + " has no payload, expected a "
                    + type.getRawClass().getName());
        }
        return value;
    }

    private @Nullable Object convert(String what, @Nullable Object value, JavaType type) {
        if (value == null || type.getRawClass().isInstance(value)) {
            return value;
        }
        try {
            return mapper.convertValue(value, type);
        } catch (JacksonException e) {
            throw new ProtocolException(
                    "the " + what + " of notification " + eventType() + " is not a valid " + type.toCanonical() + ": "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    /** The notification with its payload as a type. */
    @SuppressWarnings("NullAway") // The payload of a Notification<T> may be null whatever T is.
    Notification<?> notification(JavaType payloadType) {
        return new Notification<Object>(
                message.messageId(),
                publisherId(),
                eventType(),
                priority,
                message.timestamp(),
                payload(payloadType),
                context);
    }

    boolean matches(@Nullable NotificationFilter filter) {
        return filter == null
                || filter.matches(
                        context, publisherId(), eventType(), filter.readsPayload() ? payload() : null, metadata());
    }

    /** The notification for logs: without payload and context, which may contain secrets. */
    @Override
    public String toString() {
        return priority + " " + eventType() + " of " + publisherId() + " (" + message.messageId() + ")";
    }
}
