package dev.parley.broker.queue;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a queue was declared with; the arguments were checked by {@link QueueArguments}. */
public record QueueSettings(
        boolean durable, boolean exclusive, boolean autoDelete, Map<String, @Nullable Object> arguments) {

    /** A number among the arguments, or the given one. */
    public long number(String name, long otherwise) {
        return arguments.get(name) instanceof Number number ? number.longValue() : otherwise;
    }

    public boolean flag(String name) {
        return Boolean.TRUE.equals(arguments.get(name));
    }

    @Nullable
    public String text(String name) {
        return arguments.get(name) instanceof String text ? text : null;
    }

    /** classic, quorum or stream. */
    public String kind() {
        String kind = text("x-queue-type");
        return kind == null ? "classic" : kind;
    }
}
