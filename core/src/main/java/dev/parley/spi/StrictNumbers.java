package dev.parley.spi;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.module.SimpleModule;

/**
 * Deserializers of whole numbers: a float without a fraction is accepted, everything else is refused.
 */
final class StrictNumbers {
    private StrictNumbers() {}

    static JacksonModule module() {
        return new SimpleModule("parley-strict-numbers")
                .addDeserializer(Integer.class, new Whole<>(Integer.class, BigInteger::intValueExact, null))
                .addDeserializer(int.class, new Whole<>(int.class, BigInteger::intValueExact, 0))
                .addDeserializer(Long.class, new Whole<>(Long.class, BigInteger::longValueExact, null))
                .addDeserializer(long.class, new Whole<>(long.class, BigInteger::longValueExact, 0L))
                .addDeserializer(Short.class, new Whole<>(Short.class, BigInteger::shortValueExact, null))
                .addDeserializer(short.class, new Whole<>(short.class, BigInteger::shortValueExact, (short) 0))
                .addDeserializer(Byte.class, new Whole<>(Byte.class, BigInteger::byteValueExact, null))
                .addDeserializer(byte.class, new Whole<>(byte.class, BigInteger::byteValueExact, (byte) 0))
                .addDeserializer(BigInteger.class, new Whole<>(BigInteger.class, value -> value, null));
    }

    private interface Narrow<T> {
        T from(BigInteger value);
    }

    private static final class Whole<T> extends ValueDeserializer<T> {
        private final Class<T> type;
        private final Narrow<T> narrow;
        private final @Nullable T zero;

        Whole(Class<T> type, Narrow<T> narrow, @Nullable T zero) {
            this.type = type;
            this.narrow = narrow;
            this.zero = zero;
        }

        @Override
        public Class<?> handledType() {
            return type;
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return null;
        }

        @Override
        public @Nullable T getNullValue(DeserializationContext context) {
            if (type.isPrimitive()) {
                context.reportInputMismatch(this, "null is not a valid %s", type.getSimpleName());
            }
            return zero;
        }

        @Override
        public @Nullable T deserialize(JsonParser parser, DeserializationContext context) {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                try {
                    return narrow.from(
                            token == JsonToken.VALUE_NUMBER_INT ? parser.getBigIntegerValue() : integral(parser));
                } catch (ArithmeticException e) {
                    return context.reportInputMismatch(
                            this, "%s is not a valid %s", parser.getString(), type.getSimpleName());
                }
            }
            @SuppressWarnings("unchecked")
            T other = (T) context.handleUnexpectedToken(type, parser);
            return other;
        }

        private static BigInteger integral(JsonParser parser) {
            double value = parser.getDoubleValue();
            if (!Double.isFinite(value)) {
                throw new ArithmeticException();
            }
            BigDecimal exact = parser.getDecimalValue();
            if (exact.precision() - exact.scale() > 400) {
                // 1e999999999 would become a number with that many digits.
                throw new ArithmeticException();
            }
            return exact.toBigIntegerExact();
        }
    }
}
