package dev.parley;

import dev.parley.internal.JsonPayloadSerializer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts values and contexts to what the wire's encoding can carry, and back, as oslo.messaging's Serializer does. It
 * is applied before the wire's value mapping, to each argument, the result or each item of a stream, and the context.
 * Implementations must be thread-safe; if one throws, the call fails with that exception. {@link EntitySerializer} is
 * one for custom types.
 */
public interface Serializer {
    /** Leaves everything unchanged; the default of clients and servers. */
    static Serializer noOp() {
        return new Serializer() {
            @Override
            public @Nullable Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return entity;
            }

            @Override
            public @Nullable Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return entity;
            }
        };
    }

    /**
     * Converts outgoing values, records and beans included, to maps, lists and scalars, and leaves incoming values to
     * the type of the parameter or result; as oslo.messaging's {@code JsonPayloadSerializer}.
     */
    static Serializer jsonPayload() {
        return new JsonPayloadSerializer();
    }

    /** Converts an argument or a result to maps, lists and scalars. */
    @Nullable
    Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity);

    /** Converts maps, lists and scalars to an argument or a result. */
    @Nullable
    Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity);

    /** Converts the caller's context to the one on the wire. */
    default Map<String, @Nullable Object> serializeContext(Map<String, @Nullable Object> context) {
        return context;
    }

    /** Converts the context on the wire to the one that the method sees. */
    default Map<String, @Nullable Object> deserializeContext(Map<String, @Nullable Object> context) {
        return context;
    }
}
