package dev.parley.net.http.client;

import dev.parley.ConnectionLostException;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.http.Headers;
import dev.parley.net.http.HttpResponse;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A blocking HTTP/1.1 client for one address, on a pool of kept-alive connections and the caller's own thread.
 *
 * <p>A request is written to one connection once. It is never sent again by itself: a pooled connection that the peer has closed meanwhile is
 * recognised before the first byte is written and replaced; a connection lost after that is an error of the call.
 *
 * <p>Made for virtual threads: nothing pins a carrier, and interrupting a virtual thread aborts its call and closes that connection. Redirects are
 * not followed and cookies not kept. Thread-safe.
 */
public final class HttpClient implements AutoCloseable {
    /** Pooled connections that were idle longer are closed, not used: sooner than common servers and proxies give up on them. */
    private static final long MAX_IDLE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Origin origin;
    private final RequestHead heads;
    private final int maxResponse;
    private final Duration connectTimeout;
    private final Semaphore permits;
    private final ConcurrentLinkedDeque<ClientConnection> idle = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    private HttpClient(Builder builder) {
        this.origin = new Origin(builder);
        this.heads = new RequestHead(origin, builder.headers);
        this.maxResponse = builder.maxResponse;
        this.connectTimeout = builder.connectTimeout;
        this.permits = new Semaphore(builder.maxConnections);
    }

    /**
     * A client to be set up.
     *
     * @param address {@code http} or {@code https}; an empty path means {@code /}; user info is sent as Basic credentials
     * @throws IllegalArgumentException for another scheme or a missing host
     */
    public static Builder builder(URI address) {
        return new Builder(address);
    }

    /** Posts the body to the client's address. See {@link #send}. */
    public HttpResponse post(Headers headers, byte[] body, @Nullable Duration timeout) {
        return send("POST", headers, body, timeout);
    }

    /**
     * Sends one request and waits for the whole response, whatever its status.
     *
     * @param headers fields of this request besides those of the client; {@code Host}, {@code Content-Length} and {@code Accept-Encoding} are set here
     * @param timeout for everything from waiting for a connection to the response's last byte; none if null
     * @throws dev.parley.RpcTimeoutException if the time is over
     * @throws ConnectionLostException if no connection can be made, it ends before the response does, or this client is closed
     * @throws dev.parley.ProtocolException if the response is malformed or larger than allowed
     */
    public HttpResponse send(String method, Headers headers, byte[] body, @Nullable Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        ClientConnection connection = null;
        try {
            if (!permits.tryAcquire() && !permits.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.exceeded("waiting for a connection to " + origin);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while waiting for a connection to " + origin, e);
        }
        try {
            connection = take(deadline);
            HttpResponse response =
                    connection.exchange(heads.bytes(method, headers, body.length), method, body, deadline);
            if (connection.isReusable() && !closed) {
                connection.idleSince = System.nanoTime();
                idle.push(connection);
                connection = null;
                if (closed) {
                    closeIdle();
                }
            }
            return response;
        } finally {
            permits.release();
            if (connection != null) {
                connection.close();
            }
        }
    }

    private ClientConnection take(Deadline deadline) {
        if (closed) {
            throw new ConnectionLostException("this client of " + origin + " is closed");
        }
        ClientConnection connection;
        while ((connection = idle.poll()) != null) {
            if (System.nanoTime() - connection.idleSince < MAX_IDLE_NANOS && connection.isAlive()) {
                return connection;
            }
            connection.close();
        }
        return new ClientConnection(origin, maxResponse, deadline, connectTimeout);
    }

    /** Closes idle connections; calls under way end as usual, further ones are refused. */
    @Override
    public void close() {
        closed = true;
        closeIdle();
    }

    private void closeIdle() {
        ClientConnection connection;
        while ((connection = idle.poll()) != null) {
            connection.close();
        }
    }

    /** The address, without user info. */
    @Override
    public String toString() {
        return "HttpClient[" + origin + "]";
    }

    /** Settings of an {@link HttpClient}; not thread-safe. */
    public static final class Builder {
        final URI address;
        final boolean secure;
        Headers headers = Headers.empty();

        @Nullable
        BasicCredentials credentials;

        @Nullable
        SSLContext sslContext;

        @Nullable
        URI proxy;

        @Nullable
        Path unixPath;

        Duration connectTimeout = Duration.ofSeconds(10);
        int maxResponse = 64 << 20;
        int maxConnections = 256;

        private Builder(URI address) {
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "an HTTP client takes http:// and https:// addresses, not " + scheme);
            }
            if (address.getHost() == null) {
                throw new IllegalArgumentException("the address has no valid host: " + scheme + "://"
                        + String.valueOf(address.getRawAuthority()).replaceFirst(".*@", ""));
            }
            this.address = address;
            this.secure = scheme.equals("https");
            this.credentials = BasicCredentials.of(address).orElse(null);
        }

        /** Fields sent with every request, such as {@code Content-Type}. Default none; {@code User-Agent} is Parley unless given here. */
        public Builder headers(Headers value) {
            this.headers = value;
            return this;
        }

        /** Sent as Basic {@code Authorization}. Default: the address's user info, if any. */
        public Builder credentials(BasicCredentials value) {
            this.credentials = value;
            return this;
        }

        /** Trust and keys for https. Default: the JDK's. The host name is verified in any case. */
        public Builder sslContext(SSLContext value) {
            this.sslContext = value;
            return this;
        }

        /** Goes through this HTTP proxy, {@code http://[user:password@]host:port}; to https addresses by CONNECT. Default: straight. */
        public Builder proxy(URI value) {
            if (!"http".equalsIgnoreCase(value.getScheme()) || value.getHost() == null) {
                throw new IllegalArgumentException("a proxy is given as http://host:port");
            }
            this.proxy = value;
            return this;
        }

        /** Connects to this Unix-domain socket instead of the address's host; plain http only. */
        public Builder unixSocket(Path path) {
            if (secure) {
                throw new IllegalArgumentException("Unix-domain sockets are plain: use an http address with " + path);
            }
            this.unixPath = path;
            return this;
        }

        /** The longest wait for a connection, TLS included. Default 10 s. */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = value;
            return this;
        }

        /** The largest response body in bytes, before and after decoding. Default 64 MiB. */
        public Builder maxResponse(int bytes) {
            this.maxResponse = bytes;
            return this;
        }

        /** Connections, and so calls, at one time; further callers wait. Default 256. */
        public Builder maxConnections(int connections) {
            this.maxConnections = connections;
            return this;
        }

        /** A client; it connects when it is first used. */
        public HttpClient build() {
            return new HttpClient(this);
        }
    }
}
