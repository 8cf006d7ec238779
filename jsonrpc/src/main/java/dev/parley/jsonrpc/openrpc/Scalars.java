package dev.parley.jsonrpc.openrpc;

import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAccessor;
import java.util.Calendar;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The schemas of values without members. Formats are those of JSON Schema and OpenAPI's registry. Stateless. */
final class Scalars {
    private static final Map<Class<?>, String> TEXT_FORMATS = Map.ofEntries(
            Map.entry(Instant.class, "date-time"),
            Map.entry(OffsetDateTime.class, "date-time"),
            Map.entry(ZonedDateTime.class, "date-time"),
            Map.entry(LocalDateTime.class, "date-time-local"),
            Map.entry(LocalDate.class, "date"),
            Map.entry(LocalTime.class, "time-local"),
            Map.entry(OffsetTime.class, "time"),
            Map.entry(Duration.class, "duration"),
            Map.entry(Period.class, "duration"),
            Map.entry(UUID.class, "uuid"),
            Map.entry(URI.class, "uri"),
            Map.entry(URL.class, "uri"));

    private static final Map<Class<?>, String> NUMBER_FORMATS = Map.of(
            int.class, "int32",
            Integer.class, "int32",
            OptionalInt.class, "int32",
            long.class, "int64",
            Long.class, "int64",
            OptionalLong.class, "int64",
            float.class, "float",
            Float.class, "float",
            double.class, "double",
            Double.class, "double");

    private Scalars() {}

    /**
     * The schema of a value that is written as text, a number, a boolean or null.
     *
     * @param pattern whether it has a form of its own, which no format names
     */
    static Map<String, Object> schema(Shape shape, Class<?> type, boolean pattern) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", shape.kind().name().toLowerCase(Locale.ROOT));
        switch (shape.kind()) {
            case STRING -> {
                String format = pattern ? null : textFormat(shape, type);
                if (format != null) {
                    schema.put("format", format);
                }
                if (type == char.class || type == Character.class) {
                    schema.put("minLength", 1);
                    schema.put("maxLength", 1);
                }
            }
            case INTEGER, NUMBER -> {
                String format = type == OptionalDouble.class ? "double" : NUMBER_FORMATS.get(type);
                if (format != null) {
                    schema.put("format", format);
                } else if (type == short.class || type == Short.class) {
                    schema.put("minimum", Short.MIN_VALUE);
                    schema.put("maximum", Short.MAX_VALUE);
                } else if (type == byte.class || type == Byte.class) {
                    schema.put("minimum", Byte.MIN_VALUE);
                    schema.put("maximum", Byte.MAX_VALUE);
                }
            }
            default -> {
                // The type says all.
            }
        }
        return schema;
    }

    private static @Nullable String textFormat(Shape shape, Class<?> type) {
        String known = TEXT_FORMATS.get(type);
        if (known != null) {
            return known;
        } else if (Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type)) {
            return "date-time";
        }
        // Serializers name formats for java.time that do not fit each of its types, such as a month.
        return shape.format() == null || TemporalAccessor.class.isAssignableFrom(type)
                ? null
                : shape.format().toString();
    }

    /** One of the strings that are written for the constants of an enum. */
    static Map<String, Object> enumeration(Shape shape) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "string");
        schema.put("enum", List.copyOf(shape.values()));
        return schema;
    }

    /** Bytes: base64 text. */
    static Map<String, Object> binary() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "string");
        schema.put("format", "byte");
        schema.put("contentEncoding", "base64");
        return schema;
    }

    /** Whether the type is one of bytes that are written as base64 text. */
    static boolean bytes(Class<?> type) {
        return type == byte[].class || ByteBuffer.class.isAssignableFrom(type);
    }

    /** Whether it is an optional number, which is written as a number or null. */
    static boolean isOptional(Class<?> type) {
        return type == OptionalInt.class || type == OptionalLong.class || type == OptionalDouble.class;
    }
}
