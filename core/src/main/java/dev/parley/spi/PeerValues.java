package dev.parley.spi;

import dev.parley.PeerProfile;
import dev.parley.PeerProfile.Rule;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.jackson.JsonNodeDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.ArrayType;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;
import tools.jackson.databind.type.ReferenceType;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Applies a {@link PeerProfile}: puts its conversions before the deserializers of the types that they are for. Values
 * without a type keep the digits of their decimals in every profile. Stateless and thread-safe.
 */
final class PeerValues {
    /** A number as JSON writes it, and with the leading zeros and plus signs that text has. */
    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,9})?");

    private PeerValues() {}

    /** Whether text is what {@link Rule#NUMBER_IN_TEXT} reads as a number. */
    static boolean isNumber(@Nullable String text) {
        return text != null && NUMBER.matcher(text.strip()).matches();
    }

    static JacksonModule module(PeerProfile peer) {
        SimpleModule module = new SimpleModule("parley-peer-values").setDeserializerModifier(new Modifier(peer));
        // Modifiers are not asked about trees.
        addTree(module, JsonNode.class, peer);
        addTree(module, ObjectNode.class, peer);
        addTree(module, ArrayNode.class, peer);
        return module;
    }

    @SuppressWarnings("unchecked")
    private static <T extends JsonNode> void addTree(SimpleModule module, Class<T> type, PeerProfile peer) {
        ValueDeserializer<?> tree = JsonNodeDeserializer.getDeserializer(type);
        module.addDeserializer(type, (ValueDeserializer<T>) (ValueDeserializer<?>) new Exact(tree, peer));
    }

    private static final class Modifier extends ValueDeserializerModifier {
        private final transient PeerProfile peer;

        Modifier(PeerProfile peer) {
            this.peer = peer;
        }

        @Override
        public ValueDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription.Supplier bean, ValueDeserializer<?> deserializer) {
            return wrap(bean.getType(), deserializer);
        }

        @Override
        public ValueDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> deserializer) {
            return wrap(type, deserializer);
        }

        @Override
        public ValueDeserializer<?> modifyReferenceDeserializer(
                DeserializationConfig config,
                ReferenceType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> deserializer) {
            return wrap(type, deserializer);
        }

        @Override
        public ValueDeserializer<?> modifyCollectionDeserializer(
                DeserializationConfig config,
                CollectionType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> deserializer) {
            return wrap(type, deserializer);
        }

        @Override
        public ValueDeserializer<?> modifyArrayDeserializer(
                DeserializationConfig config,
                ArrayType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> deserializer) {
            return wrap(type, deserializer);
        }

        @Override
        public ValueDeserializer<?> modifyMapDeserializer(
                DeserializationConfig config,
                MapType type,
                BeanDescription.Supplier bean,
                ValueDeserializer<?> deserializer) {
            return wrap(type, deserializer);
        }

        private ValueDeserializer<?> wrap(JavaType type, ValueDeserializer<?> deserializer) {
            ValueKind kind = ValueKind.of(type);
            if (kind == ValueKind.ANY) {
                return new Exact(deserializer, peer);
            }
            return peer.rules().isEmpty() ? deserializer : new Converting(deserializer, peer, kind);
        }
    }

    /** Reads values without a type. */
    private static final class Exact extends DelegatingDeserializer {
        private final transient PeerProfile peer;

        Exact(ValueDeserializer<?> delegate, PeerProfile peer) {
            super(delegate);
            this.peer = peer;
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
            return new Exact(delegate, peer);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) {
            return super.deserialize(
                    parser instanceof ExactDecimals ? parser : new ExactDecimals(parser, peer.has(Rule.DECIMAL)),
                    context);
        }
    }

    /** Reads values of one type. */
    private static final class Converting extends DelegatingDeserializer {
        private final transient PeerProfile peer;
        private final transient ValueKind kind;

        Converting(ValueDeserializer<?> delegate, PeerProfile peer, ValueKind kind) {
            super(delegate);
            this.peer = peer;
            this.kind = kind;
        }

        @Override
        protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
            return new Converting(delegate, peer, kind);
        }

        @Override
        public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
            JsonToken token = parser.currentToken();
            Rule rule = kind.rule(token, token == JsonToken.VALUE_STRING && parser.getStringLength() == 0);
            if (rule == null || !peer.has(rule)) {
                return super.deserialize(parser, context);
            }
            return switch (rule) {
                case FALSE_AS_NULL, EMPTY_TEXT_AS_NULL -> getNullValue(context);
                case EMPTY_ARRAY_AS_OBJECT -> fromArray(parser, context);
                case NUMBER_IN_TEXT -> fromText(parser, context);
                case TEXT_FROM_NUMBER -> fromNumber(parser, context);
                case DECIMAL -> super.deserialize(parser, context);
            };
        }

        private @Nullable Object fromArray(JsonParser parser, DeserializationContext context) {
            TokenBuffer array = context.bufferAsCopyOfValue(parser);
            JsonParser copy = array.asParserOnFirstToken(context);
            if (copy.nextToken() == JsonToken.END_ARRAY) {
                TokenBuffer object = context.bufferForInputBuffering(parser);
                object.writeStartObject();
                object.writeEndObject();
                array = object;
            }
            return super.deserialize(array.asParserOnFirstToken(context), context);
        }

        private @Nullable Object fromText(JsonParser parser, DeserializationContext context) {
            String text = parser.getString().strip();
            TokenBuffer value = context.bufferForInputBuffering(parser);
            if (kind == ValueKind.BOOLEAN) {
                switch (text) {
                    case "1", "true" -> value.writeBoolean(true);
                    case "0", "false" -> value.writeBoolean(false);
                    default -> {
                        return super.deserialize(parser, context);
                    }
                }
            } else {
                int maxNumber = parser.streamReadConstraints().getMaxNumberLength();
                if (text.length() > maxNumber || !isNumber(text)) {
                    return super.deserialize(parser, context);
                }
                BigDecimal number = new BigDecimal(text);
                if (text.chars().allMatch(c -> c != '.' && c != 'e' && c != 'E')) {
                    value.writeNumber(number.toBigIntegerExact());
                } else {
                    value.writeNumber(number);
                }
            }
            return super.deserialize(value.asParserOnFirstToken(context), context);
        }

        private @Nullable Object fromNumber(JsonParser parser, DeserializationContext context) {
            TokenBuffer value = context.bufferForInputBuffering(parser);
            if (kind == ValueKind.TEXT) {
                value.writeString(parser.getString());
            } else if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && (parser.getBigIntegerValue().equals(BigInteger.ZERO)
                            || parser.getBigIntegerValue().equals(BigInteger.ONE))) {
                value.writeBoolean(parser.getBigIntegerValue().equals(BigInteger.ONE));
            } else {
                return super.deserialize(parser, context);
            }
            return super.deserialize(value.asParserOnFirstToken(context), context);
        }
    }
}
