package dev.parley.jsonrpc.openrpc;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.TypeSerializer;

/** The types that a declared type stands for, and how values tell which one they are. Confined to one document. */
final class Polymorphism {
    /**
     * A concrete type.
     *
     * @param id what values of it carry; {@code null} if they carry nothing
     */
    record Subtype(JavaType type, @Nullable String id) {}

    /**
     * The concrete types of a declared one.
     *
     * @param all sorted by id
     * @param distinct whether each value is of one of them only
     */
    record Subtypes(
            List<Subtype> all,
            JsonTypeInfo.As inclusion,
            @Nullable String property,
            boolean distinct) {}

    private final SerializationContext context;

    Polymorphism(SerializationContext context) {
        this.context = context;
    }

    /** The concrete types; {@code null} if values do not carry what type they are. */
    @Nullable
    Subtypes of(JavaType type) {
        if (type.isContainerType() || type.isReferenceType()) {
            return null;
        }
        TypeSerializer types = context.findTypeSerializer(type);
        if (types == null) {
            return null;
        }
        JsonTypeInfo.Id mechanism = types.getTypeIdResolver() == null
                ? JsonTypeInfo.Id.DEDUCTION
                : types.getTypeIdResolver().getMechanism();
        boolean named = mechanism != JsonTypeInfo.Id.DEDUCTION && mechanism != JsonTypeInfo.Id.NONE;
        AnnotatedClass annotated = context.introspectClassAnnotations(type);
        List<Subtype> all = new ArrayList<>();
        for (NamedType subtype : context.getConfig()
                .getSubtypeResolver()
                .collectAndResolveSubtypesByClass(context.getConfig(), annotated)) {
            // Annotations of a supertype name others too.
            if (!type.getRawClass().isAssignableFrom(subtype.getType())) {
                continue;
            }
            JavaType concrete = subtype.getType() == type.getRawClass()
                    ? type
                    : context.constructSpecializedType(type, subtype.getType());
            boolean known = all.stream().anyMatch(one -> one.type().equals(concrete));
            if (!concrete.isAbstract() && !known) {
                String id =
                        named ? types.getTypeIdResolver().idFromValueAndType(context, null, subtype.getType()) : null;
                all.add(new Subtype(concrete, id));
            }
        }
        all.sort(Comparator.comparing((Subtype one) -> String.valueOf(one.id()))
                .thenComparing(one -> one.type().getRawClass().getName()));
        return new Subtypes(List.copyOf(all), types.getTypeInclusion(), types.getPropertyName(), named);
    }

    /** The schema of a concrete type with what its values carry. */
    Map<String, Object> tagged(Map<String, Object> schema, Subtypes subtypes, Subtype subtype) {
        if (subtype.id() == null) {
            return schema;
        }
        Map<String, Object> id = new LinkedHashMap<>();
        id.put("const", subtype.id());
        Map<String, Object> tagged = new LinkedHashMap<>();
        switch (subtypes.inclusion()) {
            case PROPERTY, EXISTING_PROPERTY -> {
                String property = String.valueOf(subtypes.property());
                Map<String, Object> properties = new LinkedHashMap<>();
                properties.put(property, id);
                List<String> required = new ArrayList<>(List.of(property));
                if (schema.get("properties") instanceof Map<?, ?> own) {
                    own.forEach((name, value) -> properties.putIfAbsent(String.valueOf(name), value));
                }
                if (schema.get("required") instanceof List<?> own) {
                    own.forEach(name -> required.add(String.valueOf(name)));
                }
                tagged.put("type", "object");
                tagged.put("properties", properties);
                tagged.put("required", Components.sorted(required));
            }
            case WRAPPER_OBJECT -> {
                tagged.put("type", "object");
                tagged.put("properties", Map.of(subtype.id(), schema));
                tagged.put("required", List.of(subtype.id()));
                tagged.put("additionalProperties", false);
            }
            case WRAPPER_ARRAY -> {
                tagged.put("type", "array");
                tagged.put("items", List.of(id, schema));
                tagged.put("minItems", 2);
                tagged.put("maxItems", 2);
            }
            case EXTERNAL_PROPERTY, NOTHING -> tagged.putAll(schema);
        }
        return tagged;
    }
}
