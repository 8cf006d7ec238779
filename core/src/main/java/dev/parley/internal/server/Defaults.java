package dev.parley.internal.server;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON text of {@link dev.parley.Default}. */
final class Defaults {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Defaults() {}

    /** The annotation's text as JSON: itself if it is JSON, else a string. */
    static String json(String text) {
        try {
            JSON.readTree(text);
            return text;
        } catch (JacksonException e) {
            return JSON.writeValueAsString(text);
        }
    }

    /** The value, made anew each time since it may be mutable. */
    static @Nullable Object read(MethodParameter parameter) {
        return JSON.readerFor(JSON.constructType(parameter.type()))
                .readValue(Objects.requireNonNull(parameter.defaultJson()));
    }

    /** Fails now rather than at the first call. */
    static void check(MethodParameter parameter, String method) {
        try {
            read(parameter);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "@Default(\"" + parameter.defaultJson() + "\") does not fit parameter '" + parameter.name()
                            + "' of " + method,
                    e);
        }
    }
}
