package dev.parley.zerorpc.msgpack;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
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
        if (parser.currentToken() == JsonToken.VALUE_EMBEDDED_OBJECT
                && parser.getEmbeddedObject() instanceof byte[] bytes) {
            String text = MsgpackReaders.utf8(bytes);
            return text == null
                    ? context.reportInputMismatch(this, "the string of %d bytes is not valid UTF-8", bytes.length)
                    : text;
        }
        return StringDeserializer.instance.deserialize(parser, context);
    }
}
