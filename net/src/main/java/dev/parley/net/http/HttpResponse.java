package dev.parley.net.http;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * An HTTP response, as a handler sends it and a client receives it.
 *
 * <p>The body is the content without transfer and content coding. Its array is not copied and must not be changed
 * afterwards; under that rule a response is immutable and thread-safe.
 */
public final class HttpResponse {
    private static final byte[] EMPTY = {};

    private final int status;
    private final Headers headers;
    private final byte[] body;

    /**
     * A response. The server adds {@code Content-Length}, {@code Date} and {@code Connection}.
     *
     * @param status 100 to 999
     * @throws IllegalArgumentException if the status does not have three digits
     */
    public HttpResponse(int status, Headers headers, byte[] body) {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("an HTTP status is a number from 100 to 999, not " + status);
        }
        this.status = status;
        this.headers = Objects.requireNonNull(headers, "headers");
        this.body = Objects.requireNonNull(body, "body");
    }

    /** A response with content of the given type. */
    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(status, Headers.of("Content-Type", contentType), body);
    }

    /** A response with plain text; a line feed is added. */
    public static HttpResponse text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A response without content. */
    public static HttpResponse empty(int status) {
        return new HttpResponse(status, Headers.empty(), EMPTY);
    }

    /** This response with one more header field. */
    public HttpResponse with(String name, String value) {
        return new HttpResponse(status, headers.with(name, value), body);
    }

    /** The status code, three digits. */
    public int status() {
        return status;
    }

    /** The header fields. */
    public Headers headers() {
        return headers;
    }

    /** The content; not a copy. */
    public byte[] body() {
        return body;
    }

    @Override
    public String toString() {
        return "HTTP " + status + " " + headers + ", " + body.length + " bytes";
    }
}
