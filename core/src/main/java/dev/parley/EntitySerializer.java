package dev.parley;

import dev.parley.spi.ValueMapping;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A serializer for custom types: as text, bytes or JSON, which other libraries can produce, for instance from protobuf
 * messages.
 *
 * <p>A value of such a type is sent as a map with one entry, from the name chosen for the type to the value's text,
 * bytes or JSON: {@code {"shop.price": "12.50"}}. A peer in any language can read and write that. Such maps become
 * values of the type wherever they occur: as an argument, result or item, and within lists and maps. Names are defined
 * here only, so nothing on the wire names a class; choose names that no other map has as its only key. Immutable,
 * thread-safe.
 */
public final class EntitySerializer implements Serializer {
    private static final JsonMapper JSON = new ValueMapping(Limits.defaults(), List.of()).json();

    private final Map<Class<?>, Entity> byType;
    private final Map<String, Entity> byName;

    private EntitySerializer(Builder builder) {
        byType = Map.copyOf(builder.byType);
        byName = Map.copyOf(builder.byName);
    }

    /** A conversion. If it throws, the call fails with {@link SerializationException}. */
    @FunctionalInterface
    public interface Conversion<A, B> {
        /** Converts. */
        B apply(A value) throws Exception;
    }

    private record Entity(
            String name, Class<?> type, Conversion<Object, @Nullable Object> write, Conversion<Object, Object> read) {
        Object written(Object value) {
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put(name, converted(write, value, "written"));
            return entry;
        }

        Object read(@Nullable Object written) {
            if (written == null) {
                throw new SerializationException("'" + name + "' cannot be read as " + type.getName() + ": it is null");
            }
            Object value = converted(read, written, "read");
            if (value == null) {
                throw new SerializationException("'" + name + "' was read as null");
            }
            return value;
        }

        private <B extends @Nullable Object> B converted(Conversion<Object, B> conversion, Object value, String verb) {
            try {
                return conversion.apply(value);
            } catch (Exception e) {
                throw new SerializationException(
                        "'" + name + "' cannot be " + verb + " as " + type.getName() + ": " + e.getMessage(), e);
            }
        }
    }

    /** A new builder. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public @Nullable Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
        if (entity == null) {
            return null;
        }
        for (Class<?> type = entity.getClass(); type != null; type = type.getSuperclass()) {
            Entity known = byType.get(type);
            if (known != null) {
                return known.written(entity);
            }
        }
        return switch (entity) {
            case Collection<?> items -> {
                List<@Nullable Object> list = new ArrayList<>(items.size());
                items.forEach(item -> list.add(serializeEntity(context, item)));
                yield list;
            }
            case Map<?, ?> members -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                members.forEach((name, value) -> map.put(name, serializeEntity(context, value)));
                yield map;
            }
            default -> entity;
        };
    }

    @Override
    public @Nullable Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
        return switch (entity) {
            case List<?> items -> {
                List<@Nullable Object> list = new ArrayList<>(items.size());
                items.forEach(item -> list.add(deserializeEntity(context, item)));
                yield list;
            }
            case Map<?, ?> members -> {
                if (members.size() == 1) {
                    Map.Entry<?, ?> only = members.entrySet().iterator().next();
                    Entity known = only.getKey() instanceof String name ? byName.get(name) : null;
                    if (known != null) {
                        yield known.read(only.getValue());
                    }
                }
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                members.forEach((name, value) -> map.put(name, deserializeEntity(context, value)));
                yield map;
            }
            case null -> null;
            default -> entity;
        };
    }

    /** Maps types to names. Not thread-safe. */
    public static final class Builder {
        private final Map<Class<?>, Entity> byType = new LinkedHashMap<>();
        private final Map<String, Entity> byName = new LinkedHashMap<>();

        private Builder() {}

        /** A type, subclasses included, as text. */
        public <T> Builder text(
                String name, Class<T> type, Conversion<? super T, String> write, Conversion<String, ? extends T> read) {
            return add(name, type, write::apply, written -> {
                if (written instanceof String text) {
                    return read.apply(text);
                }
                throw new IllegalArgumentException(
                        "expected text, not " + written.getClass().getSimpleName());
            });
        }

        /** A type, subclasses included, as bytes; in base64 on wires without binary data, such as JSON. */
        public <T> Builder bytes(
                String name, Class<T> type, Conversion<? super T, byte[]> write, Conversion<byte[], ? extends T> read) {
            return add(name, type, write::apply, written -> switch (written) {
                case byte[] bytes -> read.apply(bytes);
                case String base64 -> read.apply(Base64.getDecoder().decode(base64));
                default ->
                    throw new IllegalArgumentException(
                            "expected bytes, not " + written.getClass().getSimpleName());
            });
        }

        /**
         * A type, subclasses included, as JSON that the conversions write and read; it is sent as the value that the
         * JSON text represents, not as text.
         */
        public <T> Builder json(
                String name, Class<T> type, Conversion<? super T, String> write, Conversion<String, ? extends T> read) {
            return add(
                    name,
                    type,
                    value -> JSON.readValue(write.apply(value), Object.class),
                    written -> read.apply(JSON.writeValueAsString(written)));
        }

        /** A record or bean, converted by the default value mapping without custom Jackson modules. */
        public <T> Builder json(String name, Class<T> type) {
            return add(
                    name,
                    type,
                    value -> JSON.convertValue(value, Object.class),
                    written -> JSON.convertValue(written, type));
        }

        private <T> Builder add(
                String name, Class<T> type, Conversion<T, @Nullable Object> write, Conversion<Object, Object> read) {
            Entity entity = new Entity(name, type, value -> write.apply(type.cast(value)), read);
            if (byName.put(name, entity) != null) {
                throw new IllegalArgumentException("two types have the name '" + name + "'");
            } else if (byType.put(type, entity) != null) {
                throw new IllegalArgumentException("two names for the type " + type.getName());
            }
            return this;
        }

        /** The serializer. */
        public EntitySerializer build() {
            return new EntitySerializer(this);
        }
    }
}
