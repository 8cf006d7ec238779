package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A message of Parley's own, from the reader of a stream to its server. Immutable, and safe for use by any thread.
 *
 * @param id the message id of the call
 * @param items how many more items the server may send; 0 cancels the stream
 */
public record Credit(String id, int items) {
    /**
     * Reads a credit.
     *
     * @throws ProtocolException if the message is malformed
     */
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
        throw new ProtocolException("a credit without a valid _msg_id or _credit");
    }
}
