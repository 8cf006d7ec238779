package dev.parley.broker.policy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A policy, or an operator policy, that was checked. Immutable. */
public final class StoredPolicy {
    private static final Set<String> APPLY_TO =
            Set.of("all", "queues", "exchanges", "classic_queues", "quorum_queues", "streams");

    private final String name;
    private final Pattern pattern;
    private final String applyTo;
    private final Map<String, Object> definition;
    private final Number priority;
    private final boolean ofOperator;

    private StoredPolicy(
            String name,
            Pattern pattern,
            String applyTo,
            Map<String, Object> definition,
            Number priority,
            boolean ofOperator) {
        this.name = name;
        this.pattern = pattern;
        this.applyTo = applyTo;
        this.definition = definition;
        this.priority = priority;
        this.ofOperator = ofOperator;
    }

    /**
     * Checks a policy as RabbitMQ does.
     *
     * @param fields its {@code pattern} and {@code definition}, and if given {@code apply-to} and {@code priority};
     *     others are ignored
     * @throws IllegalArgumentException with RabbitMQ's text if one is absent or invalid
     */
    public static StoredPolicy of(String name, Map<String, ? extends @Nullable Object> fields, boolean ofOperator) {
        Object pattern = fields.get("pattern");
        Object given = fields.get("definition");
        Object applyTo = fields.get("apply-to");
        Object priority = fields.get("priority");
        if (!(pattern instanceof String expression)) {
            throw new IllegalArgumentException("pattern should be a binary but was " + ErlangTerms.text(pattern));
        }
        if (!(given instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("definition should be a map but was " + ErlangTerms.text(given));
        }
        if (applyTo != null && !(applyTo instanceof String text && APPLY_TO.contains(text))) {
            throw new IllegalArgumentException("apply-to '" + applyTo
                    + "' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams',"
                    + " 'exchanges', or 'all'");
        }
        if (priority != null && !(priority instanceof Number)) {
            throw new IllegalArgumentException(
                    "priority should be a number, actually was " + ErlangTerms.text(priority));
        }
        Map<String, Object> definition = new LinkedHashMap<>();
        map.forEach((key, value) -> definition.put(String.valueOf(key), value));
        PolicyKeys.check(definition, ofOperator);
        return new StoredPolicy(
                name,
                compile(expression),
                applyTo == null ? "all" : (String) applyTo,
                Collections.unmodifiableMap(definition),
                priority == null ? 0 : (Number) priority,
                ofOperator);
    }

    private static Pattern compile(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "pattern should be regular expression but is invalid: {\"" + e.getDescription() + "\","
                            + Math.max(0, e.getIndex()) + "}",
                    e);
        }
    }

    /** The name, unique among the policies, or the operator policies, of a virtual host. */
    public String name() {
        return name;
    }

    /** The regular expression for names, which matches anywhere in a name. */
    public String pattern() {
        return pattern.pattern();
    }

    /** One of all, queues, exchanges, classic_queues, quorum_queues, streams. */
    public String applyTo() {
        return applyTo;
    }

    /** The settings, as RabbitMQ names them. */
    public Map<String, Object> definition() {
        return definition;
    }

    /** Of several that match, the one with the highest applies. */
    public Number priority() {
        return priority;
    }

    /** Whether it is an operator policy. */
    public boolean ofOperator() {
        return ofOperator;
    }

    boolean matches(Target target, String object) {
        return target.isAmong(applyTo)
                && PolicyKeys.apply(definition, target)
                && pattern.matcher(object).find();
    }
}
