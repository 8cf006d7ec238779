package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * Parley's own message from the reader of a stream to its server.
 *
 * @param id the call's message id
 * @param items how many more items may be sent; 0 if no more are wanted at all
 */
public record Credit(String id, int items) {
    public static Credit parse(char[] text, ObjectMapper mapper) {
        try {
            JsonNode message = mapper.readTree(mapper.createParser(text, 0, text.length));
            JsonNode items = message.path("_credit");
            if (message.path("_msg_id").isString() && items.isInt() && items.intValue() >= 0) {
                return new Credit(message.path("_msg_id").asString(), items.intValue());
            }
        } catch (JacksonException e) {
            throw Codec.malformed(e);
        }
        throw new ProtocolException("no _msg_id and _credit");
    }
}
