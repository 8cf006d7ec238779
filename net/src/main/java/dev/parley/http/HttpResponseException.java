package dev.parley.http;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP response by which an error came, as a cause of that error; never thrown by itself. {@link #of} finds it:
 *
 * <pre>{@code
 * } catch (RpcException e) {
 *     HttpResponseException http = HttpResponseException.of(e);
 *     if (http != null && http.status() == 429) {
 *         retryAfter(http.header("Retry-After"));
 *     }
 * }
 * }</pre>
 *
 * <p>Errors of JSON-RPC and XML-RPC over HTTP have one if there was a response, whatever its status. Its text shows the
 * status and the URL only, since header fields and bodies may hold secrets. Without a stack trace of its own.
 * Immutable.
 */
public final class HttpResponseException extends Exception {
    /** The largest part of a body that is kept, in bytes. */
    public static final int MAX_BODY = 64 << 10;

    private static final int MAX_CAUSES = 100;

    private final int status;
    private final String url;
    private final transient Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * A response.
     *
     * @param status its status
     * @param url the URL that was requested, without user info and query
     * @param headers its header fields
     * @param body its content, of which the first {@link #MAX_BODY} bytes are kept
     */
    public HttpResponseException(int status, String url, Map<String, List<String>> headers, byte[] body) {
        super("HTTP status " + status + " from " + Objects.requireNonNull(url, "url"), null, false, false);
        this.status = status;
        this.url = url;
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> fields.put(name, List.copyOf(values)));
        this.headers = Collections.unmodifiableMap(fields);
        this.body = Arrays.copyOf(body, Math.min(body.length, MAX_BODY));
    }

    /** The HTTP response by which an error came; {@code null} if there was none. */
    public static @Nullable HttpResponseException of(Throwable error) {
        Throwable each = Objects.requireNonNull(error, "error");
        for (int i = 0; each != null && i < MAX_CAUSES; i++) {
            if (each instanceof HttpResponseException response) {
                return response;
            }
            for (Throwable other : each.getSuppressed()) {
                if (other instanceof HttpResponseException response) {
                    return response;
                }
            }
            each = each.getCause();
        }
        return null;
    }

    /** The status, such as 503. */
    public int status() {
        return status;
    }

    /** The URL that was requested, without user info and query; of a Unix-domain socket its file. */
    public String url() {
        return url;
    }

    /**
     * The header fields, found by name without regard to case, with all values in order. At most 64 KiB. Not kept by
     * Java serialization.
     */
    public Map<String, List<String>> headers() {
        return headers == null ? Map.of() : headers;
    }

    /** The first value of a header field; {@code null} if there is none. */
    public @Nullable String header(String name) {
        List<String> values = headers().get(name);
        return values == null ? null : values.getFirst();
    }

    /** A copy of the content, decoded if it came compressed: at most its first {@link #MAX_BODY} bytes. */
    public byte[] body() {
        return body.clone();
    }
}
