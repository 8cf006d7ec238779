package dev.parley;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call, positional or named. XML-RPC and zerorpc carry positional ones only, oslo.messaging named ones only, JSON-RPC both. Immutable.
 */
public sealed interface Args {
    /** Positional arguments. */
    static Args of(@Nullable Object... values) {
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

    /** How many there are. */
    int size();

    /**
     * Arguments by position.
     *
     * @param values the values in order; an element may be {@code null}
     */
    record Positional(List<@Nullable Object> values) implements Args {
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
        /** These and one more; a name already there gets the new value. */
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
