package dev.parley.net.http.server;

import java.time.Duration;

/**
 * What a peer may cost an {@link HttpServer}.
 *
 * @param maxBody the largest request body in bytes, before and after decoding; default 16 MiB; more is answered with 413
 * @param maxHeader the largest request head in bytes, and separately the longest request line; default 16 KiB; more is answered with 431 or 414
 * @param maxConnections connections open at one time; default 10,000; further ones are closed at once
 * @param idleTimeout how long a connection may take from its start, or from its last answer, to the end of the next request's head; default 75 s
 * @param readTimeout how long a request's body may pause, and a peer may leave an answer unread; default 30 s; a pause is answered with 408
 */
public record HttpLimits(int maxBody, int maxHeader, int maxConnections, Duration idleTimeout, Duration readTimeout) {
    private static final HttpLimits DEFAULTS =
            new HttpLimits(16 << 20, 16 << 10, 10_000, Duration.ofSeconds(75), Duration.ofSeconds(30));

    /** Checks that all are positive. */
    public HttpLimits {
        if (maxBody <= 0 || maxHeader <= 0 || maxConnections <= 0) {
            throw new IllegalArgumentException("limits must be positive, got maxBody " + maxBody + ", maxHeader "
                    + maxHeader + ", maxConnections " + maxConnections);
        }
        if (idleTimeout.toNanos() <= 0 || readTimeout.toNanos() <= 0) {
            throw new IllegalArgumentException(
                    "timeouts must be positive, got idleTimeout " + idleTimeout + ", readTimeout " + readTimeout);
        }
    }

    /** The defaults named above. */
    public static HttpLimits defaults() {
        return DEFAULTS;
    }

    /** These limits with another {@link #maxBody()}. */
    public HttpLimits withMaxBody(int bytes) {
        return new HttpLimits(bytes, maxHeader, maxConnections, idleTimeout, readTimeout);
    }

    /** These limits with another {@link #maxHeader()}. */
    public HttpLimits withMaxHeader(int bytes) {
        return new HttpLimits(maxBody, bytes, maxConnections, idleTimeout, readTimeout);
    }

    /** These limits with another {@link #maxConnections()}. */
    public HttpLimits withMaxConnections(int connections) {
        return new HttpLimits(maxBody, maxHeader, connections, idleTimeout, readTimeout);
    }

    /** These limits with another {@link #idleTimeout()}. */
    public HttpLimits withIdleTimeout(Duration timeout) {
        return new HttpLimits(maxBody, maxHeader, maxConnections, timeout, readTimeout);
    }

    /** These limits with another {@link #readTimeout()}. */
    public HttpLimits withReadTimeout(Duration timeout) {
        return new HttpLimits(maxBody, maxHeader, maxConnections, idleTimeout, timeout);
    }
}
