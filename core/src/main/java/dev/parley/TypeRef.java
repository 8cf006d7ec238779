package dev.parley;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic result type, captured by an anonymous subclass: {@code new TypeRef<List<Job>>() {}}. Immutable.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {
    private final Type type;

    /** Captures the type argument of the anonymous subclass. */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
            throw new IllegalArgumentException("a TypeRef needs its type argument: new TypeRef<List<Job>>() {}");
        }
        type = parameterized.getActualTypeArguments()[0];
    }

    /** The captured type. */
    public final Type type() {
        return type;
    }
}
