package dev.parley.jsonrpc.message;

import dev.parley.net.http.rpc.FaultCodes;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** What an element of a message turned out to be, by the rules of JSON-RPC 2.0 and 1.0. */
public sealed interface Request {
    /** The id of the response, as JSON text; {@code null} if there will be none. */
    @Nullable
    String responseId();

    /** Whether the response has the shape of JSON-RPC 1.0, with both {@code result} and {@code error}. */
    boolean version1();

    /** A call, or a notification if it has no id of the response. */
    record Call(Envelope envelope, String method, @Nullable String responseId, boolean version1) implements Request {}

    /** Not a valid request. */
    record Invalid(int code, String problem, String responseId, boolean version1) implements Request {}

    /** Not a valid request, and no id to be read. */
    static Invalid invalid(String problem) {
        return new Invalid(FaultCodes.INVALID_REQUEST, problem, "null", false);
    }

    /** Judges an element; {@code null} stands for one that is not an object. */
    static Request of(@Nullable Envelope envelope) {
        if (envelope == null) {
            return invalid("a request must be an object");
        }
        boolean version1 = isVersion1(envelope);
        String problem = problem(envelope, version1);
        if (problem != null) {
            String id = envelope.id;
            boolean readable = id != null && isId(envelope.idToken) && envelope.duplicate == null;
            return new Invalid(FaultCodes.INVALID_REQUEST, problem, id != null && readable ? id : "null", version1);
        }
        String method = envelope.method;
        if (method == null) {
            throw new AssertionError("a request without a method passed the check");
        }
        boolean notification = version1 ? envelope.idToken == JsonToken.VALUE_NULL : envelope.idToken == null;
        return new Call(envelope, method, notification ? null : envelope.id, version1);
    }

    private static @Nullable String problem(Envelope envelope, boolean version1) {
        if (envelope.duplicate != null) {
            return "member " + envelope.duplicate + " occurs twice";
        }
        if (envelope.idToken != null && !isId(envelope.idToken)) {
            return "id must be a string, a number or null";
        }
        if (!version1 && !isVersion2(envelope)) {
            return envelope.versionToken == null
                    ? "member jsonrpc must be \"2.0\"; or, in JSON-RPC 1.0, there must be an id"
                    : "member jsonrpc must be \"2.0\", \"1.1\" or \"1.0\"";
        }
        if (envelope.method == null) {
            return envelope.methodToken == null ? "member method is missing" : "method must be a string";
        }
        JsonToken params = envelope.paramsToken;
        // Null stands for none: many clients write it where they have no arguments.
        if (params != null
                && params != JsonToken.START_ARRAY
                && params != JsonToken.START_OBJECT
                && params != JsonToken.VALUE_NULL) {
            return "params must be an array or an object, or be left out";
        }
        return null;
    }

    private static boolean isVersion2(Envelope envelope) {
        return "2.0".equals(envelope.version) || "2".equals(envelope.version);
    }

    /** Whether it is of JSON-RPC 1.0 or 1.1, as it says, or because it has an id and does not say. */
    private static boolean isVersion1(Envelope envelope) {
        return envelope.versionToken == null
                ? envelope.idToken != null
                : "1.0".equals(envelope.version) || "1.1".equals(envelope.version) || "1".equals(envelope.version);
    }

    private static boolean isId(@Nullable JsonToken token) {
        return token == JsonToken.VALUE_STRING
                || token == JsonToken.VALUE_NULL
                || token == JsonToken.VALUE_NUMBER_INT
                || token == JsonToken.VALUE_NUMBER_FLOAT;
    }
}
