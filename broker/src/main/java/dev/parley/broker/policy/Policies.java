package dev.parley.broker.policy;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The policies, or the operator policies, of a virtual host. Thread-safe. */
public final class Policies {
    private static final Comparator<StoredPolicy> BY_PRIORITY =
            Comparator.comparingDouble(policy -> policy.priority().doubleValue());

    private final Map<String, StoredPolicy> own = new ConcurrentSkipListMap<>();
    private final Map<String, StoredPolicy> ofOperators = new ConcurrentSkipListMap<>();

    private Map<String, StoredPolicy> map(boolean ofOperator) {
        return ofOperator ? ofOperators : own;
    }

    /** All of one sort, in the order of their names. */
    public List<StoredPolicy> all(boolean ofOperator) {
        return List.copyOf(map(ofOperator).values());
    }

    /** The one of this name. */
    public @Nullable StoredPolicy find(String name, boolean ofOperator) {
        return map(ofOperator).get(name);
    }

    /** Adds a policy, or replaces the one of its name; returns whether it replaced one. */
    public boolean put(StoredPolicy policy) {
        return map(policy.ofOperator()).put(policy.name(), policy) != null;
    }

    /** Removes a policy; returns false if there is none of this name. */
    public boolean remove(String name, boolean ofOperator) {
        return map(ofOperator).remove(name) != null;
    }

    /** Those of a queue or an exchange. */
    public AppliedPolicies of(Target target, String name) {
        return AppliedPolicies.of(highest(own, target, name), highest(ofOperators, target, name));
    }

    private static @Nullable StoredPolicy highest(Map<String, StoredPolicy> policies, Target target, String name) {
        return policies.values().stream()
                .filter(policy -> policy.matches(target, name))
                .max(BY_PRIORITY)
                .orElse(null);
    }
}
