package dev.parley.jsonrpc.openrpc;

import dev.parley.jsonrpc.openrpc.Component.Use;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JavaType;

/**
 * The named schemas of a document. A type has one, or two if it is read in another form than it is written: then the
 * name of the former ends in {@code Input}. Confined to one document.
 */
final class Components {
    private static final String PREFIX = "#/components/schemas/";

    private final Map<Component.Key, Component> byKey = new LinkedHashMap<>();

    @Nullable
    Component find(Component.Key key) {
        return byKey.get(key);
    }

    Component add(Component.Key key) {
        Component component = new Component(key);
        byKey.put(key, component);
        return component;
    }

    /** The part of a document with references by name, and the named schemas: complete only when all is added. */
    Named named() {
        Set<Component.Key> split = split();
        Map<Component.Key, String> names = new HashMap<>();
        Map<String, Set<JavaType>> bySimpleName = new HashMap<>();
        for (Component.Key key : byKey.keySet()) {
            bySimpleName
                    .computeIfAbsent(simpleName(key.type()), name -> new HashSet<>())
                    .add(key.type());
        }
        for (Component.Key key : byKey.keySet()) {
            String simple = simpleName(key.type());
            String name = bySimpleName.getOrDefault(simple, Set.of()).size() == 1 ? simple : fullName(key.type());
            names.put(key, key.use() == Use.READ && split.contains(key) ? name + "Input" : name);
        }
        Map<String, Object> schemas = new TreeMap<>();
        byKey.forEach((key, component) ->
                schemas.put(name(names, key), replace(component.schema(), other -> PREFIX + name(names, other.key()))));
        return new Named(names, schemas);
    }

    /** The names of all components. Immutable but for the schemas. */
    record Named(Map<Component.Key, String> names, Map<String, Object> schemas) {
        /** A copy of a part of the document with references by name. */
        Object resolve(Object part) {
            return replace(part, component -> PREFIX + name(names, component.key()));
        }
    }

    private static String name(Map<Component.Key, String> names, Component.Key key) {
        return String.valueOf(names.get(key));
    }

    /** The types that are used both ways in forms that differ, in themselves or in what they refer to. */
    private Set<Component.Key> split() {
        Set<Component.Key> split = new HashSet<>();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Map.Entry<Component.Key, Component> entry : byKey.entrySet()) {
                Component other = byKey.get(entry.getKey().other());
                if (other != null
                        && !split.contains(entry.getKey())
                        && !comparable(entry.getValue(), split).equals(comparable(other, split))) {
                    split.add(entry.getKey());
                    split.add(other.key());
                    changed = true;
                }
            }
        }
        return split;
    }

    /** A schema in which references to types of one form are the same in both directions. */
    private Object comparable(Component component, Set<Component.Key> split) {
        return replace(
                component.schema(),
                other -> split.contains(other.key()) ? other.key() : other.key().type());
    }

    private static Object replace(Object part, Function<Component, Object> reference) {
        return switch (part) {
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new LinkedHashMap<>();
                map.forEach((name, value) -> copy.put(name, replace(value, reference)));
                yield copy;
            }
            case List<?> list -> {
                List<Object> copy = new ArrayList<>();
                list.forEach(item -> copy.add(replace(item, reference)));
                yield copy;
            }
            case Component component -> reference.apply(component);
            default -> part;
        };
    }

    /** Such as {@code Page} or {@code PageOfUser}. */
    private static String simpleName(JavaType type) {
        return name(type, type.getRawClass().getSimpleName(), Components::simpleName);
    }

    private static String fullName(JavaType type) {
        return name(type, type.getRawClass().getName().replace('$', '.'), Components::fullName);
    }

    private static String name(JavaType type, String raw, Function<JavaType, String> argument) {
        StringBuilder name =
                new StringBuilder(type.isArrayType() ? "ArrayOf" + argument.apply(type.getContentType()) : raw);
        for (int i = 0; i < type.containedTypeCount() && !type.isArrayType(); i++) {
            name.append(i == 0 ? "Of" : "And").append(argument.apply(type.containedType(i)));
        }
        return name.toString().replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** A sorted list, so that documents do not depend on the order of declarations. */
    static List<String> sorted(Iterable<String> names) {
        Set<String> sorted = new TreeSet<>();
        names.forEach(sorted::add);
        return List.copyOf(sorted);
    }
}
