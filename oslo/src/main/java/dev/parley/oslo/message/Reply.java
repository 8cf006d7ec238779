package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import dev.parley.oslo.topology.ShortString;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/** A reply that came in. The result stays as text until its type is known. Immutable. */
public final class Reply {
    private final ObjectMapper mapper;
    private final @Nullable JsonSlice result;
    private final String msgId;
    private final @Nullable String failure;
    private final boolean ending;
    private final @Nullable String creditQueue;
    private final int items;
    private final @Nullable String uniqueId;

    private Reply(
            ObjectMapper mapper,
            @Nullable JsonSlice result,
            String msgId,
            @Nullable String failure,
            boolean ending,
            @Nullable String creditQueue,
            int items,
            @Nullable String uniqueId) {
        this.mapper = mapper;
        this.result = result;
        this.msgId = msgId;
        this.failure = failure;
        this.ending = ending;
        this.creditQueue = creditQueue;
        this.items = items;
        this.uniqueId = uniqueId;
    }

    /**
     * Reads a reply.
     *
     * @throws ProtocolException if it is none
     */
    public static Reply parse(char[] text, ObjectMapper mapper) {
        JsonSlice result = null;
        String msgId = null;
        String failure = null;
        boolean ending = false;
        String creditQueue = null;
        int items = -1;
        String uniqueId = null;
        try (JsonParser json = mapper.createParser(text, 0, text.length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new ProtocolException("the reply is no JSON object");
            }
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                JsonToken token = json.nextToken();
                switch (name) {
                    case "result" -> result = token == JsonToken.VALUE_NULL ? null : JsonSlice.of(text, json);
                    case "failure" ->
                        failure = switch (token) {
                            case VALUE_NULL -> null;
                            case VALUE_STRING -> json.getString();
                            default -> JsonSlice.of(text, json).toString();
                        };
                    case "ending" -> ending = token == JsonToken.VALUE_TRUE;
                    case "_msg_id" -> msgId = token == JsonToken.VALUE_STRING ? json.getString() : null;
                    case "_credit_q" -> creditQueue = token == JsonToken.VALUE_STRING ? json.getString() : null;
                    case "_unique_id" -> uniqueId = token == JsonToken.VALUE_STRING ? json.getString() : null;
                    case "_items" -> items = token == JsonToken.VALUE_NUMBER_INT ? json.getValueAsInt() : -1;
                    default -> {
                        // Of no use here.
                    }
                }
                json.skipChildren();
            }
        } catch (JacksonException e) {
            throw Codec.malformed(e);
        }
        if (msgId == null) {
            throw new ProtocolException("a reply without _msg_id");
        }
        if (creditQueue != null && !ShortString.fits(creditQueue)) {
            throw new ProtocolException("member '_credit_q' of a reply is over 255 bytes");
        }
        return new Reply(mapper, result, msgId, failure, ending, creditQueue, items, uniqueId);
    }

    public String msgId() {
        return msgId;
    }

    /** The failure's JSON text, {@code null} for none. */
    @Nullable
    public String failure() {
        return failure;
    }

    public boolean isEnding() {
        return ending;
    }

    /** Whether it has neither result nor failure: a sign of life, an ending, or a result that is null. */
    public boolean isEmpty() {
        return result == null && failure == null;
    }

    /** On an item of a stream, the queue on which its server takes credit for more; a word of Parley's own. */
    @Nullable
    public String creditQueue() {
        return creditQueue;
    }

    /** On the ending of a stream, how many items it had, else -1; a word of Parley's own. */
    public int items() {
        return items;
    }

    /** The id that tells duplicates. */
    @Nullable
    public String uniqueId() {
        return uniqueId;
    }

    /** A parser just before the result, {@code null} if that is null. */
    @Nullable
    public JsonParser result() {
        return result == null ? null : result.parser(mapper);
    }
}
