package dev.parley.oslo.notify;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Selects notifications by regular expressions: oslo.messaging's {@code NotificationFilter}.
 *
 * <pre>{@code
 * NotificationFilter.builder()
 *         .eventType("compute\\.instance\\.(create|delete)\\.end$")
 *         .context("project_id", "^shop$")
 *         .payload("state", "active|error")
 *         .build()
 * }</pre>
 *
 * <p>All expressions must match. A text matches if it starts with a match of the expression, as with Python's {@code
 * re.match}; {@code $} at the end asks for the whole text. An expression for a member of the context, the payload or
 * the metadata does not match if the member is missing or is not text; only top-level members can be asked for.
 *
 * <p>The syntax is Python's, of which nearly all is Java's too. Differences such as {@code (?P<name>…)} and {@code \Z}
 * are translated; what Java cannot express is refused. {@link FilterRule} is the same as an annotation. Immutable and
 * thread-safe.
 */
public final class NotificationFilter {
    private final @Nullable Pattern publisherId;
    private final @Nullable Pattern eventType;
    private final Map<String, Pattern> context;
    private final Map<String, Pattern> metadata;
    private final Map<String, Pattern> payload;

    private NotificationFilter(Builder builder) {
        publisherId = builder.publisherId;
        eventType = builder.eventType;
        context = Map.copyOf(builder.context);
        metadata = Map.copyOf(builder.metadata);
        payload = Map.copyOf(builder.payload);
    }

    /** A new builder of a filter, which selects everything until an expression is added. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The filter of an annotation.
     *
     * @throws IllegalArgumentException if an expression is not valid, or one for a member is not {@code name=…}
     */
    public static NotificationFilter of(FilterRule rule) {
        Builder builder = builder();
        if (!rule.publisherId().isEmpty()) {
            builder.publisherId(rule.publisherId());
        }
        if (!rule.eventType().isEmpty()) {
            builder.eventType(rule.eventType());
        }
        members("context", rule.context(), builder.context);
        members("metadata", rule.metadata(), builder.metadata);
        members("payload", rule.payload(), builder.payload);
        return builder.build();
    }

    private static void members(String what, String[] rules, Map<String, Pattern> patterns) {
        for (String rule : rules) {
            int equals = rule.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "the " + what + " rule '" + rule + "' must have the form name=expression");
            }
            patterns.put(rule.substring(0, equals), PythonPattern.compile(rule.substring(equals + 1)));
        }
    }

    /**
     * Whether a notification is selected.
     *
     * @param notificationPayload the payload as the value mapping reads it without a type: a map if it is an object
     * @param notificationMetadata the members {@code message_id} and {@code timestamp}
     */
    public boolean matches(
            Map<String, ? extends @Nullable Object> notificationContext,
            String notificationPublisherId,
            String notificationEventType,
            @Nullable Object notificationPayload,
            Map<String, ? extends @Nullable Object> notificationMetadata) {
        return matches(eventType, notificationEventType)
                && matches(publisherId, notificationPublisherId)
                && matches(context, notificationContext)
                && matches(metadata, notificationMetadata)
                && matches(payload, notificationPayload);
    }

    private static boolean matches(@Nullable Pattern pattern, @Nullable Object value) {
        return pattern == null
                || value instanceof String text && pattern.matcher(text).lookingAt();
    }

    private static boolean matches(Map<String, Pattern> patterns, @Nullable Object values) {
        if (patterns.isEmpty()) {
            return true;
        }
        return values instanceof Map<?, ?> members
                && patterns.entrySet().stream()
                        .allMatch(entry -> matches(entry.getValue(), members.get(entry.getKey())));
    }

    /** Whether there is an expression for a member of the payload, which must be read for it. */
    public boolean readsPayload() {
        return !payload.isEmpty();
    }

    /** The expressions. */
    @Override
    public String toString() {
        return "NotificationFilter{publisherId=" + publisherId + ", eventType=" + eventType + ", context=" + context
                + ", metadata=" + metadata + ", payload=" + payload + "}";
    }

    /** Builds a filter. An invalid expression is an {@link IllegalArgumentException}. Not thread-safe. */
    public static final class Builder {
        private @Nullable Pattern publisherId;
        private @Nullable Pattern eventType;
        private final Map<String, Pattern> context = new LinkedHashMap<>();
        private final Map<String, Pattern> metadata = new LinkedHashMap<>();
        private final Map<String, Pattern> payload = new LinkedHashMap<>();

        private Builder() {}

        /** Asks for publisher ids that start with a match of an expression. */
        public Builder publisherId(String expression) {
            publisherId = PythonPattern.compile(expression);
            return this;
        }

        /** Asks for event types that start with a match of an expression. */
        public Builder eventType(String expression) {
            eventType = PythonPattern.compile(expression);
            return this;
        }

        /** Asks for a value of the context that starts with a match of an expression. */
        public Builder context(String name, String expression) {
            return put(context, name, expression);
        }

        /** Asks the same of {@code message_id} or {@code timestamp}. */
        public Builder metadata(String name, String expression) {
            return put(metadata, name, expression);
        }

        /** Asks the same of a top-level member of the payload. */
        public Builder payload(String name, String expression) {
            return put(payload, name, expression);
        }

        private Builder put(Map<String, Pattern> patterns, String name, String expression) {
            patterns.put(Objects.requireNonNull(name, "name"), PythonPattern.compile(expression));
            return this;
        }

        /** The filter. */
        public NotificationFilter build() {
            return new NotificationFilter(this);
        }
    }
}
