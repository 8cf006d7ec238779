package dev.parley.oslo.notify;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A notification as an endpoint gets it: {@code void info(Notification<InstancePayload> notification)}. Immutable,
 * except for what the payload itself allows.
 *
 * @param <T> the type of the payload
 */
public final class Notification<T extends @Nullable Object> {
    private final String messageId;
    private final String publisherId;
    private final String eventType;
    private final Priority priority;
    private final @Nullable Instant timestamp;
    private final T payload;
    private final Map<String, @Nullable Object> context;

    /**
     * A notification.
     *
     * @param messageId the id that the publisher gave it, {@code ""} if it gave none
     * @param publisherId who published it, such as {@code compute.host1}
     * @param eventType what happened, such as {@code compute.instance.create.end}
     * @param priority its priority
     * @param timestamp when it was made, {@code null} if the publisher did not say
     * @param payload its payload
     * @param context the values of the publisher's context
     */
    public Notification(
            String messageId,
            String publisherId,
            String eventType,
            Priority priority,
            @Nullable Instant timestamp,
            T payload,
            Map<String, ? extends @Nullable Object> context) {
        this.messageId = Objects.requireNonNull(messageId, "messageId");
        this.publisherId = Objects.requireNonNull(publisherId, "publisherId");
        this.eventType = Objects.requireNonNull(eventType, "eventType");
        this.priority = Objects.requireNonNull(priority, "priority");
        this.timestamp = timestamp;
        this.payload = payload;
        this.context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
    }

    /** The id that the publisher gave it; {@code ""} if it gave none. */
    public String messageId() {
        return messageId;
    }

    /** Who published it. */
    public String publisherId() {
        return publisherId;
    }

    /** What happened. */
    public String eventType() {
        return eventType;
    }

    /** Its priority. */
    public Priority priority() {
        return priority;
    }

    /** When it was made; {@code null} if the publisher did not say. */
    public @Nullable Instant timestamp() {
        return timestamp;
    }

    /** Its payload. */
    public T payload() {
        return payload;
    }

    /** The values of the publisher's context, in no particular order; never {@code null}, perhaps empty. */
    public Map<String, @Nullable Object> context() {
        return context;
    }

    /** The notification for logs: without payload and context, which may contain secrets. */
    @Override
    public String toString() {
        return priority + " " + eventType + " of " + publisherId + " (" + messageId + ")";
    }
}
