package dev.parley.net.http.server;

import java.time.Duration;

/**
 * The limits that an {@link HttpServer} sets to its peers. Immutable and thread-safe; {@code withX} methods return a
 * changed copy.
 */
public final class HttpLimits {
    /** The longest timeout that can be set: 24 hours. */
    public static final Duration MAX_TIMEOUT = Duration.ofHours(24);

    /** How fast a message must be at least, beyond its {@link #requestTimeout()}: 16 KiB in a second. */
    public static final int BYTES_PER_SECOND = 16 << 10;

    private static final HttpLimits DEFAULTS = new HttpLimits(
            16 << 20,
            16 << 10,
            10_000,
            Duration.ofSeconds(75),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5));

    private final int maxBody;
    private final int maxHeader;
    private final int maxConnections;
    private final Duration idleTimeout;
    private final Duration readTimeout;
    private final Duration requestTimeout;
    private final Duration halfCloseTimeout;

    private HttpLimits(
            int maxBody,
            int maxHeader,
            int maxConnections,
            Duration idleTimeout,
            Duration readTimeout,
            Duration requestTimeout,
            Duration halfCloseTimeout) {
        this.maxBody = positive("maxBody", maxBody);
        this.maxHeader = positive("maxHeader", maxHeader);
        this.maxConnections = positive("maxConnections", maxConnections);
        this.idleTimeout = timeout("idleTimeout", idleTimeout);
        this.readTimeout = timeout("readTimeout", readTimeout);
        this.requestTimeout = timeout("requestTimeout", requestTimeout);
        this.halfCloseTimeout = timeout("halfCloseTimeout", halfCloseTimeout);
    }

    /** The defaults that the getters name. */
    public static HttpLimits defaults() {
        return DEFAULTS;
    }

    /**
     * The largest request body in bytes, before and after decoding. Default 16 MiB. A larger body gets status 413.
     */
    public int maxBody() {
        return maxBody;
    }

    /**
     * The largest request head in bytes, and separately the longest request line. Default 16 KiB. More gets status 431
     * or 414.
     */
    public int maxHeader() {
        return maxHeader;
    }

    /** The largest number of open connections. Default 10,000. Further connections are closed at once. */
    public int maxConnections() {
        return maxConnections;
    }

    /**
     * The longest time from the start of a connection, or from its last response, to the end of the next request's
     * head. Default 75 s. After it the connection is closed, with status 408 if part of a head has arrived.
     */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /**
     * The longest pause while a request's body is received, which gets status 408, and the longest pause in which a peer
     * reads nothing of a response. Default 30 s.
     */
    public Duration readTimeout() {
        return readTimeout;
    }

    /**
     * The longest time in which a request's body is received, which gets status 408, and in which a peer reads a
     * response; one second more for each 16 KiB ({@link #BYTES_PER_SECOND}). Default 60 s.
     */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /**
     * The longest time that a request is handled after the peer has closed its sending half without TLS: it may wait
     * for the response, or be gone. Default 5 s. After it the request is canceled and the connection closed.
     */
    public Duration halfCloseTimeout() {
        return halfCloseTimeout;
    }

    /**
     * These limits with another {@link #maxBody()}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public HttpLimits withMaxBody(int bytes) {
        return new HttpLimits(
                bytes, maxHeader, maxConnections, idleTimeout, readTimeout, requestTimeout, halfCloseTimeout);
    }

    /**
     * These limits with another {@link #maxHeader()}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public HttpLimits withMaxHeader(int bytes) {
        return new HttpLimits(
                maxBody, bytes, maxConnections, idleTimeout, readTimeout, requestTimeout, halfCloseTimeout);
    }

    /**
     * These limits with another {@link #maxConnections()}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public HttpLimits withMaxConnections(int connections) {
        return new HttpLimits(
                maxBody, maxHeader, connections, idleTimeout, readTimeout, requestTimeout, halfCloseTimeout);
    }

    /**
     * These limits with another {@link #idleTimeout()}.
     *
     * @throws IllegalArgumentException if it is not positive or exceeds {@link #MAX_TIMEOUT}
     */
    public HttpLimits withIdleTimeout(Duration timeout) {
        return new HttpLimits(
                maxBody, maxHeader, maxConnections, timeout, readTimeout, requestTimeout, halfCloseTimeout);
    }

    /**
     * These limits with another {@link #readTimeout()}.
     *
     * @throws IllegalArgumentException if it is not positive or exceeds {@link #MAX_TIMEOUT}
     */
    public HttpLimits withReadTimeout(Duration timeout) {
        return new HttpLimits(
                maxBody, maxHeader, maxConnections, idleTimeout, timeout, requestTimeout, halfCloseTimeout);
    }

    /**
     * These limits with another {@link #requestTimeout()}.
     *
     * @throws IllegalArgumentException if it is not positive or exceeds {@link #MAX_TIMEOUT}
     */
    public HttpLimits withRequestTimeout(Duration timeout) {
        return new HttpLimits(maxBody, maxHeader, maxConnections, idleTimeout, readTimeout, timeout, halfCloseTimeout);
    }

    /**
     * These limits with another {@link #halfCloseTimeout()}.
     *
     * @throws IllegalArgumentException if it is not positive or exceeds {@link #MAX_TIMEOUT}
     */
    public HttpLimits withHalfCloseTimeout(Duration timeout) {
        return new HttpLimits(maxBody, maxHeader, maxConnections, idleTimeout, readTimeout, requestTimeout, timeout);
    }

    private static int positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
        return value;
    }

    private static Duration timeout(String name, Duration value) {
        if (!value.isPositive() || value.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException(
                    name + " must be positive and at most " + MAX_TIMEOUT.toHours() + " hours, not " + value);
        }
        return value;
    }

    @Override
    public String toString() {
        return "HttpLimits[maxBody=" + maxBody + ", maxHeader=" + maxHeader + ", maxConnections=" + maxConnections
                + ", idleTimeout=" + idleTimeout + ", readTimeout=" + readTimeout + ", requestTimeout="
                + requestTimeout + ", halfCloseTimeout=" + halfCloseTimeout + "]";
    }
}
