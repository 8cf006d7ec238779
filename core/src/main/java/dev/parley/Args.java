package dev.parley;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call, positional or named. XML-RPC and zerorpc carry positional ones only, oslo.messaging named
 * ones only, JSON-RPC both. Immutable.
 */
public sealed interface Args {
    /** Positional arguments. */
    static Args of(@Nullable Object... values) {
        if (values.length == 0) {
            return Positional.NONE;
        }
        return new Positional(Collections.unmodifiableList(Arrays.asList(values.clone())));
    }

    /** One named argument; {@link Named#and} adds more. */
    static Named named(String name, @Nullable Object value) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put(name, value);
        return new Named(Collections.unmodifiableMap(values));
    }

    /** Named arguments, in the map's order. */
    static Named named(Map<String, ? extends @Nullable Object> values) {
        return new Named(Collections.unmodifiableMap(new LinkedHashMap<>(values)));
    }

    /** The number of arguments. */
    int size();

    /**
     * Arguments by position.
     *
     * @param values the values in order; an element may be {@code null}
     */
    record Positional(List<@Nullable Object> values) implements Args {
        private static final Positional NONE = new Positional(List.of());

        @Override
        public int size() {
            return values.size();
        }
    }

    /**
     * Arguments by name.
     *
     * @param values the values by name, in order; a value may be {@code null}
     */
    record Named(Map<String, @Nullable Object> values) implements Args {
        /** These arguments and one more; an existing name gets the new value. */
        public Named and(String name, @Nullable Object value) {
            Map<String, @Nullable Object> more = new LinkedHashMap<>(values);
            more.put(name, value);
            return new Named(Collections.unmodifiableMap(more));
        }

        @Override
        public int size() {
            return values.size();
        }
    }
}
