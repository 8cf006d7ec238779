package dev.parley.broker.policy;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one queue or exchange. Immutable.
 *
 * @param policy the name of its policy
 * @param operatorPolicy the name of its operator policy
 * @param effective the settings of both; where both have one, the operator's limit can only lower it
 */
public record AppliedPolicies(
        @Nullable String policy, @Nullable String operatorPolicy, Map<String, Object> effective) {
    /** No policy at all. */
    public static final AppliedPolicies NONE = new AppliedPolicies(null, null, Map.of());

    /** Of several values of these the least counts. */
    private static final Set<String> LIMITS = Set.of(
            "message-ttl",
            "expires",
            "max-length",
            "max-length-bytes",
            "max-in-memory-length",
            "max-in-memory-bytes",
            "delivery-limit");

    static AppliedPolicies of(@Nullable StoredPolicy policy, @Nullable StoredPolicy operatorPolicy) {
        if (policy == null && operatorPolicy == null) {
            return NONE;
        }
        Map<String, Object> effective = new TreeMap<>();
        if (policy != null) {
            effective.putAll(policy.definition());
        }
        if (operatorPolicy != null) {
            operatorPolicy
                    .definition()
                    .forEach((name, value) -> effective.merge(name, value, (own, other) -> least(name, own, other)));
        }
        return new AppliedPolicies(
                policy == null ? null : policy.name(),
                operatorPolicy == null ? null : operatorPolicy.name(),
                Collections.unmodifiableMap(effective));
    }

    /** The value that counts if a limit is set twice; for what is not a limit, the first one. */
    public static Object least(String name, Object first, Object second) {
        return LIMITS.contains(name)
                        && first instanceof Number a
                        && second instanceof Number b
                        && b.longValue() < a.longValue()
                ? second
                : first;
    }
}
