package dev.parley;

import dev.parley.internal.JsonPayloadSerializer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns values and contexts into what the wire's own encoding can carry, and back, as oslo.messaging's Serializer does. It stands in front of the wire's value
 * mapping: it sees each argument, the result or each item of a stream, and the context. Implementations must be thread-safe; an exception of theirs is the
 * call's. {@link EntitySerializer} is one for types of the user's own.
 */
public interface Serializer {
    /** Leaves everything as it is; what a client or server does without one. */
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
     * Makes maps, lists and scalars of what goes out, records and beans included, and leaves what comes in to the parameter's or result's type; as
     * oslo.messaging's {@code JsonPayloadSerializer}.
     */
    static Serializer jsonPayload() {
        return new JsonPayloadSerializer();
    }

    /** From an argument or a result to maps, lists and scalars. */
    @Nullable
    Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity);

    /** From maps, lists and scalars to an argument or a result. */
    @Nullable
    Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity);

    /** From the caller's context to the one on the wire. */
    default Map<String, @Nullable Object> serializeContext(Map<String, @Nullable Object> context) {
        return context;
    }

    /** From the context on the wire to the one that the method sees. */
    default Map<String, @Nullable Object> deserializeContext(Map<String, @Nullable Object> context) {
        return context;
    }
}
