package dev.parley.cli.zerorpc;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as Python's json module reads and writes it. */
final class PythonJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private PythonJson() {}

    /**
     * Reads one value.
     *
     * @throws PythonError if the text is none
     */
    static @Nullable Object read(String text) {
        String wrong = "Expecting value: line 1 column 1 (char 0)";
        if (!text.isBlank()) {
            try {
                return MAPPER.readValue(text, Object.class);
            } catch (JacksonException e) {
                wrong = e.getOriginalMessage().replaceFirst(" \\(start marker.*", "");
            }
        }
        throw new PythonError("json.decoder.JSONDecodeError", wrong);
    }

    /**
     * Writes a value as ASCII, piece by piece: what stands before a value that JSON lacks has been written.
     *
     * @throws PythonError if there is such a value
     */
    static void write(@Nullable Object value, PrintStream out) {
        switch (value) {
            case null -> out.print("null");
            case String text -> out.print(quoted(text));
            case Double number -> out.print(number(number));
            case Float number -> out.print(number(number.doubleValue()));
            case Boolean flag -> out.print(flag.booleanValue());
            case Number number -> out.print(number);
            case List<?> list -> {
                out.print('[');
                String separator = "";
                for (Object item : list) {
                    out.print(separator);
                    separator = ", ";
                    write(item, out);
                }
                out.print(']');
            }
            case Map<?, ?> map -> {
                out.print('{');
                String separator = "";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    out.print(separator + quoted(String.valueOf(entry.getKey())) + ": ");
                    separator = ", ";
                    write(entry.getValue(), out);
                }
                out.print('}');
            }
            default ->
                throw new PythonError("TypeError", "Object of type " + type(value) + " is not JSON serializable");
        }
    }

    private static String type(Object value) {
        return value instanceof byte[] ? "bytes" : value instanceof java.time.Instant ? "Timestamp" : "ExtType";
    }

    private static String number(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        return Double.isInfinite(number) ? number > 0 ? "Infinity" : "-Infinity" : PythonText.repr(number);
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        out.append((char) c);
                    } else {
                        out.append("\\u%04x".formatted(c));
                    }
                }
            }
        });
        return out.append('"').toString();
    }
}
