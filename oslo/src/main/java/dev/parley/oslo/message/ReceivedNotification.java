package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * A notification that was received. The payload and the context stay text until they are asked for. Immutable once
 * {@link #parse} has returned it, and then safe for use by any thread.
 *
 * <p>Only the event type and the priority must be there; the context is read from {@code _context_*} members, and from
 * the one member {@code _context} that oslo.messaging sends to Kafka.
 */
public final class ReceivedNotification {
    private static final String CONTEXT = "_context_";

    /** Python's {@code str(datetime)}, and ISO 8601. */
    private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .appendPattern("[' ']['T']HH:mm:ss")
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .optionalEnd()
            .appendPattern("[XXX][XX][X]")
            .toFormatter(Locale.ROOT);

    private final ObjectMapper mapper;
    private final Map<String, JsonSlice> contextSlices = new LinkedHashMap<>();
    private @Nullable JsonSlice contextObject;
    private @Nullable String messageId;
    private @Nullable String uniqueId;
    private @Nullable String publisherId;
    private @Nullable String eventType;
    private @Nullable String priority;
    private @Nullable String timestamp;
    private @Nullable JsonSlice payload;

    private ReceivedNotification(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Reads a notification.
     *
     * @throws ProtocolException if the message is malformed
     */
    public static ReceivedNotification parse(char[] text, ObjectMapper mapper) {
        ReceivedNotification notification = new ReceivedNotification(mapper);
        try (JsonParser json = mapper.createParser(text, 0, text.length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("the message is not a JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                notification.member(name, json.nextToken(), json, text);
            }
        } catch (JacksonException e) {
            throw Codec.malformed(e);
        }
        if (notification.eventType == null || notification.priority == null) {
            throw new ProtocolException("a notification needs an event_type and a priority");
        }
        return notification;
    }

    private void member(String name, JsonToken token, JsonParser json, char[] text) {
        switch (name) {
            case "message_id" -> messageId = string(name, token, json);
            case "_unique_id" -> uniqueId = string(name, token, json);
            case "publisher_id" -> publisherId = string(name, token, json);
            case "event_type" -> eventType = string(name, token, json);
            case "priority" -> priority = string(name, token, json);
            case "timestamp" -> timestamp = string(name, token, json);
            case "payload" -> payload = JsonSlice.of(text, json);
            case "_context" -> contextObject = token == JsonToken.START_OBJECT ? JsonSlice.of(text, json) : null;
            default -> {
                if (name.startsWith(CONTEXT)) {
                    contextSlices.put(name.substring(CONTEXT.length()), JsonSlice.of(text, json));
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private static @Nullable String string(String name, JsonToken token, JsonParser json) {
        return switch (token) {
            case VALUE_STRING -> json.getString();
            case VALUE_NULL -> null;
            default -> throw new ProtocolException("member '" + name + "' of a notification must be a string");
        };
    }

    /** The id of the notification, {@code ""} if the peer sent none. */
    public String messageId() {
        return orEmpty(messageId);
    }

    /** The id of the message by which a duplicate is recognized, {@code null} if the peer sent none. */
    public @Nullable String uniqueId() {
        return uniqueId;
    }

    /** Who sent it, {@code ""} if the peer did not say. */
    public String publisherId() {
        return orEmpty(publisherId);
    }

    /** What happened. */
    public String eventType() {
        return orEmpty(eventType);
    }

    /** The priority as it was sent, in any case. */
    public String priority() {
        return orEmpty(priority);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** The timestamp as it was sent, {@code null} if there is none. */
    public @Nullable String timestampText() {
        return timestamp;
    }

    /** When it was made: a timestamp without a zone is in UTC; {@code null} if there is none or it is unreadable. */
    public @Nullable Instant timestamp() {
        if (timestamp == null) {
            return null;
        }
        try {
            TemporalAccessor time = TIMESTAMP.parseBest(timestamp.strip(), OffsetDateTime::from, LocalDateTime::from);
            return time instanceof OffsetDateTime zoned
                    ? zoned.toInstant()
                    : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * The payload as a type, {@code null} if it is null or absent.
     *
     * @throws ProtocolException if it does not fit the type
     */
    public @Nullable Object payload(Type type) {
        if (payload == null) {
            return null;
        }
        try (JsonParser json = payload.parser(mapper)) {
            return mapper.readValue(json, mapper.constructType(type));
        } catch (JacksonException e) {
            throw new ProtocolException(
                    "the payload of notification " + eventType() + " is not a valid " + type.getTypeName() + ": "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    /**
     * The sender's context.
     *
     * @throws ProtocolException if a value is malformed
     */
    public Map<String, @Nullable Object> context() {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        try {
            if (contextObject != null) {
                try (JsonParser json = contextObject.parser(mapper)) {
                    Map<?, ?> values = mapper.readValue(json, Map.class);
                    values.forEach((name, value) -> context.put(String.valueOf(name), value));
                }
            }
            for (Map.Entry<String, JsonSlice> entry : contextSlices.entrySet()) {
                try (JsonParser json = entry.getValue().parser(mapper)) {
                    context.put(entry.getKey(), mapper.readValue(json, Object.class));
                }
            }
        } catch (JacksonException e) {
            throw Codec.malformed(e);
        }
        return context;
    }
}
