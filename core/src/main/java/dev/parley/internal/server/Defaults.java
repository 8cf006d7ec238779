package dev.parley.internal.server;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the JSON text of {@link dev.parley.Default}. */
final class Defaults {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Defaults() {}

    /** The text of the annotation as JSON: itself if it is valid JSON, else a string. */
    static String json(String text) {
        try {
            JSON.readTree(text);
            return text;
        } catch (JacksonException e) {
            return JSON.writeValueAsString(text);
        }
    }

    /** The value, a new one each time because it may be mutable. */
    static @Nullable Object read(MethodParameter parameter) {
        return JSON.readerFor(JSON.constructType(parameter.type()))
                .readValue(Objects.requireNonNull(parameter.defaultJson()));
    }

    /** Checks the value when the server is built, so that no call fails because of it. */
    static void check(MethodParameter parameter, String method) {
        try {
            read(parameter);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "@Default(\"" + parameter.defaultJson() + "\") does not match the type of parameter '"
                            + parameter.name() + "' of " + method,
                    e);
        }
    }
}
