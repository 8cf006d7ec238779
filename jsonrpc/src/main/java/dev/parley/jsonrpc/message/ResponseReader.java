package dev.parley.jsonrpc.message;

import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResultReaders;
import dev.parley.spi.ValueErrors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/**
 * Reads responses, those of 1.0 and of servers that take the specification lightly as well: an array of one, a missing
 * {@code result} for null, a missing or null
 * id, both {@code result} and {@code error}. Thread-safe.
 */
public final class ResponseReader {
    private final ObjectMapper mapper;

    public ResponseReader(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * The one response in a message.
     *
     * @throws ProtocolException if the message is not one
     */
    public Envelope scan(byte[] message) {
        Envelope.Message scanned;
        try {
            scanned = Envelope.scan(mapper, message, 1);
        } catch (Envelope.UnreadableException e) {
            throw new ProtocolException("the response is not a JSON-RPC response: " + e.getMessage());
        }
        Envelope response =
                scanned.elements().isEmpty() ? null : scanned.elements().getFirst();
        if (response == null || response.isRequest()) {
            throw new ProtocolException("the response is not a JSON-RPC response but "
                    + (response == null ? "not an object" : "a request"));
        }
        return response;
    }

    /** Whether the response may be the one to the request of this id. */
    public static boolean isResponseTo(Envelope response, long id) {
        return Ids.isAbsent(response) || Ids.number(response) == id;
    }

    /**
     * The result, still encoded.
     *
     * @throws RpcException the error that the response holds
     */
    public EncodedResult result(Envelope response) {
        if (response.hasError()) {
            throw error(response);
        } else if (response.resultToken != null) {
            return (readers, call) -> {
                try (JsonParser parser = mapper.createParser(
                        response.bytes, response.resultStart, response.resultEnd - response.resultStart)) {
                    return readers.read(parser, call);
                }
            };
        } else if (response.errorToken == null && response.versionToken == null && response.idToken == null) {
            throw new ProtocolException("the response has neither result nor error");
        }
        return ResultReaders::absent;
    }

    public RpcException error(Envelope response) {
        try {
            Object error = mapper.readerFor(Object.class)
                    .readValue(response.bytes, response.errorStart, response.errorEnd - response.errorStart);
            return JsonRpcErrors.read(error);
        } catch (JacksonException e) {
            return new ProtocolException("the error in the response cannot be read: " + ValueErrors.text(e));
        }
    }
}
