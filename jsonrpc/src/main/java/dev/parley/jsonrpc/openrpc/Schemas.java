package dev.parley.jsonrpc.openrpc;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.parley.jsonrpc.openrpc.Component.Use;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.SettableBeanProperty;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;

/**
 * JSON Schemas of draft 7 for Java types, made of the serializers and deserializers that a mapper really uses: so
 * annotations, modules, mix-ins and naming strategies count as they do for values. Confined to one document.
 *
 * <p>Null is a value where it is declared: by {@code Optional}, or an annotation {@code @Nullable}. The
 * members of a record or constructor are required if they are primitive, or never null in a scope of
 * {@code @NullMarked}.
 */
final class Schemas {
    private static final Logger log = LoggerFactory.getLogger(Schemas.class);

    private final ObjectMapper mapper;
    private final SerializationContext writing;
    private final DeserializationContext reading;
    private final Polymorphism polymorphism;
    private final Components components = new Components();
    private final Set<Component.Key> inlined = new HashSet<>();

    Schemas(ObjectMapper mapper) {
        this.mapper = mapper;
        this.writing = mapper._serializationContext();
        this.reading = mapper._deserializationContext();
        this.polymorphism = new Polymorphism(writing);
    }

    Components components() {
        return components;
    }

    JavaType javaType(Type type) {
        return mapper.getTypeFactory().constructType(type);
    }

    /** The schema of a value. */
    Map<String, Object> of(JavaType type, @Nullable AnnotatedType declared, Use use) {
        return of(type, declared, null, use);
    }

    private Map<String, Object> of(
            JavaType type, @Nullable AnnotatedType declared, @Nullable BeanProperty property, Use use) {
        if (type.isReferenceType()) {
            JavaType content = type.getContentType();
            return nullable(of(content, Nullness.content(type, declared), property, use));
        }
        Map<String, Object> schema;
        try {
            schema = plain(type, declared, property, use);
        } catch (RuntimeException | LinkageError e) {
            // Such a value can hardly be read or written either; the other methods are described all the same.
            log.debug("no schema of {}: {}", type, e.toString());
            schema = new LinkedHashMap<>();
        }
        return Nullness.nullable(declared) || Scalars.isOptional(type.getRawClass()) ? nullable(schema) : schema;
    }

    /** The schema that accepts null too. */
    static Map<String, Object> nullable(Map<String, Object> schema) {
        if (schema.isEmpty() || "null".equals(schema.get("type"))) {
            return schema;
        }
        Map<String, Object> nullable = new LinkedHashMap<>();
        if (schema.get("type") instanceof String type && !schema.containsKey("enum") && !schema.containsKey("const")) {
            nullable.putAll(schema);
            nullable.put("type", List.of(type, "null"));
        } else if (schema.get("type") instanceof List<?> types && types.contains("null")) {
            return schema;
        } else {
            nullable.put("anyOf", List.of(schema, Map.of("type", "null")));
        }
        return nullable;
    }

    private Map<String, Object> plain(
            JavaType type, @Nullable AnnotatedType declared, @Nullable BeanProperty property, Use use) {
        if (type.isJavaLangObject()) {
            return new LinkedHashMap<>();
        }
        Polymorphism.Subtypes subtypes = polymorphism.of(type);
        if (subtypes != null) {
            return component(new Component.Key(type, use), key -> choice(key, subtypes));
        }
        ValueSerializer<Object> serializer = writing.findPrimaryPropertySerializer(type, property);
        Shape shape = Shape.of(serializer, type, writing);
        if (use == Use.READ) {
            BeanDeserializerBase deserializer = bean(type, property);
            if (deserializer != null && shape.isObjectOrUnknown()) {
                ValueInstantiator instantiator = deserializer.getValueInstantiator();
                if (instantiator.canCreateUsingDelegate()) {
                    JavaType delegate = instantiator.getDelegateType(mapper.deserializationConfig());
                    if (!delegate.equals(type)) {
                        return of(delegate, null, null, use);
                    }
                }
                boolean own = property == null || deserializer.equals(bean(type, null));
                return object(new Component.Key(type, use), own, key -> read(deserializer));
            }
        }
        return switch (shape.kind()) {
            case ANY -> new LinkedHashMap<>();
            case OBJECT -> {
                boolean own = property == null || serializer.equals(writing.findPrimaryPropertySerializer(type, null));
                yield object(new Component.Key(type, use), own, key -> written(shape));
            }
            case MAP -> container("object", "additionalProperties", type, declared, use);
            case ARRAY -> container("array", "items", type, declared, use);
            case ENUM -> {
                boolean own = property == null || serializer.equals(writing.findPrimaryPropertySerializer(type, null));
                Map<String, Object> values = Scalars.enumeration(shape);
                yield own && type.isEnumType() ? component(new Component.Key(type, use), key -> values) : values;
            }
            default -> Scalars.schema(shape, type.getRawClass(), hasPattern(property, type));
        };
    }

    private boolean hasPattern(@Nullable BeanProperty property, JavaType type) {
        return property == null
                ? writing.getDefaultPropertyFormat(type.getRawClass()).hasPattern()
                : property.findPropertyFormat(writing.getConfig(), type.getRawClass())
                        .hasPattern();
    }

    private Map<String, Object> container(
            String name, String member, JavaType type, @Nullable AnnotatedType declared, Use use) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", name);
        JavaType content = type.getContentType();
        if (content == null && Scalars.bytes(type.getRawClass())) {
            return Scalars.binary();
        }
        if (content != null) {
            if (content.hasRawClass(byte.class) && type.isArrayType()) {
                return Scalars.binary();
            }
            Map<String, Object> items = of(content, Nullness.content(type, declared), null, use);
            if (!items.isEmpty()) {
                schema.put(member, items);
            }
        }
        return schema;
    }

    /** Fills the schema of a component. */
    private interface Body {
        Map<String, Object> of(Component.Key key);
    }

    /** A reference to the schema of the type. */
    private Map<String, Object> component(Component.Key key, Body body) {
        Component known = components.find(key);
        if (known == null) {
            known = components.add(key);
            known.schema().putAll(body.of(key));
        }
        return known.reference();
    }

    /**
     * A reference, or the schema itself where a property changes how its type is mapped.
     *
     * @param own whether it is the schema of the type
     */
    private Map<String, Object> object(Component.Key key, boolean own, Body body) {
        if (own || !inlined.add(key)) {
            return component(key, body);
        }
        try {
            return body.of(key);
        } finally {
            inlined.remove(key);
        }
    }

    private @Nullable BeanDeserializerBase bean(JavaType type, @Nullable BeanProperty property) {
        ValueDeserializer<?> found = reading.findContextualValueDeserializer(type, property);
        return found instanceof BeanDeserializerBase bean ? bean : null;
    }

    /** One of several types. */
    private Map<String, Object> choice(Component.Key key, Polymorphism.Subtypes subtypes) {
        List<Object> options = new ArrayList<>();
        for (Polymorphism.Subtype subtype : subtypes.all()) {
            boolean self = subtype.type().equals(key.type());
            if (self) {
                options.add(
                        polymorphism.tagged(untyped(new Component.Key(subtype.type(), key.use())), subtypes, subtype));
            } else {
                // Its own schema has its tag.
                options.add(of(subtype.type(), null, key.use()));
            }
        }
        if (options.size() == 1 && options.getFirst() instanceof Map<?, ?> only) {
            Map<String, Object> schema = new LinkedHashMap<>();
            only.forEach((name, value) -> schema.put(String.valueOf(name), value));
            return schema;
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!options.isEmpty()) {
            schema.put(subtypes.distinct() ? "oneOf" : "anyOf", options);
        }
        return schema;
    }

    /** The members of a type, without what tells it from others. */
    private Map<String, Object> untyped(Component.Key key) {
        if (key.use() == Use.READ) {
            BeanDeserializerBase deserializer = bean(key.type(), null);
            if (deserializer != null) {
                return read(deserializer);
            }
        }
        Shape shape = Shape.of(writing.findPrimaryPropertySerializer(key.type(), null), key.type(), writing);
        return switch (shape.kind()) {
            case OBJECT -> written(shape);
            case ENUM -> Scalars.enumeration(shape);
            default -> Scalars.schema(shape, key.type().getRawClass(), false);
        };
    }

    private Map<String, Object> written(Shape shape) {
        Members members = new Members();
        for (Shape.Property property : shape.properties()) {
            BeanProperty declared = property.declared();
            if (declared == null) {
                members.add(property.name(), of(property.type(), null, Use.WRITE), false, null);
                continue;
            }
            JavaType type = declared.getType();
            JsonInclude.Include include = declared.findPropertyInclusion(writing.getConfig(), type.getRawClass())
                    .getValueInclusion();
            boolean always = include == JsonInclude.Include.ALWAYS || include == JsonInclude.Include.USE_DEFAULTS;
            members.add(
                    property.name(),
                    of(type, Nullness.of(declared.getMember()), declared, Use.WRITE),
                    always,
                    declared);
        }
        return members.schema();
    }

    private Map<String, Object> read(BeanDeserializerBase deserializer) {
        Members members = new Members();
        for (Iterator<SettableBeanProperty> all = deserializer.properties(); all.hasNext(); ) {
            SettableBeanProperty property = all.next();
            if (property.isIgnorable() || property.isInjectionOnly()) {
                continue;
            }
            AnnotatedType declared = Nullness.of(property.getMember());
            members.add(
                    property.getName(),
                    of(property.getType(), declared, property, Use.READ),
                    isRequired(property, declared),
                    property);
        }
        return members.schema();
    }

    /**
     * Whether a caller must send the member. For the sake of peers of other versions, the mapper takes 0 or null for a
     * missing one; that is no value where null is declared never to be one.
     */
    private boolean isRequired(SettableBeanProperty property, @Nullable AnnotatedType declared) {
        JavaType type = property.getType();
        if (property.isRequired() || !property.isCreatorProperty()) {
            return property.isRequired();
        }
        boolean optional =
                type.isReferenceType() || Scalars.isOptional(type.getRawClass()) || Nullness.nullable(declared);
        return reading.isEnabled(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                || type.isPrimitive()
                || declared != null
                        && !optional
                        && !(declared.getType() instanceof TypeVariable<?>)
                        && Nullness.marked(property.getMember().getDeclaringClass());
    }
}
