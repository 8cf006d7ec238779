package dev.parley.broker.management;

import java.net.HttpURLConnection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A response of the management API. Immutable.
 *
 * @param status the HTTP status
 * @param body of maps, lists, strings, numbers, booleans and nulls; {@code null} for no body
 */
record Response(int status, @Nullable Object body) {
    static Response ok(Object body) {
        return new Response(HttpURLConnection.HTTP_OK, body);
    }

    static Response noContent() {
        return new Response(HttpURLConnection.HTTP_NO_CONTENT, null);
    }

    static Response notFound() {
        return error(HttpURLConnection.HTTP_NOT_FOUND, "Object Not Found", "Not Found");
    }

    static Response error(int status, String error, String reason) {
        return new Response(status, Map.of("error", error, "reason", reason));
    }
}
