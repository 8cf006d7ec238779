package dev.parley.internal.client;

import dev.parley.Args;
import dev.parley.Param;
import dev.parley.RpcContext;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonSerializable;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;

/**
 * The generic types that an interface declares for the arguments of a method. A list does not know the type of its
 * elements; written by its declared type it keeps what that says of them, such as how subtypes are told apart.
 * Immutable and thread-safe.
 */
final class DeclaredTypes {
    /** By position; {@code null} for a type that says no more than the value's class. */
    private final List<@Nullable JavaType> byPosition = new ArrayList<>();

    private final Map<String, @Nullable JavaType> byName = new LinkedHashMap<>();

    /** The type of arguments after the last of {@link #byPosition}, those of a variable parameter. */
    private @Nullable JavaType further;

    private DeclaredTypes() {}

    /**
     * The types of a method's parameters; {@code null} if none is generic.
     *
     * @param types the wire's own form of a type
     */
    static @Nullable DeclaredTypes of(Method method, Function<Type, JavaType> types) {
        DeclaredTypes declared = new DeclaredTypes();
        boolean generic = false;
        for (Parameter parameter : method.getParameters()) {
            if (parameter.getType() == RpcContext.class) {
                continue;
            }
            Type content = content(parameter);
            JavaType whole = isGeneric(content) ? types.apply(content) : null;
            Param param = parameter.getAnnotation(Param.class);
            declared.byName.put(param == null ? parameter.getName() : param.value(), whole);
            if (parameter.isVarArgs()) {
                declared.further = whole == null ? null : whole.getContentType();
            } else {
                declared.byPosition.add(whole);
            }
            generic |= whole != null;
        }
        return generic ? declared : null;
    }

    private static Type content(Parameter parameter) {
        return parameter.getType() == Optional.class
                        && parameter.getParameterizedType() instanceof ParameterizedType type
                ? type.getActualTypeArguments()[0]
                : parameter.getParameterizedType();
    }

    private static boolean isGeneric(Type type) {
        return type instanceof ParameterizedType || type instanceof GenericArrayType;
    }

    /** The arguments with their types, for the mapper of the wire. */
    Args typed(Args args) {
        return switch (args) {
            case Args.Positional positional -> {
                @Nullable Object[] values = positional.values().toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] = typed(values[i], i < byPosition.size() ? byPosition.get(i) : further);
                }
                yield Args.of(values);
            }
            case Args.Named named -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>(named.values());
                values.replaceAll((name, value) -> typed(value, byName.get(name)));
                yield Args.named(values);
            }
        };
    }

    /** An interceptor may have put a value of another type in its place, which is written by its own. */
    private static @Nullable Object typed(@Nullable Object value, @Nullable JavaType type) {
        return type != null && type.getRawClass().isInstance(value) ? new Typed(value, type) : value;
    }

    /** A value that is written by a type. */
    private record Typed(Object value, JavaType type) implements JacksonSerializable {
        @Override
        public void serialize(JsonGenerator generator, SerializationContext context) {
            context.findTypedValueSerializer(type, true).serialize(value, generator, context);
        }

        @Override
        public void serializeWithType(JsonGenerator generator, SerializationContext context, TypeSerializer ignored) {
            serialize(generator, context);
        }

        @Override
        public String toString() {
            return value.toString();
        }
    }
}
