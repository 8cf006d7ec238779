package dev.parley;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The methods of a service, as its introspection shows them. Immutable and thread-safe.
 *
 * @param name the name of the service
 * @param methods its methods, sorted by name; each overload is listed
 */
public record ServiceDescription(String name, List<Method> methods) {
    public ServiceDescription {
        Objects.requireNonNull(name, "name");
        methods = List.copyOf(methods);
    }

    /**
     * A method. Immutable.
     *
     * @param name its name on the wire
     * @param namespace its namespace; {@code null} for none
     * @param version the version of its endpoint; {@code null} for none
     * @param parameters its parameters in order; {@code null} if unknown
     * @param result the type of its result; {@code null} if unknown
     * @param doc its description; {@code null} for none
     * @param resultDoc the description of its result; {@code null} for none
     * @param deprecated whether callers should no longer use it
     */
    public record Method(
            String name,
            @Nullable String namespace,
            @Nullable String version,
            @Nullable List<Parameter> parameters,
            @Nullable ValueType result,
            @Nullable String doc,
            @Nullable String resultDoc,
            boolean deprecated) {
        public Method {
            Objects.requireNonNull(name, "name");
            parameters = parameters == null ? null : List.copyOf(parameters);
        }

        /** A method that is not deprecated, without a description of its result. */
        public Method(
                String name,
                @Nullable String namespace,
                @Nullable String version,
                @Nullable List<Parameter> parameters,
                @Nullable ValueType result,
                @Nullable String doc) {
            this(name, namespace, version, parameters, result, doc, null, false);
        }

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
     * A parameter. Immutable.
     *
     * @param name its name on the wire
     * @param type its type; {@code null} if unknown
     * @param required whether the caller must pass it
     * @param defaultValue its value if the caller omits it, as JSON text; {@code null} for none
     * @param variable whether it takes all further positional arguments
     * @param remaining whether it takes all named arguments that no other parameter claims; {@code type} is the type of
     *     each of them
     * @param doc its description; {@code null} for none
     */
    public record Parameter(
            String name,
            @Nullable ValueType type,
            boolean required,
            @Nullable String defaultValue,
            boolean variable,
            boolean remaining,
            @Nullable String doc) {
        public Parameter {
            Objects.requireNonNull(name, "name");
        }

        /** A parameter that does not take the remaining named arguments. */
        public Parameter(
                String name,
                @Nullable ValueType type,
                boolean required,
                @Nullable String defaultValue,
                boolean variable) {
            this(name, type, required, defaultValue, variable, false, null);
        }

        /**
         * The parameter as {@code name: type}, with {@code *}, {@code **}, {@code = default} or {@code ?} if it
         * applies.
         */
        @Override
        public String toString() {
            return (remaining ? "**" : variable ? "*" : "")
                    + name
                    + (type == null ? "" : ": " + type)
                    + (defaultValue != null ? " = " + defaultValue : required || variable || remaining ? "" : "?");
        }
    }

    /**
     * The types of values that every wire knows, with the names of JSON Schema; {@link #BINARY} and {@link #DATETIME}
     * are strings there.
     */
    public enum ValueType {
        /** Null. */
        NULL,
        /** True or false. */
        BOOLEAN,
        /** An integer. */
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
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
