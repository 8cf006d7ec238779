package dev.parley.broker.management;

import dev.parley.broker.auth.User;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call of the management API. Immutable.
 *
 * @param parameters the parts of the path that its route names
 * @param query the parameters of the query; of several with one name the first
 * @param reason the header field {@code X-Reason}: why a connection is closed
 * @param json reads the body
 */
record ApiRequest(
        User user,
        Map<String, String> parameters,
        Map<String, String> query,
        @Nullable String reason,
        Supplier<JsonBody> json) {

    /** A part of the path that the route names. */
    String part(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no " + name);
        }
        return value;
    }

    /** Whether a parameter of the query is {@code true}. */
    boolean flag(String name) {
        return "true".equals(query.get(name));
    }

    /**
     * The body as a JSON object; empty if there is none.
     *
     * @throws ApiException if it is anything else
     */
    JsonBody body() {
        return json.get();
    }
}
