package dev.parley.zerorpc.msgpack;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.util.JsonParserDelegate;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/**
 * Reads text from a string, or from binary data that is UTF-8, as Python 2 and old packers send text. Jackson's own
 * deserializer would give the base64 of it. Thread-safe.
 */
final class TextDeserializer extends StdScalarDeserializer<String> {
    TextDeserializer() {
        super(String.class);
    }

    @Override
    public @Nullable String deserialize(JsonParser parser, DeserializationContext context) {
        return parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT && isBinary(parser)
                ? parser.getString()
                : StringDeserializer.instance.deserialize(parser, context);
    }

    /** The parser of a large message is wrapped in one that charges for its tokens. */
    private static boolean isBinary(JsonParser parser) {
        JsonParser inner = parser;
        while (inner instanceof JsonParserDelegate outer) {
            inner = outer.delegate();
        }
        return inner instanceof MsgpackParser msgpack && msgpack.isBinary();
    }
}
