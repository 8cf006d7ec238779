package dev.parley.broker.definitions;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One entry of definitions, such as a queue. Its errors are {@link IllegalArgumentException}s that name it. Immutable.
 *
 * @param section where it is, such as {@code queues}
 * @param number its place there, from 0
 * @param virtualHost that of all entries, if the definitions are those of one virtual host
 */
record Entry(
        String section,
        int number,
        Map<String, @Nullable Object> fields,
        @Nullable String virtualHost) {
    IllegalArgumentException invalid(String why) {
        Object name = fields.get("name");
        return new IllegalArgumentException("definitions: " + section + "[" + number + "]"
                + (name instanceof String text ? " '" + text + "'" : "") + ": " + why);
    }

    private IllegalArgumentException invalid(String field, String expected) {
        Object value = fields.get(field);
        return invalid(
                fields.containsKey(field)
                        ? field + " must be " + expected + ", was " + value
                        : "the field " + field + " is absent, which must be " + expected);
    }

    String text(String field) {
        if (fields.get(field) instanceof String text) {
            return text;
        }
        throw invalid(field, "a string");
    }

    String text(String field, String defaultValue) {
        return fields.containsKey(field) ? text(field) : defaultValue;
    }

    boolean flag(String field, boolean defaultValue) {
        Object value = fields.getOrDefault(field, defaultValue);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw invalid(field, "true or false");
    }

    /** A map; empty if it is absent, or an empty list, as which RabbitMQ once wrote empty maps. */
    Map<String, @Nullable Object> map(String field) {
        Object value = fields.get(field);
        if (!fields.containsKey(field) || (value instanceof List<?> list && list.isEmpty())) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((name, member) -> copy.put(String.valueOf(name), member));
            return Collections.unmodifiableMap(copy);
        }
        throw invalid(field, "an object");
    }

    /** The name of the virtual host it is in. */
    String host() {
        return virtualHost == null ? text("vhost") : virtualHost;
    }

    /** Tags, which are a list of strings, or a string with commas. */
    List<String> tags() {
        return switch (fields.get("tags")) {
            case String text ->
                Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .toList();
            case List<?> list
            when list.stream().allMatch(String.class::isInstance) ->
                list.stream().map(String.class::cast).toList();
            case null, default -> throw invalid("tags", "a string or a list of strings");
        };
    }
}
