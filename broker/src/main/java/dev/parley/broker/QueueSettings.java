package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a queue was declared with; the arguments were checked by {@link QueueArguments}. */
record QueueSettings(boolean durable, boolean exclusive, boolean autoDelete, Map<String, @Nullable Object> arguments) {

    /** A number among the arguments, or the given one. */
    long number(String name, long otherwise) {
        return arguments.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(arguments.get(name));
    }

    @Nullable
    String text(String name) {
        return arguments.get(name) instanceof String text ? text : null;
    }

    /** classic, quorum or stream. */
    String kind() {
        String kind = text("x-queue-type");
        return kind == null ? "classic" : kind;
    }
}
