package dev.parley.broker.amqp;

import dev.parley.broker.amqp.FieldTable.LongString;
import dev.parley.broker.amqp.FieldTable.Timestamp;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What RabbitMQ calls the types of field table values in its error texts. */
public final class FieldTypes {
    private FieldTypes() {}

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

    public static boolean integer(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }
}
