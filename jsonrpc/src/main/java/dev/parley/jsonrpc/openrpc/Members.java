package dev.parley.jsonrpc.openrpc;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;

/** Collects the members of an object's schema. Confined to one document. */
final class Members {
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final TreeSet<String> required = new TreeSet<>();

    /**
     * A member.
     *
     * @param always whether it is never missing
     * @param property what else is declared; {@code null} if nothing is
     */
    void add(String name, Map<String, Object> schema, boolean always, @Nullable BeanProperty property) {
        String doc = property == null ? null : property.getMetadata().getDescription();
        Map<String, Object> described = schema;
        if (doc != null) {
            described = new LinkedHashMap<>();
            if (schema.containsKey("$ref")) {
                // In draft 7, what stands beside a reference has no meaning.
                described.put("allOf", List.of(schema));
            } else {
                described.putAll(schema);
            }
            described.put("description", doc);
        }
        properties.put(name, described);
        if (always) {
            required.add(name);
        }
    }

    Map<String, Object> schema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        if (!properties.isEmpty()) {
            schema.put("properties", properties);
        }
        if (!required.isEmpty()) {
            schema.put("required", Components.sorted(required));
        }
        return schema;
    }
}
