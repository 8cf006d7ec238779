package dev.parley.net.http;

import java.nio.charset.StandardCharsets;

/**
 * An HTTP response: what a handler answers and what a client receives.
 *
 * <p>The body is the content after any transfer and content coding. Its array is not copied: neither side may change it afterwards. Thread-safe
 * under that rule.
 */
public final class HttpResponse {
    private static final byte[] NOTHING = {};

    private final int status;
    private final Headers headers;
    private final byte[] body;

    /** A response of these parts; {@code Content-Length}, {@code Date} and {@code Connection} are the server's business and not given here. */
    public HttpResponse(int status, Headers headers, byte[] body) {
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("an HTTP status has three digits, not " + status);
        }
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /** A response with content of the given type. */
    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(status, Headers.of("Content-Type", contentType), body);
    }

    /** A response with plain text, ended by a line feed. */
    public static HttpResponse text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A response without content. */
    public static HttpResponse empty(int status) {
        return new HttpResponse(status, Headers.empty(), NOTHING);
    }

    /** This response and one more header field. */
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
