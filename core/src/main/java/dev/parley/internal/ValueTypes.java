package dev.parley.internal;

import dev.parley.ServiceDescription.ValueType;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.temporal.Temporal;
import java.util.Collection;
import java.util.Date;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;

/** The types of values on the wires, by Java type. */
public final class ValueTypes {
    private ValueTypes() {}

    /** The type of values on the wire. */
    public static ValueType of(Type type) {
        if (type instanceof GenericArrayType) {
            return ValueType.ARRAY;
        }
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw
                && (raw == Optional.class || CompletionStage.class.isAssignableFrom(raw))) {
            return of(generic.getActualTypeArguments()[0]);
        }
        return ofClass(raw(type));
    }

    /** The erasure of a type; {@code Object} for a type variable or wildcard. */
    public static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> plain -> plain;
            case ParameterizedType generic -> (Class<?>) generic.getRawType();
            case GenericArrayType array ->
                Array.newInstance(raw(array.getGenericComponentType()), 0).getClass();
            default -> Object.class;
        };
    }

    private static ValueType ofClass(Class<?> type) {
        if (type == void.class || type == Void.class) {
            return ValueType.NULL;
        } else if (type == boolean.class || type == Boolean.class) {
            return ValueType.BOOLEAN;
        } else if (type == int.class
                || type == long.class
                || type == short.class
                || type == byte.class
                || type == Integer.class
                || type == Long.class
                || type == Short.class
                || type == Byte.class
                || type == BigInteger.class) {
            return ValueType.INTEGER;
        } else if (type == double.class
                || type == float.class
                || type == Double.class
                || type == Float.class
                || type == BigDecimal.class
                || type == Number.class) {
            return ValueType.NUMBER;
        } else if (type == byte[].class) {
            return ValueType.BINARY;
        } else if (CharSequence.class.isAssignableFrom(type)
                || type == char.class
                || type == Character.class
                || type.isEnum()) {
            return ValueType.STRING;
        } else if (Temporal.class.isAssignableFrom(type) || Date.class.isAssignableFrom(type)) {
            return ValueType.DATETIME;
        } else if (type.isArray()
                || Collection.class.isAssignableFrom(type)
                || Iterator.class.isAssignableFrom(type)
                || BaseStream.class.isAssignableFrom(type)
                || Flow.Publisher.class.isAssignableFrom(type)) {
            return ValueType.ARRAY;
        } else if (type == Object.class) {
            return ValueType.ANY;
        }
        return ValueType.OBJECT;
    }
}
