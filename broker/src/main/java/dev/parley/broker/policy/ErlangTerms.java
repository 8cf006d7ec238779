package dev.parley.broker.policy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes values of JSON as RabbitMQ's error texts show them. Stateless. */
final class ErlangTerms {
    private ErlangTerms() {}

    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> "<<\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\">>";
            case List<?> list -> list.stream().map(ErlangTerms::text).collect(Collectors.joining(",", "[", "]"));
            case Map<?, ?> map -> pairs(map);
            default -> value.toString();
        };
    }

    /** As a list of pairs, in the order of their names. */
    static String pairs(Map<?, ?> map) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((name, value) -> sorted.put(String.valueOf(name), value));
        return sorted.entrySet().stream()
                .map(entry -> "{" + text(entry.getKey()) + "," + text(entry.getValue()) + "}")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
