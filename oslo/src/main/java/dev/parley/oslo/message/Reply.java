package dev.parley.oslo.message;

import dev.parley.ProtocolException;
import dev.parley.oslo.topology.ShortString;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.ResultReaders;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * A reply that was received. The result stays text until its type is known. Immutable, and safe for use by any thread.
 */
public final class Reply implements EncodedResult {
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
     * @throws ProtocolException if the message is malformed
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
                throw new ProtocolException("the reply is not a JSON object");
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
                        // Not used.
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
            throw new ProtocolException("member '_credit_q' of a reply exceeds 255 bytes");
        }
        return new Reply(mapper, result, msgId, failure, ending, creditQueue, items, uniqueId);
    }

    /** The id of the call it belongs to. */
    public String msgId() {
        return msgId;
    }

    /** The JSON text of the failure, {@code null} if there is none. */
    @Nullable
    public String failure() {
        return failure;
    }

    /** Whether it is the last reply of the call. */
    public boolean isEnding() {
        return ending;
    }

    /** Whether it has neither result nor failure: a heartbeat, an ending, or a null result. */
    public boolean isEmpty() {
        return result == null && failure == null;
    }

    /** On an item of a stream, the queue on which the server takes credit for more items. A member of Parley's own. */
    @Nullable
    public String creditQueue() {
        return creditQueue;
    }

    /** On the ending of a stream, the number of its items, otherwise -1. A member of Parley's own. */
    public int items() {
        return items;
    }

    /** The id by which a duplicate is recognized, {@code null} if the peer sends none. */
    @Nullable
    public String uniqueId() {
        return uniqueId;
    }

    /** A new parser, positioned before the result; {@code null} if the result is null. */
    @Nullable
    public JsonParser result() {
        return result == null ? null : result.parser(mapper);
    }

    /** Reports it as the end of a call: its failure, or its result. */
    public void report(ResponseListener listener) {
        if (failure == null) {
            listener.onResult(this);
        } else {
            listener.onFailure(Failure.decode(failure, mapper));
        }
    }

    @Override
    public @Nullable Object decode(ResultReaders readers, ClientCall call) {
        try (JsonParser value = result()) {
            return value == null ? readers.absent(call) : readers.read(value, call);
        }
    }
}
