package dev.parley.zerorpc.msgpack;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/** Text from a string, or from binary data that is UTF-8, as Python 2 and old packers send it; Jackson's own would make base64 of it. */
final class TextDeserializer extends StdScalarDeserializer<String> {
    TextDeserializer() {
        super(String.class);
    }

    @Override
    public @Nullable String deserialize(JsonParser parser, DeserializationContext context) {
        return parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT
                        && parser instanceof MsgpackParser msgpack
                        && msgpack.isBinary()
                ? msgpack.binaryAsText()
                : StringDeserializer.instance.deserialize(parser, context);
    }
}
