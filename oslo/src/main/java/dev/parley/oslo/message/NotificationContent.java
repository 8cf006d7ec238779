package dev.parley.oslo.message;

import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A notification to encode. Immutable, except for what the payload itself allows.
 *
 * @param messageId a UUID with dashes
 * @param publisherId who sends it
 * @param eventType what happened
 * @param priority in upper case, as Python's level methods send it
 * @param timestamp when it was made
 * @param payload the payload
 * @param payloadType the declared type of the payload
 * @param context the values of the context
 */
public record NotificationContent(
        String messageId,
        String publisherId,
        String eventType,
        String priority,
        Instant timestamp,
        @Nullable Object payload,
        Type payloadType,
        Map<String, @Nullable Object> context) {
    public NotificationContent {
        context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
    }
}
