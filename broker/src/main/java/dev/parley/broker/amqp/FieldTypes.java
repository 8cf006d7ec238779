package dev.parley.broker.amqp;

import dev.parley.broker.amqp.FieldTable.LongString;
import dev.parley.broker.amqp.FieldTable.Timestamp;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of field table values, named as in RabbitMQ's error texts. Stateless. */
public final class FieldTypes {
    private FieldTypes() {}

    /** The name of the type of a value. */
    public static String name(@Nullable Object value) {
        return switch (value) {
            case null -> "void";
            case String s -> "longstr";
            case LongString s -> "longstr";
            case Boolean b -> "bool";
            case Byte b -> "byte";
            case Short s -> "short";
            case Integer i -> "signedint";
            case Long l -> "long";
            case Float f -> "float";
            case Double d -> "double";
            case BigDecimal d -> "decimal";
            case Timestamp t -> "timestamp";
            case List<?> l -> "array";
            case Map<?, ?> m -> "table";
            case byte[] b -> "binary";
            default -> "unknown";
        };
    }

    /** Whether a value is an integer of any width. */
    public static boolean isInteger(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }
}
