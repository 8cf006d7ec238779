package dev.parley;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns values and contexts into what the wire's own encoding can carry, and back, as oslo.messaging's Serializer does. It stands in front of the wire's value
 * mapping: it sees each argument, the result, and the context. Implementations must be thread-safe.
 */
public interface Serializer {
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
