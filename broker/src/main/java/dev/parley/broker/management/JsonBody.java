package dev.parley.broker.management;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON object that a request carries: maps, lists, strings, {@code Long}, {@code Double}, booleans and nulls. What
 * is missing or of another type is refused by {@link ApiException} with RabbitMQ's reasons. Immutable.
 *
 * @param members the members of the object
 */
record JsonBody(Map<String, @Nullable Object> members) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int LINE = 79;

    static JsonBody read(byte[] octets) {
        if (octets.length == 0) {
            return new JsonBody(Map.of());
        }
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), octets)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.VALUE_STRING) {
                throw ApiException.badRequest("invalid payload: the request body JSON-decoded to a string. Is the input"
                        + " doubly-JSON-encoded?");
            }
            if (first == JsonToken.START_OBJECT && value(parser) instanceof Map<?, ?> map) {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                map.forEach((name, value) -> members.put(String.valueOf(name), value));
                if (parser.nextToken() == null) {
                    return new JsonBody(members);
                }
            }
        } catch (JacksonException e) {
            // Answered as what it is.
        }
        throw ApiException.badRequest("not_json");
    }

    /** The value that begins at the current token; its depth is limited by the parser. */
    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_NUMBER_INT -> integer(parser.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            default -> throw ApiException.badRequest("not_json");
        };
    }

    private static Object integer(BigInteger number) {
        if (number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        return number.doubleValue();
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    @Nullable
    Object get(String name) {
        return members.get(name);
    }

    /** Refuses a body without one of these members; the reason names all that are missing. */
    JsonBody require(String... names) {
        List<String> missing = Arrays.stream(names).filter(name -> !has(name)).toList();
        if (!missing.isEmpty()) {
            List<String> all =
                    missing.stream().map(name -> "{key_missing," + name + "}").toList();
            String line = "[" + String.join(",", all) + "]";
            // As Erlang prints a list.
            throw ApiException.badRequest(line.length() < LINE ? line : line.replace("},{", "},\n {"));
        }
        return this;
    }

    /** A boolean, or the strings {@code true} and {@code false}; false if it is absent. */
    boolean flag(String name) {
        return switch (get(name)) {
            case null -> false;
            case Boolean value -> value;
            case String text when text.equals("true") -> true;
            case String text when text.equals("false") -> false;
            case Object other -> throw ApiException.invalid("not_boolean", other);
        };
    }

    /** An integer, or a string of digits. */
    long integer(String name) {
        return switch (get(name)) {
            case Long number -> number;
            case String text when text.matches("-?\\d{1,18}") -> Long.parseLong(text);
            case null -> throw ApiException.invalid("not_integer", "null");
            case Object other -> throw ApiException.invalid("not_integer", other);
        };
    }

    /** A string, or a default if it is absent. */
    String text(String name, String defaultValue) {
        return switch (get(name)) {
            case null -> defaultValue;
            case String text -> text;
            case Object other -> throw ApiException.invalid("not_string", name);
        };
    }

    /** An object; empty if it is absent, or an empty list, as some clients write an empty object. */
    Map<String, @Nullable Object> object(String name) {
        return switch (get(name)) {
            case null -> Map.of();
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((key, value) -> copy.put(String.valueOf(key), value));
                yield copy;
            }
            case List<?> list when list.isEmpty() -> Map.of();
            case Object other -> throw ApiException.invalid("not_an_object", name);
        };
    }

    /** The arguments of a declaration, as values of a field table. */
    Map<String, @Nullable Object> arguments() {
        return table(object("arguments"));
    }

    /**
     * An object as a field table.
     *
     * @throws ApiException if it has a null, for which RabbitMQ has no type here
     */
    static Map<String, @Nullable Object> table(Map<String, @Nullable Object> object) {
        object.values().forEach(JsonBody::refuseNulls);
        return object;
    }

    private static void refuseNulls(@Nullable Object value) {
        switch (value) {
            case null -> throw ApiException.badRequest("null_not_allowed");
            case Map<?, ?> map -> map.values().forEach(JsonBody::refuseNulls);
            case List<?> list -> list.forEach(JsonBody::refuseNulls);
            default -> {}
        }
    }
}
