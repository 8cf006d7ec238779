package dev.parley.spi;

import java.io.Serial;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.ArrayType;

/**
 * Deserializers of whole numbers: a float without a fraction is accepted, everything else is refused. Stateless and
 * thread-safe.
 */
final class StrictNumbers {
    private StrictNumbers() {}

    static JacksonModule module() {
        return new SimpleModule("parley-strict-numbers")
                .setDeserializerModifier(new Containers())
                .addDeserializer(Integer.class, new Whole<>(Integer.class, BigInteger::intValueExact, null))
                .addDeserializer(int.class, new Whole<>(int.class, BigInteger::intValueExact, 0))
                .addDeserializer(Long.class, new Whole<>(Long.class, BigInteger::longValueExact, null))
                .addDeserializer(long.class, new Whole<>(long.class, BigInteger::longValueExact, 0L))
                .addDeserializer(Short.class, new Whole<>(Short.class, BigInteger::shortValueExact, null))
                .addDeserializer(short.class, new Whole<>(short.class, BigInteger::shortValueExact, (short) 0))
                .addDeserializer(Byte.class, new Whole<>(Byte.class, BigInteger::byteValueExact, null))
                .addDeserializer(byte.class, new Whole<>(byte.class, BigInteger::byteValueExact, (byte) 0))
                .addDeserializer(BigInteger.class, new Whole<>(BigInteger.class, value -> value, null))
                .addDeserializer(
                        OptionalInt.class,
                        new Whole<>(
                                OptionalInt.class, value -> OptionalInt.of(value.intValueExact()), OptionalInt.empty()))
                .addDeserializer(
                        OptionalLong.class,
                        new Whole<>(
                                OptionalLong.class,
                                value -> OptionalLong.of(value.longValueExact()),
                                OptionalLong.empty()));
    }

    private interface Narrow<T> {
        T from(BigInteger value);
    }

    private static final class Whole<T> extends ValueDeserializer<T> {
        private final Class<T> type;
        private final Narrow<T> narrow;
        private final @Nullable T none;

        Whole(Class<T> type, Narrow<T> narrow, @Nullable T none) {
            this.type = type;
            this.narrow = narrow;
            this.none = none;
        }

        @Override
        public Class<?> handledType() {
            return type;
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return type.isPrimitive() ? null : none;
        }

        @Override
        public @Nullable T getNullValue(DeserializationContext context) {
            if (type.isPrimitive()) {
                context.reportInputMismatch(this, "null is not a valid %s", type.getSimpleName());
            }
            return none;
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

        static BigInteger integral(JsonParser parser) {
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

    /** Deserializers of Jackson that would drop the fraction of a number. */
    private static final class Containers extends ValueDeserializerModifier {
        @Serial
        private static final long serialVersionUID = 1;

        private static final Set<Class<?>> SINGLE = Set.of(AtomicInteger.class, AtomicLong.class);
        private static final Set<Class<?>> ARRAYS = Set.of(int[].class, long[].class, short[].class);

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> standard) {
            return SINGLE.contains(bean.getBeanClass()) ? new Contained(standard) : standard;
        }

        @Override
        public ValueDeserializer<?> modifyArrayDeserializer(
                DeserializationConfig config,
                ArrayType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> standard) {
            return ARRAYS.contains(type.getRawClass()) ? new Contained(standard) : standard;
        }
    }

    private static final class Contained extends DelegatingDeserializer {
        Contained(ValueDeserializer<?> standard) {
            super(standard);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> standard) {
            return new Contained(standard);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            return super.deserialize(new WholeNumbers(parser), context);
        }
    }

    /** Refuses a fraction where a whole number is asked for. Confined to one thread. */
    private static final class WholeNumbers extends JsonParserDelegate {
        WholeNumbers(JsonParser parser) {
            super(parser);
        }

        @Override
        public int getValueAsInt() {
            requireWhole(int.class);
            return super.getValueAsInt();
        }

        @Override
        public long getValueAsLong() {
            requireWhole(long.class);
            return super.getValueAsLong();
        }

        @Override
        public int getIntValue() {
            requireWhole(int.class);
            return super.getIntValue();
        }

        @Override
        public long getLongValue() {
            requireWhole(long.class);
            return super.getLongValue();
        }

        @Override
        public short getShortValue() {
            requireWhole(short.class);
            return super.getShortValue();
        }

        private void requireWhole(Class<?> type) {
            if (delegate.currentToken() != JsonToken.VALUE_NUMBER_FLOAT) {
                return;
            }
            try {
                Whole.integral(delegate);
            } catch (ArithmeticException e) {
                throw new InputCoercionException(
                        delegate,
                        delegate.getString() + " is not a valid " + type.getSimpleName(),
                        JsonToken.VALUE_NUMBER_FLOAT,
                        type);
            }
        }
    }
}
