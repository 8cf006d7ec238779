package dev.parley.broker.policy;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a policy can have: the union of those of RabbitMQ 3.10 and 4.3, so that policies of both load.
 * Stateless.
 */
final class PolicyKeys {
    private static final Pattern AGE = Pattern.compile("\\d{1,9}[YMDhms]");

    private static final Set<String> OF_OPERATORS = Set.of(
            "message-ttl",
            "expires",
            "max-length",
            "max-length-bytes",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "delivery-limit");

    private static final Set<String> HA = Set.of("ha-mode", "ha-params", "ha-sync-mode", "ha-promote-on-shutdown");

    /** A policy with one of these does not apply to the target. */
    private static final Map<Target, Set<String>> NOT_APPLICABLE = Map.of(
            Target.CLASSIC,
            Set.of(
                    "delivery-limit",
                    "queue-leader-locator",
                    "max-age",
                    "stream-max-segment-size-bytes",
                    "dead-letter-strategy",
                    "initial-cluster-size",
                    "target-group-size"),
            Target.QUORUM,
            Set.of(
                    "queue-mode",
                    "queue-master-locator",
                    "ha-mode",
                    "ha-params",
                    "ha-sync-mode",
                    "ha-promote-on-shutdown",
                    "ha-promote-on-failure",
                    "ha-sync-batch-size",
                    "max-age",
                    "stream-max-segment-size-bytes",
                    "initial-cluster-size"),
            Target.STREAM,
            Set.of(
                    "message-ttl",
                    "expires",
                    "max-length",
                    "overflow",
                    "dead-letter-exchange",
                    "dead-letter-routing-key",
                    "delivery-limit",
                    "queue-mode",
                    "queue-master-locator",
                    "ha-mode",
                    "ha-params",
                    "ha-sync-mode",
                    "ha-promote-on-shutdown",
                    "ha-promote-on-failure",
                    "ha-sync-batch-size",
                    "max-in-memory-length",
                    "max-in-memory-bytes",
                    "dead-letter-strategy",
                    "target-group-size"),
            Target.EXCHANGE,
            Set.of());

    private PolicyKeys() {}

    /** Whether a policy with this definition applies to the target. */
    static boolean apply(Map<String, ?> definition, Target target) {
        return Objects.requireNonNull(NOT_APPLICABLE.get(target)).stream().noneMatch(definition::containsKey);
    }

    /**
     * Checks a definition as RabbitMQ does.
     *
     * @throws IllegalArgumentException with RabbitMQ's text if it is invalid
     */
    static void check(Map<String, ?> definition, boolean ofOperator) {
        if (definition.isEmpty()) {
            throw new IllegalArgumentException("no policy provided");
        }
        Map<String, @Nullable Object> unknown = new TreeMap<>();
        definition.forEach((name, value) -> {
            if (ofOperator ? !OF_OPERATORS.contains(name) : what(name) == null) {
                unknown.put(name, value);
            }
        });
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(ErlangTerms.pairs(unknown) + " are not recognised policy settings");
        }
        if (!definition.containsKey("ha-mode") && HA.stream().anyMatch(definition::containsKey)) {
            throw new IllegalArgumentException(
                    "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown");
        }
        new TreeMap<String, @Nullable Object>(definition).forEach((name, value) -> {
            if (!isValid(name, value)) {
                throw new IllegalArgumentException(ErlangTerms.text(value)
                        + (name.equals("queue-master-locator") ? " invalid " : " is not a valid ")
                        + what(name));
            }
        });
    }

    /** What RabbitMQ's errors call a setting; {@code null} if there is none of this name. */
    private static @Nullable String what(String name) {
        return switch (name) {
            case "message-ttl" -> "message TTL";
            case "expires" -> "queue expiry";
            case "max-length" -> "maximum length";
            case "max-length-bytes" -> "maximum length in bytes";
            case "max-in-memory-length" -> "maximum memory in bytes";
            case "max-in-memory-bytes" -> "maximum memory in bytes";
            case "delivery-limit" -> "delivery limit";
            case "overflow" -> "overflow value";
            case "dead-letter-exchange" -> "dead letter exchange name";
            case "dead-letter-routing-key" -> "dead letter routing key";
            case "dead-letter-strategy" -> "dead letter strategy";
            case "alternate-exchange" -> "alternate exchange name";
            case "max-age" -> "max age";
            case "stream-max-segment-size-bytes" -> "segment size";
            case "queue-leader-locator" -> "queue leader locator value";
            case "initial-cluster-size" -> "initial cluster size";
            case "target-group-size" -> "target group size";
            case "consumer-timeout" -> "consumer timeout";
            case "queue-mode",
                    "queue-version",
                    "queue-master-locator",
                    "ha-mode",
                    "ha-params",
                    "ha-sync-mode",
                    "ha-sync-batch-size",
                    "ha-promote-on-shutdown",
                    "ha-promote-on-failure" -> name + " value";
            default -> null;
        };
    }

    private static boolean isValid(String name, @Nullable Object value) {
        return switch (name) {
            case "message-ttl",
                    "max-length",
                    "max-length-bytes",
                    "max-in-memory-length",
                    "max-in-memory-bytes",
                    "delivery-limit",
                    "stream-max-segment-size-bytes",
                    "consumer-timeout" -> isInteger(value, 0);
            case "expires", "initial-cluster-size", "target-group-size", "ha-sync-batch-size" -> isInteger(value, 1);
            case "overflow" -> isOneOf(value, "drop-head", "reject-publish", "reject-publish-dlx");
            case "dead-letter-strategy" -> isOneOf(value, "at-most-once", "at-least-once");
            case "max-age" -> value instanceof String text && AGE.matcher(text).matches();
            case "queue-leader-locator" -> isOneOf(value, "client-local", "balanced", "least-leaders", "random");
            case "queue-master-locator" -> isOneOf(value, "min-masters", "client-local", "random");
            case "queue-mode" -> isOneOf(value, "default", "lazy");
            case "queue-version" -> isInteger(value, 1) && !isInteger(value, 3);
            case "ha-mode" -> isOneOf(value, "all", "exactly", "nodes");
            case "ha-sync-mode" -> isOneOf(value, "manual", "automatic");
            case "ha-promote-on-shutdown", "ha-promote-on-failure" -> isOneOf(value, "always", "when-synced");
            case "ha-params" -> true;
            default -> value instanceof String;
        };
    }

    private static boolean isInteger(@Nullable Object value, long least) {
        return (value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= least;
    }

    private static boolean isOneOf(@Nullable Object value, String... valid) {
        return value instanceof String text && Set.of(valid).contains(text);
    }
}
