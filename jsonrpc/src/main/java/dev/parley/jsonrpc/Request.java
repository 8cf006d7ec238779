package dev.parley.jsonrpc;

import dev.parley.spi.ErrorTable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** What an element of a message turned out to be, by the rules of JSON-RPC 2.0 and 1.0. */
sealed interface Request {
    /** The id to answer with, as JSON text; {@code null} if there will be no answer. */
    @Nullable
    String answerId();

    /** Whether the answer has the shape of JSON-RPC 1.0, with both {@code result} and {@code error}. */
    boolean old();

    /** A call, or a notification if it has no id to answer with. */
    record Call(Envelope envelope, String method, @Nullable String answerId, boolean old) implements Request {}

    /** No valid request. */
    record Invalid(int code, String problem, String answerId, boolean old) implements Request {}

    /** No valid request, and no id to be read. */
    static Invalid invalid(String problem) {
        return new Invalid(ErrorTable.PROTOCOL.code(), problem, "null", false);
    }

    /** Judges an element; {@code null} stands for one that is no object. */
    static Request of(@Nullable Envelope envelope) {
        if (envelope == null) {
            return invalid("a request must be an object");
        }
        boolean old = envelope.versionToken == null && envelope.idToken != null;
        String problem = problem(envelope, old);
        if (problem != null) {
            String id = envelope.id;
            boolean readable = id != null && isId(envelope.idToken) && envelope.duplicate == null;
            return new Invalid(ErrorTable.PROTOCOL.code(), problem, id != null && readable ? id : "null", old);
        }
        String method = envelope.method;
        if (method == null) {
            throw new AssertionError("a request without a method passed the check");
        }
        boolean notification = old ? envelope.idToken == JsonToken.VALUE_NULL : envelope.idToken == null;
        return new Call(envelope, method, notification ? null : envelope.id, old);
    }

    private static @Nullable String problem(Envelope envelope, boolean old) {
        if (envelope.duplicate != null) {
            return "member " + envelope.duplicate + " occurs twice";
        }
        if (envelope.idToken != null && !isId(envelope.idToken)) {
            return "id must be a text, a number or null";
        }
        if (!old && !"2.0".equals(envelope.version)) {
            return envelope.versionToken == null
                    ? "member jsonrpc must be \"2.0\"; or, in JSON-RPC 1.0, there must be an id"
                    : "member jsonrpc must be \"2.0\"";
        }
        if (envelope.method == null) {
            return envelope.methodToken == null ? "member method is missing" : "method must be a text";
        }
        JsonToken params = envelope.paramsToken;
        if (params != null && params != JsonToken.START_ARRAY && (old || params != JsonToken.START_OBJECT)) {
            return old ? "params must be an array in JSON-RPC 1.0" : "params must be an array or an object";
        }
        return null;
    }

    private static boolean isId(@Nullable JsonToken token) {
        return token == JsonToken.VALUE_STRING
                || token == JsonToken.VALUE_NULL
                || token == JsonToken.VALUE_NUMBER_INT
                || token == JsonToken.VALUE_NUMBER_FLOAT;
    }
}
