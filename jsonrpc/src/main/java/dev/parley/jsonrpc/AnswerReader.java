package dev.parley.jsonrpc;

import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ResultReaders;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.ObjectMapper;

/**
 * Reads responses, those of 1.0 and of servers that take the specification lightly as well: an array of one, a missing {@code result} for null, a missing or null
 * id, both {@code result} and {@code error}. Thread-safe.
 */
final class AnswerReader {
    private final ObjectMapper mapper;
    private final ResultReaders readers;

    AnswerReader(ObjectMapper mapper) {
        this.mapper = mapper;
        this.readers = new ResultReaders(mapper);
    }

    /**
     * The one response in a message.
     *
     * @throws ProtocolException if the message is no such thing
     */
    Envelope scan(byte[] message) {
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(mapper, message, 1);
        } catch (Envelope.UnreadableException e) {
            throw new ProtocolException("the answer is no JSON-RPC response: " + e.getMessage());
        }
        Envelope response =
                scanned.elements().isEmpty() ? null : scanned.elements().getFirst();
        if (response == null || response.methodToken != null) {
            throw new ProtocolException(
                    "the answer is no JSON-RPC response but " + (response == null ? "no object" : "a request"));
        }
        return response;
    }

    /** Whether the response is that to the request of this id, as far as it tells. */
    static boolean answers(Envelope response, long id) {
        String given = response.id;
        return given == null
                || response.idToken == JsonToken.VALUE_NULL
                || given.equals(Long.toString(id))
                || given.equals("\"" + id + "\"");
    }

    /**
     * The result.
     *
     * @throws RpcException the error that the response tells, or that the result is not of the type asked for
     */
    @Nullable
    Object result(Envelope response, ClientCall call) {
        if (response.errorToken != null && response.errorToken != JsonToken.VALUE_NULL) {
            throw error(response);
        }
        if (response.resultToken == null) {
            if (response.errorToken == null && response.versionToken == null && response.idToken == null) {
                throw new ProtocolException("the answer has neither result nor error");
            }
            return readers.absent(call);
        }
        try (JsonParser parser =
                mapper.createParser(response.bytes, response.resultStart, response.resultEnd - response.resultStart)) {
            return readers.read(parser, call);
        }
    }

    RpcException error(Envelope response) {
        try {
            Object error = mapper.readerFor(Object.class)
                    .readValue(response.bytes, response.errorStart, response.errorEnd - response.errorStart);
            return ErrorData.read(error);
        } catch (JacksonException e) {
            return new ProtocolException("the answer's error cannot be read: " + e.getOriginalMessage());
        }
    }
}
