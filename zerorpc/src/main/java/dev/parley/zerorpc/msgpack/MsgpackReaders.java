package dev.parley.zerorpc.msgpack;

import java.io.Serial;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Reads what MessagePack has no type for. Types that are text on the wire (times, enums, UUIDs and the like) are read
 * from binary data too, since old packers do not tell it from text; a UUID also from its 16 bytes; numbers larger than
 * MessagePack's from text. Immutable and thread-safe.
 */
final class MsgpackReaders extends ValueDeserializerModifier {
    @Serial
    private static final long serialVersionUID = 1;

    private static final int UUID_BYTES = 16;

    /** The kinds of types that Jackson reads from text. */
    private static final Set<LogicalType> TEXTUAL =
            EnumSet.of(LogicalType.Textual, LogicalType.DateTime, LogicalType.Enum, LogicalType.OtherScalar);

    private static final Set<Class<?>> LARGE_NUMBERS = Set.of(BigDecimal.class, BigInteger.class, Number.class);

    /** A number as Java's and Python's decimals write it. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,9})?");

    /** The text, or {@code null} if the bytes are not UTF-8. */
    static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Override
    public ValueDeserializer<?> modifyDeserializer(
            DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> standard) {
        if (LARGE_NUMBERS.contains(bean.getBeanClass())) {
            return new NumberInText(standard);
        }
        LogicalType kind = standard.logicalType();
        boolean textual = kind != null && TEXTUAL.contains(kind) && !(standard instanceof TextDeserializer);
        return textual ? new TextInBinary(standard) : standard;
    }

    @Override
    public ValueDeserializer<?> modifyEnumDeserializer(
            DeserializationConfig config, JavaType type, BeanDescription.Supplier bean, ValueDeserializer<?> standard) {
        return new TextInBinary(standard);
    }

    /** Reads a type from the text that binary data is. */
    private static class TextInBinary extends DelegatingDeserializer {
        TextInBinary(ValueDeserializer<?> standard) {
            super(standard);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> standard) {
            return new TextInBinary(standard);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.VALUE_EMBEDDED_OBJECT
                    || !(parser.getEmbeddedObject() instanceof byte[] bytes)
                    || (bytes.length == UUID_BYTES && handledType() == UUID.class)) {
                return super.deserialize(parser, context);
            }
            String text = utf8(bytes);
            if (text == null) {
                return context.reportInputMismatch(
                        this,
                        "binary data of %d bytes is not a valid %s",
                        bytes.length,
                        handledType().getSimpleName());
            }
            TokenBuffer value = context.bufferForInputBuffering(parser);
            value.writeString(text);
            return super.deserialize(value.asParserOnFirstToken(context), context);
        }
    }

    /** Reads a number from text, as larger ones than MessagePack's are sent. */
    private static final class NumberInText extends TextInBinary {
        NumberInText(ValueDeserializer<?> standard) {
            super(standard);
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> standard) {
            return new NumberInText(standard);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                return super.deserialize(parser, context);
            }
            String text = parser.getString();
            int max = parser.streamReadConstraints().getMaxNumberLength();
            if (text.length() > max || !NUMBER.matcher(text).matches()) {
                // The delegate says what is wrong.
                return super.deserialize(parser, context);
            }
            TokenBuffer value = context.bufferForInputBuffering(parser);
            value.writeNumber(new BigDecimal(text));
            return super.deserialize(value.asParserOnFirstToken(context), context);
        }
    }
}
