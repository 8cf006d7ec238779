package dev.parley.oslo.notify.send;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The names of the context values that may be sent: never tokens and catalogs. Immutable. */
final class ContextKeys {
    /** Those of oslo.messaging 14.0.3. */
    private static final Set<String> DEFAULT = Set.of(
            "user_id",
            "project_id",
            "domain_id",
            "user_domain_id",
            "project_domain_id",
            "is_admin",
            "request_id",
            "roles",
            "user_name",
            "project_name",
            "domain_name",
            "user_domain_name",
            "project_domain_name",
            "service_user_id",
            "service_user_domain_id",
            "service_user_domain_name",
            "service_project_id",
            "service_project_name",
            "service_project_domain_id",
            "service_project_domain_name",
            "service_roles",
            "global_request_id",
            "system_scope",
            "user",
            "domain",
            "user_domain",
            "project_domain");

    private final Set<String> allowed;

    ContextKeys(Collection<String> more) {
        Set<String> all = new HashSet<>(DEFAULT);
        all.addAll(more);
        allowed = Set.copyOf(all);
    }

    Map<String, @Nullable Object> filter(Map<String, ? extends @Nullable Object> context) {
        Map<String, @Nullable Object> filtered = new LinkedHashMap<>();
        context.forEach((name, value) -> {
            if (allowed.contains(name)) {
                filtered.put(name, value);
            }
        });
        return filtered;
    }
}
