package dev.parley.jsonrpc.message;

import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The notification by which a caller cancels a call, as the Language Server Protocol has it: {@code $/cancelRequest}
 * with {@code {"id": …}}. Peers that do not
 * know it ignore it, as they must any notification.
 */
public final class Cancellation {
    public static final String METHOD = "$/cancelRequest";

    private Cancellation() {}

    public static byte[] of(long id) {
        return ("{\"jsonrpc\":\"2.0\",\"method\":\"" + METHOD + "\",\"params\":{\"id\":" + id + "}}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The id that a notification of that name has, as JSON text; empty if it has none. */
    public static String id(Request.Call notification, ObjectMapper mapper) {
        Envelope envelope = notification.envelope();
        if (!envelope.hasParams()) {
            return "";
        }
        try {
            int length = envelope.paramsEnd - envelope.paramsStart;
            JsonNode params = mapper.readTree(envelope.bytes, envelope.paramsStart, length);
            return params.path("id").toString();
        } catch (JacksonException e) {
            return "";
        }
    }
}
