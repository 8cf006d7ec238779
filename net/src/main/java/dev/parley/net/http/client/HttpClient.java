package dev.parley.net.http.client;

import dev.parley.ConnectionLostException;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.ContentCoding;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A blocking HTTP/1.1 client for one address, with a pool of kept-alive connections. A request runs on the thread of
 * its caller.
 *
 * <p>A request is never sent twice. A pooled connection that the peer has closed is detected and replaced before the
 * first byte is written; if the connection is lost after that, the call fails.
 *
 * <p>Suitable for virtual threads: no carrier thread is pinned, and interrupting a virtual thread aborts its request
 * and closes that connection. Redirects are not followed, and cookies are kept only if wanted. Thread-safe.
 */
public final class HttpClient implements AutoCloseable {
    private final Origin origin;
    private final RequestHead heads;
    private final ConnectionPool pool;
    private final int gzipThreshold;
    private final @Nullable CookieJar cookies;

    private HttpClient(Builder builder) {
        this.origin = new Origin(builder);
        this.heads = new RequestHead(origin, headers(builder));
        this.gzipThreshold = builder.gzipThreshold;
        this.cookies = builder.cookies ? new CookieJar(builder.address) : null;
        this.pool = new ConnectionPool(
                origin, builder.maxResponse, builder.connectTimeout, builder.idleTimeout, builder.maxConnections);
    }

    private static Headers headers(Builder builder) {
        Headers headers = builder.userAgent.replace(builder.headers);
        String contentType = builder.contentType;
        return contentType == null ? headers : headers.replace(Headers.of("Content-Type", contentType));
    }

    /**
     * The settings of a new client.
     *
     * @param address {@code http} or {@code https}; an empty path means {@code /}; user info is sent as Basic
     *     credentials
     * @throws IllegalArgumentException if the scheme is another, or the host is missing or malformed
     */
    public static Builder builder(URI address) {
        return new Builder(address);
    }

    /** Posts the body to the client's address. Parameters and errors are those of {@link #send}. */
    public HttpResponse post(Headers headers, byte[] body, @Nullable Duration timeout) {
        return send("POST", headers, body, timeout);
    }

    /** Posts the body without the client's credentials or token, for methods that refuse them. See {@link #send}. */
    public HttpResponse postWithoutAuthorization(Headers headers, byte[] body, @Nullable Duration timeout) {
        return send("POST", headers, body, timeout, false);
    }

    /**
     * Sends one request and blocks until the whole response has been received, whatever its status.
     *
     * @param headers fields of this request besides those of the client. {@code Host}, {@code Content-Length} and
     *     {@code Accept-Encoding} are added; others replace the client's own of the same name
     * @param timeout from waiting for a connection to the last byte of the response; none if null
     * @throws dev.parley.RpcTimeoutException if the timeout passes
     * @throws ConnectionLostException if no connection can be made, it ends before the response does, the thread is
     *     interrupted, or this client is closed
     * @throws dev.parley.ProtocolException if the response is malformed or exceeds the limit
     */
    public HttpResponse send(String method, Headers headers, byte[] body, @Nullable Duration timeout) {
        return send(method, headers, body, timeout, true);
    }

    private HttpResponse send(
            String method, Headers headers, byte[] content, @Nullable Duration timeout, boolean authorize) {
        Headers own = cookies == null ? headers : cookies.with(headers);
        byte[] body = content;
        if (content.length >= gzipThreshold) {
            byte[] compressed = ContentCoding.gzip(content);
            if (compressed.length < content.length) {
                body = compressed;
                own = own.with("Content-Encoding", "gzip");
            }
        }
        byte[] head = heads.bytes(method, own, body.length, authorize);
        Deadline deadline = Deadline.in(timeout);
        ClientConnection connection = pool.acquire(deadline);
        HttpResponse response = null;
        try {
            response = connection.exchange(head, method, body, deadline);
            if (cookies != null) {
                cookies.store(response.headers());
            }
            return response;
        } finally {
            if (response == null) {
                pool.failed(connection);
            } else {
                pool.answered(connection, response);
            }
        }
    }

    /** Closes all connections: requests in flight fail with {@link ConnectionLostException}, and further ones too. */
    @Override
    public void close() {
        pool.close();
    }

    /** The address of requests for error messages: without user info and query, which may hold secrets. */
    public String url() {
        return origin.toString();
    }

    /** The address, without user info. */
    @Override
    public String toString() {
        return "HttpClient[" + origin + "]";
    }

    /** Settings of an {@link HttpClient}. Not thread-safe. */
    public static final class Builder {
        final URI address;
        final boolean secure;
        Headers headers = Headers.empty();
        Headers userAgent = Headers.of("User-Agent", "Parley");

        /** The value of the {@code Authorization} field. */
        @Nullable
        String authorization;

        @Nullable
        SSLContext sslContext;

        @Nullable
        URI proxy;

        @Nullable
        Path unixPath;

        @Nullable
        String contentType;

        boolean verifyHost = true;
        boolean cookies;
        int gzipThreshold = Integer.MAX_VALUE;
        Duration connectTimeout = Duration.ofSeconds(10);
        int maxResponse = 64 << 20;
        Duration idleTimeout = Duration.ofSeconds(4);
        int maxConnections = 256;

        private Builder(URI address) {
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException("an HTTP address starts with http:// or https://, not " + scheme);
            }
            if (address.getHost() == null) {
                throw new IllegalArgumentException("the address has no valid host: " + scheme + "://"
                        + String.valueOf(address.getRawAuthority()).replaceFirst(".*@", ""));
            }
            this.address = address;
            this.secure = scheme.equals("https");
            BasicCredentials userInfo = BasicCredentials.of(address);
            this.authorization = userInfo == null ? null : userInfo.toHeader();
        }

        /** Fields sent with every request. Default none; {@code User-Agent} defaults to {@code Parley}. */
        public Builder headers(Headers value) {
            this.headers = Objects.requireNonNull(value, "headers");
            return this;
        }

        /** The {@code User-Agent}, unless {@link #headers} has one. Default {@code Parley}. */
        public Builder userAgent(String value) {
            this.userAgent = Headers.of("User-Agent", value);
            return this;
        }

        /**
         * The {@code Content-Type}, instead of the one of {@link #headers}.
         *
         * @throws IllegalArgumentException if it has a character that a header field must not have
         */
        public Builder contentType(String value) {
            this.contentType = Headers.of("Content-Type", value).first("Content-Type");
            return this;
        }

        /**
         * Sends bodies of at least so many bytes in gzip, if that makes them smaller. Default never: a server need not
         * be able to read it.
         */
        public Builder gzipThreshold(int bytes) {
            this.gzipThreshold = bytes;
            return this;
        }

        /**
         * Whether the client keeps the cookies that the server sets and sends them back, for as long as it lives: the
         * latest {@value CookieJar#MAX_COOKIES} of at most {@value CookieJar#MAX_LENGTH} characters each. A request
         * with a {@code Cookie} of its own gets no others. Default {@code false}.
         */
        public Builder cookies(boolean value) {
            this.cookies = value;
            return this;
        }

        /** Sends these Basic credentials, instead of any set before. Default: the address's user info, if any. */
        public Builder credentials(BasicCredentials value) {
            this.authorization = value.toHeader();
            return this;
        }

        /**
         * Sends {@code Authorization: Bearer} with this token, instead of any credentials set before. Default none.
         *
         * @throws IllegalArgumentException if the token has a character that a header field must not have
         */
        public Builder bearerToken(String token) {
            Headers checked = Headers.of("Authorization", "Bearer " + token);
            this.authorization = checked.first("Authorization");
            return this;
        }

        /** Trust and keys for https. Default: those of the Java runtime. */
        public Builder sslContext(SSLContext value) {
            this.sslContext = Objects.requireNonNull(value, "sslContext");
            return this;
        }

        /** Whether the certificate of an https server must be for its host name. Default {@code true}. */
        public Builder verifyHost(boolean value) {
            this.verifyHost = value;
            return this;
        }

        /**
         * Connects through an HTTP proxy, to https addresses by {@code CONNECT}. Default none.
         *
         * @param value {@code http://[user:password@]host[:port]}; the default port is 80
         * @throws IllegalArgumentException if the scheme is another, or the host is missing
         */
        public Builder proxy(URI value) {
            if (!"http".equalsIgnoreCase(value.getScheme()) || value.getHost() == null) {
                throw new IllegalArgumentException("the address of a proxy looks like http://host:port");
            }
            this.proxy = value;
            return this;
        }

        /**
         * Connects to this Unix-domain socket instead of the address's host.
         *
         * @throws IllegalArgumentException if the address is https
         */
        public Builder unixSocket(Path path) {
            if (secure) {
                throw new IllegalArgumentException("Unix-domain sockets do not support https");
            }
            this.unixPath = Objects.requireNonNull(path, "path");
            return this;
        }

        /**
         * The longest time to connect, including TLS. Default 10 s.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder connectTimeout(Duration value) {
            if (!value.isPositive()) {
                throw new IllegalArgumentException("connectTimeout must be positive, not " + value);
            }
            this.connectTimeout = value;
            return this;
        }

        /**
         * The largest response body in bytes, before and after decoding. Default 64 MiB.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxResponse(int bytes) {
            if (bytes <= 0) {
                throw new IllegalArgumentException("maxResponse must be positive, not " + bytes);
            }
            this.maxResponse = bytes;
            return this;
        }

        /**
         * The largest number of connections, and so of requests in flight; further callers wait. Default 256. There
         * are fewer at first: they grow with the responses of the server.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maxConnections(int connections) {
            if (connections <= 0) {
                throw new IllegalArgumentException("maxConnections must be positive, not " + connections);
            }
            this.maxConnections = connections;
            return this;
        }

        /**
         * After this time without a request a connection is closed. Default 4 s: below the 5 s after which several
         * servers close it themselves, so that a request rarely meets a connection that is just being closed.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder idleTimeout(Duration value) {
            if (!value.isPositive()) {
                throw new IllegalArgumentException("idleTimeout must be positive, not " + value);
            }
            this.idleTimeout = value;
            return this;
        }

        /** A client, which connects when it is first used. */
        public HttpClient build() {
            return new HttpClient(this);
        }
    }
}
