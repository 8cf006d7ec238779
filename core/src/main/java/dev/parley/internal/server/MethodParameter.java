package dev.parley.internal.server;

import dev.parley.Default;
import dev.parley.Param;
import dev.parley.Remaining;
import dev.parley.ServiceDescription;
import dev.parley.internal.ValueTypes;
import dev.parley.spi.ServedMethod;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that the caller passes. Immutable.
 *
 * @param name its name on the wire
 * @param type the type of its value: that of the content of an optional, of one of the variable arguments, or of one of
 *     the remaining arguments
 * @param kind how many arguments it takes
 * @param defaultJson the value of {@link Default} as JSON text
 * @param annotated the type of its value with annotations; {@code null} for a parameter of a function
 * @param source its name in the source, by which documentation calls it
 */
record MethodParameter(
        String name,
        Type type,
        Kind kind,
        @Nullable String defaultJson,
        @Nullable AnnotatedType annotated,
        String source) {
    /** How many arguments a parameter takes. */
    enum Kind {
        /** One, which may be required or have a default. */
        SINGLE,
        /** One or none: the parameter is an {@link Optional}. */
        OPTIONAL,
        /** All further positional arguments. */
        VARIABLE,
        /** All named arguments that no other parameter claims. */
        REMAINING
    }

    /** A parameter of a Java method. */
    static MethodParameter of(Parameter parameter) {
        Param param = parameter.getAnnotation(Param.class);
        Default defaultValue = parameter.getAnnotation(Default.class);
        Type type = parameter.getParameterizedType();
        AnnotatedType annotated = parameter.getAnnotatedType();
        Kind kind = Kind.SINGLE;
        if (parameter.isAnnotationPresent(Remaining.class)) {
            kind = Kind.REMAINING;
            type = remainingType(parameter);
            annotated = argument(annotated, 1);
        } else if (parameter.getType() == Optional.class) {
            kind = Kind.OPTIONAL;
            type = type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[0] : Object.class;
            annotated = argument(annotated, 0);
        } else if (parameter.isVarArgs()) {
            kind = Kind.VARIABLE;
            type = type instanceof GenericArrayType generic
                    ? generic.getGenericComponentType()
                    : parameter.getType().getComponentType();
            annotated = annotated instanceof AnnotatedArrayType array ? array.getAnnotatedGenericComponentType() : null;
        }
        return new MethodParameter(
                param == null ? parameter.getName() : param.value(),
                type,
                kind,
                defaultValue == null ? null : Defaults.json(defaultValue.value()),
                annotated,
                parameter.getName());
    }

    /** The annotated type of an argument of a generic type; {@code null} if there is none. */
    static @Nullable AnnotatedType argument(@Nullable AnnotatedType type, int index) {
        return type instanceof AnnotatedParameterizedType generic
                ? generic.getAnnotatedActualTypeArguments()[index]
                : null;
    }

    /** A parameter of a function. */
    static MethodParameter of(String name, Class<?> type) {
        return new MethodParameter(name, type, Kind.SINGLE, null, null, name);
    }

    private static Type remainingType(Parameter parameter) {
        if (parameter.getType() == Map.class
                && parameter.getParameterizedType() instanceof ParameterizedType generic
                && generic.getActualTypeArguments()[0] == String.class) {
            return generic.getActualTypeArguments()[1];
        }
        throw new IllegalArgumentException("@Remaining parameter '" + parameter.getName() + "' of "
                + parameter.getDeclaringExecutable() + " must be of type Map<String, T>, not "
                + parameter.getParameterizedType().getTypeName());
    }

    boolean optional() {
        return kind == Kind.OPTIONAL;
    }

    boolean variable() {
        return kind == Kind.VARIABLE;
    }

    boolean remaining() {
        return kind == Kind.REMAINING;
    }

    /** Whether the caller must pass it. */
    boolean required() {
        return kind == Kind.SINGLE && defaultJson == null;
    }

    ServiceDescription.Parameter describe(@Nullable String doc) {
        return new ServiceDescription.Parameter(
                name, ValueTypes.of(type), required(), defaultJson, variable(), remaining(), doc);
    }

    /** What is known of its value. */
    ServedMethod.Value value() {
        return new ServedMethod.Value(type, annotated, optional());
    }
}
