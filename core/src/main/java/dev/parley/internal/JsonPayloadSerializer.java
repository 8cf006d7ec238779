package dev.parley.internal;

import dev.parley.Limits;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.spi.ValueErrors;
import dev.parley.spi.ValueMapping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Converts outgoing values to maps, lists and scalars of JSON. Thread-safe. */
public final class JsonPayloadSerializer implements Serializer {
    private final JsonMapper json = new ValueMapping(Limits.defaults(), List.of()).json();

    @Override
    public @Nullable Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
        try {
            return entity == null ? null : json.convertValue(entity, Object.class);
        } catch (JacksonException e) {
            throw new SerializationException(
                    "a value of " + entity.getClass().getName() + " cannot be converted to JSON: "
                            + ValueErrors.text(e),
                    e);
        }
    }

    @Override
    public @Nullable Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
        return entity;
    }
}
