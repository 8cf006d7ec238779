package dev.parley.broker.management;

import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response of the management API. Immutable.
 *
 * @param status the HTTP status
 * @param body of maps, lists, strings, numbers, booleans and nulls; {@code null} for no body
 * @param fields header fields besides those that every response has
 */
record Response(int status, @Nullable Object body, Map<String, String> fields) {
    private static final Response NO_CONTENT = new Response(HttpURLConnection.HTTP_NO_CONTENT, null, Map.of());

    static Response ok(Object body) {
        return new Response(HttpURLConnection.HTTP_OK, body, Map.of());
    }

    static Response noContent() {
        return NO_CONTENT;
    }

    /** Something was created, or if it existed it is as the request wants it. */
    static Response created(boolean isNew) {
        return isNew ? new Response(HttpURLConnection.HTTP_CREATED, null, Map.of()) : NO_CONTENT;
    }

    static Response error(int status, String error, Object reason) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", error);
        body.put("reason", reason);
        return new Response(status, body, Map.of());
    }

    /** 401 for a login that failed; a client may try again. */
    static Response loginFailed() {
        return error(HttpURLConnection.HTTP_UNAUTHORIZED, "not_authorized", "Login failed")
                .with("WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"");
    }

    /** A copy with one more header field. */
    Response with(String field, String value) {
        Map<String, String> more = new LinkedHashMap<>(fields);
        more.put(field, value);
        return new Response(status, body, more);
    }
}
