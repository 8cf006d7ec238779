package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of a stream a consumer gets, by their header {@code x-stream-filter-value}. Immutable.
 *
 * @param values those that it gets; {@code null} if it gets all
 * @param unfiltered whether it also gets messages without a value
 */
record StreamFilter(@Nullable Set<String> values, boolean unfiltered) {
    static final StreamFilter NONE = new StreamFilter(null, true);

    /**
     * The filter that the arguments of a consumer ask for.
     *
     * @throws AmqpException with 541 if it is a list without a string, as in RabbitMQ
     */
    static StreamFilter of(Map<String, @Nullable Object> arguments) {
        boolean unfiltered = Boolean.TRUE.equals(arguments.get("x-stream-match-unfiltered"));
        return switch (arguments.get("x-stream-filter")) {
            case String value -> new StreamFilter(Set.of(value), unfiltered);
            case List<?> list -> {
                Set<String> values = new HashSet<>();
                for (Object value : list) {
                    if (value instanceof String text) {
                        values.add(text);
                    }
                }
                if (values.isEmpty()) {
                    throw AmqpException.internal();
                }
                yield new StreamFilter(values, unfiltered);
            }
            case null, default -> NONE;
        };
    }

    /** Whether a message with this value passes; an empty one is none. */
    boolean accepts(String value) {
        return values == null || values.contains(value) || (unfiltered && value.isEmpty());
    }
}
