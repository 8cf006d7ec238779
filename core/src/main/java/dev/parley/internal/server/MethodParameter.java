package dev.parley.internal.server;

import dev.parley.Default;
import dev.parley.Param;
import dev.parley.ServiceDescription;
import dev.parley.internal.ValueTypes;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter that the caller fills.
 *
 * @param name its name on the wire
 * @param type the type of its value: the optional's content, the varargs' element
 * @param optional whether it is an {@code Optional}
 * @param variable whether it is a varargs parameter
 * @param defaultJson the value of {@link Default} as JSON text
 */
record MethodParameter(
        String name,
        Type type,
        boolean optional,
        boolean variable,
        @Nullable String defaultJson) {
    static MethodParameter of(Parameter parameter) {
        Param param = parameter.getAnnotation(Param.class);
        Default defaultValue = parameter.getAnnotation(Default.class);
        Type type = parameter.getParameterizedType();
        boolean optional = parameter.getType() == Optional.class;
        if (optional) {
            type = type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[0] : Object.class;
        } else if (parameter.isVarArgs()) {
            type = type instanceof GenericArrayType generic
                    ? generic.getGenericComponentType()
                    : parameter.getType().getComponentType();
        }
        return new MethodParameter(
                param == null ? parameter.getName() : param.value(),
                type,
                optional,
                parameter.isVarArgs(),
                defaultValue == null ? null : Defaults.json(defaultValue.value()));
    }

    boolean required() {
        return !optional && !variable && defaultJson == null;
    }

    ServiceDescription.Parameter describe() {
        return new ServiceDescription.Parameter(name, ValueTypes.of(type), required(), defaultJson, variable);
    }
}
