package dev.parley.broker.management;

import java.net.HttpURLConnection;
import java.util.List;

/**
 * A call that fails, with RabbitMQ's names of errors and reasons. It has no stack trace: clients cause it and can do so
 * often. Immutable.
 */
final class ApiException extends RuntimeException {
    private final int status;
    private final String error;
    private final Object reason;

    /**
     * An error.
     *
     * @param reason a string, or a list as RabbitMQ shows a tuple of Erlang
     */
    ApiException(int status, String error, Object reason) {
        super(error + ": " + reason, null, false, false);
        this.status = status;
        this.error = error;
        this.reason = reason;
    }

    /** 400: the request is wrong. */
    static ApiException badRequest(Object reason) {
        return new ApiException(HttpURLConnection.HTTP_BAD_REQUEST, "bad_request", reason);
    }

    /** 400 for a value, in the form of RabbitMQ: {@code ["not_boolean", "maybe"]}. */
    static ApiException invalid(String problem, Object value) {
        return badRequest(List.of(problem, value));
    }

    /** 404: what the path names does not exist. */
    static ApiException notFound() {
        return new ApiException(HttpURLConnection.HTTP_NOT_FOUND, "Object Not Found", "Not Found");
    }

    /** 404 for what the request names otherwise. */
    static ApiException notFound(String reason) {
        return new ApiException(HttpURLConnection.HTTP_NOT_FOUND, "not_found", reason);
    }

    /** 401: the user may not do that. */
    static ApiException notAuthorized(String reason) {
        return new ApiException(HttpURLConnection.HTTP_UNAUTHORIZED, "not_authorised", reason);
    }

    Response response() {
        return Response.error(status, error, reason);
    }
}
