package dev.parley;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a service offers, as its introspection tells it. Immutable.
 *
 * @param name the service's name
 * @param methods its methods, sorted by name
 */
public record ServiceDescription(String name, List<Method> methods) {
    public ServiceDescription {
        methods = List.copyOf(methods);
    }

    /**
     * A method.
     *
     * @param name its name on the wire
     * @param namespace its namespace, if it has one
     * @param version its endpoint's version, if it tells one
     * @param parameters its parameters in order; {@code null} if the peer does not tell
     * @param result the type of its result, if the peer tells
     * @param doc what it does, if the peer tells
     */
    public record Method(
            String name,
            @Nullable String namespace,
            @Nullable String version,
            @Nullable List<Parameter> parameters,
            @Nullable ValueType result,
            @Nullable String doc) {
        /** The name that the direct wires use: {@code namespace.name}, or the name alone. */
        public String qualifiedName() {
            return namespace == null ? name : namespace + "." + name;
        }

        /** The method in one line, such as {@code add(a: integer, b: integer) -> integer}. */
        public String signature() {
            StringBuilder text = new StringBuilder(qualifiedName()).append('(');
            if (parameters == null) {
                text.append("…");
            } else {
                for (int i = 0; i < parameters.size(); i++) {
                    text.append(i == 0 ? "" : ", ").append(parameters.get(i));
                }
            }
            return text.append(')')
                    .append(result == null ? "" : " -> " + result)
                    .toString();
        }
    }

    /**
     * A parameter.
     *
     * @param name its name on the wire
     * @param type its type, if known
     * @param required whether the caller must give it
     * @param defaultValue its value when the caller leaves it out, as JSON text; {@code null} if there is none
     * @param variable whether it takes all further positional arguments
     */
    public record Parameter(
            String name,
            @Nullable ValueType type,
            boolean required,
            @Nullable String defaultValue,
            boolean variable) {
        @Override
        public String toString() {
            return (variable ? "*" : "")
                    + name
                    + (type == null ? "" : ": " + type)
                    + (defaultValue != null ? " = " + defaultValue : required || variable ? "" : "?");
        }
    }

    /** The types of values that every wire knows, under the names of JSON Schema; {@link #BINARY} and {@link #DATETIME} are strings there. */
    public enum ValueType {
        /** Nothing. */
        NULL,
        /** True or false. */
        BOOLEAN,
        /** A whole number. */
        INTEGER,
        /** Any number. */
        NUMBER,
        /** Text. */
        STRING,
        /** Bytes. */
        BINARY,
        /** A point in time. */
        DATETIME,
        /** An ordered list. */
        ARRAY,
        /** Named members. */
        OBJECT,
        /** Any of these. */
        ANY;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
