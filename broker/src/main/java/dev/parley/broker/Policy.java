package dev.parley.broker;

import dev.parley.broker.policy.StoredPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A policy as RabbitMQ has them: settings for the queues and exchanges whose names match a pattern. Of several that
 * match, the one with the highest priority applies, alone. Limits ({@code message-ttl}, {@code expires},
 * {@code max-length}, {@code max-length-bytes}, {@code delivery-limit}) and a queue's own argument hold both, so that
 * the smaller counts; of other settings the queue's or exchange's argument counts. Immutable.
 */
public final class Policy {
    private final StoredPolicy stored;

    private Policy(StoredPolicy stored) {
        this.stored = stored;
    }

    static Policy of(StoredPolicy stored) {
        return new Policy(stored);
    }

    /**
     * A policy for queues and exchanges, of priority 0.
     *
     * @param name unique in a virtual host
     * @param pattern a regular expression, which matches anywhere in a name
     * @param definition the settings by RabbitMQ's names, such as {@code message-ttl}: strings and whole numbers
     * @throws IllegalArgumentException if a setting is unknown or its value invalid, or the pattern is
     */
    public static Policy of(String name, String pattern, Map<String, ?> definition) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(definition, "definition");
        return new Policy(StoredPolicy.of(name, Map.of("pattern", pattern, "definition", definition), false));
    }

    private Policy with(String field, Object value) {
        Map<String, Object> fields = new HashMap<>(fields());
        fields.put(field, value);
        return new Policy(StoredPolicy.of(name(), fields, stored.ofOperator()));
    }

    private Map<String, Object> fields() {
        return Map.of(
                "pattern", pattern(), "definition", definition(), "apply-to", applyTo(), "priority", stored.priority());
    }

    /** The name. */
    public String name() {
        return stored.name();
    }

    /** The regular expression for names. */
    public String pattern() {
        return stored.pattern();
    }

    /** The settings by RabbitMQ's names. */
    public Map<String, Object> definition() {
        return stored.definition();
    }

    /** What it applies to; {@code all} unless it is set. */
    public String applyTo() {
        return stored.applyTo();
    }

    /**
     * A copy that applies to {@code all}, {@code queues}, {@code exchanges}, {@code classic_queues},
     * {@code quorum_queues} or {@code streams}.
     *
     * @throws IllegalArgumentException if it is another word
     */
    public Policy withApplyTo(String applyTo) {
        return with("apply-to", Objects.requireNonNull(applyTo, "applyTo"));
    }

    /** The priority; 0 unless it is set. */
    public int priority() {
        return stored.priority().intValue();
    }

    /** A copy of another priority. */
    public Policy withPriority(int priority) {
        return with("priority", priority);
    }

    /** Whether it is an operator policy, which limits queues beside another policy. */
    public boolean isOperatorPolicy() {
        return stored.ofOperator();
    }

    /**
     * A copy that is an operator policy: it applies beside another policy, whose limits it can only lower.
     *
     * @throws IllegalArgumentException if it sets what is not a limit
     */
    public Policy asOperatorPolicy() {
        return new Policy(StoredPolicy.of(name(), fields(), true));
    }

    StoredPolicy stored() {
        return stored;
    }

    @Override
    public String toString() {
        return (isOperatorPolicy() ? "operator policy '" : "policy '") + name() + "' for " + applyTo() + " '"
                + pattern() + "': " + definition();
    }
}
