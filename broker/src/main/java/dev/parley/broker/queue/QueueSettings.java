package dev.parley.broker.queue;

import dev.parley.broker.policy.AppliedPolicies;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a queue is declared with; {@link QueueArguments#check} checks the arguments. Immutable. */
public record QueueSettings(
        boolean durable, boolean exclusive, boolean autoDelete, Map<String, @Nullable Object> arguments) {

    /** An argument that is a number, or a default if it is absent. */
    public long number(String name, long defaultValue) {
        return arguments.get(name) instanceof Number number ? number.longValue() : defaultValue;
    }

    /** Whether an argument is true; false if it is absent. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(arguments.get(name));
    }

    /** An argument that is a string. */
    public @Nullable String text(String name) {
        return arguments.get(name) instanceof String text ? text : null;
    }

    /** What holds under policies: of limits the least, of everything else the argument if there is one. */
    QueueSettings under(AppliedPolicies policies) {
        if (policies.effective().isEmpty()) {
            return this;
        }
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(arguments);
        policies.effective().forEach((name, value) -> {
            Object argument = merged.get("x-" + name);
            boolean shorter = name.equals("max-age")
                    && argument instanceof String age
                    && QueueArguments.ageMillis((String) value) < QueueArguments.ageMillis(age);
            merged.put("x-" + name, argument == null || shorter ? value : AppliedPolicies.least(name, argument, value));
        });
        return new QueueSettings(durable, exclusive, autoDelete, Collections.unmodifiableMap(merged));
    }

    /** The type of the queue: classic, quorum or stream. */
    public String kind() {
        String kind = text("x-queue-type");
        return kind == null ? "classic" : kind;
    }
}
