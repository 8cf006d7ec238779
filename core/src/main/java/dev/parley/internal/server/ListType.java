package dev.parley.internal.server;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;

/** The type of a list of items. Immutable. */
record ListType(Type item) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
        return new Type[] {item};
    }

    @Override
    public Type getRawType() {
        return List.class;
    }

    @Override
    @SuppressWarnings("NullAway") // Not annotated in the JDK: it is null for a top-level type.
    public Type getOwnerType() {
        return null;
    }
}
