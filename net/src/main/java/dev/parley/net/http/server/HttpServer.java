package dev.parley.net.http.server;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.net.http.BrowserPolicy;
import dev.parley.net.socket.ListeningSocket;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.spi.Authentication;
import dev.parley.spi.MemoryBudget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.0 and HTTP/1.1 server for requests that fit into memory: it passes each complete request to the handler of
 * its path and sends the response.
 *
 * <p>Life cycle: {@link #builder()}, {@link Builder#build()}, {@link #start()}, {@link #stop()}, {@link #close()}. A
 * server is started once.
 *
 * <p>The server itself implements keep-alive, chunked bodies, {@code Expect: 100-continue}, gzip and deflate requests,
 * and gzip responses (above 1,400 bytes, for peers that accept them). It also refuses requests: 400 malformed,
 * 401 not authenticated, 403 web page of another origin, 404 unknown path, 405 method, 408 too slow, 411 no length,
 * 413, 414 and 431 too large, 415 unknown coding, 426 a path for upgrades only. A connection handles one request at a
 * time; pipelined requests wait and get their responses in order. Each request is logged, see
 * {@link Builder#accessLog}.
 *
 * <p>Runs on {@link dev.parley.net.socket.EventLoops#shared()}. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

    private final Map<String, HttpRoute> routes = new ConcurrentHashMap<>();
    private final AccessLog accessLog;
    private final BrowserPolicy browsers;
    private final HttpLimits limits;
    private final MemoryBudget memory;
    private final @Nullable LoginCheck logins;
    private final String host;
    private final int port;
    private final @Nullable Path unixPath;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();

    /** Guards the transitions from built to started to stopped. */
    private final ReentrantLock lifecycle = new ReentrantLock();

    private volatile @Nullable Tls tls;
    private volatile @Nullable ListeningSocket listener;
    private volatile @Nullable String loopbackName;
    private volatile boolean stopping;

    private record Tls(SSLContext context, @Nullable SSLParameters parameters) {}

    private HttpServer(Builder builder) {
        builder.routes.forEach((path, methods) -> route(path, new HttpRoute(methods, builder.upgrades.get(path))));
        builder.upgrades.forEach((path, upgrade) -> routes.putIfAbsent(path, new HttpRoute(Map.of(), upgrade)));
        this.accessLog = new AccessLog(builder.accessLog);
        this.browsers = builder.browsers;
        this.limits = builder.limits;
        this.memory = builder.memory;
        this.tls = builder.tls;
        this.logins = builder.authentication == null ? null : new LoginCheck(builder.authentication);
        this.host = builder.host;
        this.port = builder.port;
        this.unixPath = builder.unixPath;
    }

    /** The settings of a new server. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Starts to listen; when it returns, peers can connect. Blocks until the address is bound; not to be called on an
     * event loop.
     *
     * @return this server
     * @throws ConnectionLostException if the address is in use or does not belong to this machine; the call may be
     *     repeated
     * @throws InvalidTargetException if the host is unknown, or a file that is not a socket is in the way
     * @throws IllegalStateException if the server was started or stopped before
     */
    public HttpServer start() {
        lifecycle.lock();
        try {
            if (listener != null || stopping) {
                throw new IllegalStateException("the server has been " + (stopping ? "stopped" : "started"));
            }
            ChannelHandler initializer = new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel channel) {
                    accept(channel);
                }
            };
            ListeningSocket bound = unixPath != null
                    ? ListeningSocket.bindUnix(unixPath, initializer)
                    : ListeningSocket.bind(host, port, initializer);
            loopbackName = bound.address() instanceof InetSocketAddress inet
                            && inet.getAddress().isLoopbackAddress()
                    ? host
                    : null;
            listener = bound;
            log.debug("listening on {}", bound.address());
            return this;
        } finally {
            lifecycle.unlock();
        }
    }

    /**
     * The address that the server listens on, with the real port.
     *
     * @throws IllegalStateException if the server has not been started
     */
    public SocketAddress address() {
        return started().address();
    }

    /**
     * The TCP port that the server listens on; -1 for a Unix-domain socket.
     *
     * @throws IllegalStateException if the server has not been started
     */
    public int port() {
        return started().port();
    }

    private ListeningSocket started() {
        ListeningSocket current = listener;
        if (current == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return current;
    }

    /**
     * Serves a path by these handlers from now on, in place of those that it had; requests being handled and upgraded
     * connections go on.
     *
     * @param path as in {@link Builder#handle}
     */
    public void route(String path, HttpRoute route) {
        routes.put(path, route);
    }

    /**
     * Replaces the keys and certificates. Connections accepted from now on use the new context; open connections keep
     * theirs. The {@link SSLParameters} given to {@link Builder#tls} stay in force.
     *
     * @throws IllegalStateException if the server was built without TLS
     */
    public void tls(SSLContext context) {
        Objects.requireNonNull(context, "context");
        Tls current = tls;
        if (current == null) {
            throw new IllegalStateException("the server was built without TLS");
        }
        tls = new Tls(context, current.parameters());
    }

    /**
     * Accepts no new connections and no new requests. Requests being received or handled get their responses, with
     * {@code Connection: close}; idle connections are closed. Returns at once; may be called repeatedly.
     *
     * @return completes when the last connection is closed
     */
    public CompletableFuture<Void> stop() {
        ListeningSocket current;
        lifecycle.lock();
        try {
            stopping = true;
            current = listener;
        } finally {
            lifecycle.unlock();
        }
        if (current == null) {
            terminated.complete(null);
        } else {
            current.close().thenRun(() -> {
                connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(StopSignal.STOP));
                // From here on the count only falls, because no connection is accepted any more.
                completeIfTerminated();
            });
        }
        return terminated.copy();
    }

    /**
     * Closes the listening socket and all connections; requests being handled get no response. {@link #stop()} is the
     * graceful way. Blocks until all are closed; not to be called on an event loop.
     */
    @Override
    public void close() {
        stop();
        ListeningSocket current = listener;
        if (current != null) {
            current.close().join();
            connections.close().awaitUninterruptibly();
        }
    }

    private void accept(Channel channel) {
        if (connectionCount.incrementAndGet() > limits.maxConnections()) {
            log.warn(
                    "{}: closed the connection of {}: all {} connections are in use",
                    channel.localAddress(),
                    channel.remoteAddress(),
                    limits.maxConnections());
            connectionCount.decrementAndGet();
            channel.close();
            return;
        }
        connections.add(channel);
        channel.closeFuture().addListener(closed -> {
            connectionCount.decrementAndGet();
            completeIfTerminated();
        });
        ChannelPipeline pipeline = channel.pipeline();
        SslHandler ssl = sslHandler();
        if (ssl != null) {
            pipeline.addLast(ssl);
        }
        // The end of input in TLS ends both directions.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, ssl == null);
        StrictRequestDecoder decoder = new StrictRequestDecoder(limits.maxHeader());
        pipeline.addLast(decoder, new HttpResponseEncoder(), new HttpConnection(this, channel, decoder, ssl));
        if (stopping) {
            channel.close();
        }
    }

    private @Nullable SslHandler sslHandler() {
        Tls current = tls;
        if (current == null) {
            return null;
        }
        SSLEngine engine = current.context().createSSLEngine();
        if (current.parameters() != null) {
            engine.setSSLParameters(current.parameters());
        }
        engine.setUseClientMode(false);
        if (logins != null && logins.needsCertificates()) {
            engine.setNeedClientAuth(true);
        } else if (logins != null && logins.wantsCertificates()) {
            engine.setWantClientAuth(true);
        }
        return new SslHandler(engine);
    }

    private void completeIfTerminated() {
        ListeningSocket current = listener;
        if (stopping && current != null && !current.isOpen() && connectionCount.get() == 0) {
            terminated.complete(null);
        }
    }

    HttpLimits limits() {
        return limits;
    }

    MemoryBudget memory() {
        return memory;
    }

    /** Checks who sends requests; null if everybody may. */
    @Nullable
    LoginCheck logins() {
        return logins;
    }

    /** Whether anybody on the network may send requests: it listens beyond this machine, and has no authentication. */
    public boolean isOpenToAll() {
        return logins == null && SocketAddresses.isReachable(address());
    }

    AccessLog accessLog() {
        return accessLog;
    }

    BrowserPolicy browsers() {
        return browsers;
    }

    /** The host that the server listens on, if only this machine can reach it by TCP; else null. */
    @Nullable
    String loopbackName() {
        return loopbackName;
    }

    boolean isStopping() {
        return stopping;
    }

    /** What serves a path; null if the path is unknown. */
    @Nullable
    HttpRoute route(String path) {
        return routes.get(path);
    }

    /** Settings of an {@link HttpServer}. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Map<String, HttpHandler>> routes = new HashMap<>();
        private final Map<String, UpgradeHandler> upgrades = new HashMap<>();
        private String host = "127.0.0.1";
        private int port;
        private @Nullable Path unixPath;
        private HttpLimits limits = HttpLimits.defaults();
        private MemoryBudget memory = MemoryBudget.process();
        private @Nullable Tls tls;
        private @Nullable Authentication authentication;
        private boolean accessLog;
        private BrowserPolicy browsers = BrowserPolicy.sameOrigin();

        private Builder() {}

        /**
         * Listens on this host and TCP port. Default 127.0.0.1 and a free port.
         *
         * @param port 0 to 65535; 0 for a free port
         * @throws IllegalArgumentException if the port is out of range
         */
        public Builder bind(String host, int port) {
            Objects.requireNonNull(host, "host");
            if (port < 0 || port > 65535) {
                throw new IllegalArgumentException("a port is a number from 0 to 65535, not " + port);
            }
            this.host = host;
            this.port = port;
            this.unixPath = null;
            return this;
        }

        /**
         * Listens on a Unix-domain socket instead of TCP. A socket file that a dead process left is replaced; the file
         * is removed when the server stops.
         */
        public Builder bindUnix(Path path) {
            this.unixPath = Objects.requireNonNull(path, "path");
            return this;
        }

        /**
         * Adds a handler for exactly this path. Other methods get 405, other paths 404.
         *
         * @param path starts with a slash; compared after percent-decoding, without the query
         * @param methods HTTP methods; {@code POST} if none is given
         * @throws IllegalArgumentException if the path does not start with a slash, or already has a handler for one of
         *     the methods
         */
        public Builder handle(String path, HttpHandler handler, String... methods) {
            Objects.requireNonNull(handler, "handler");
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("a path must start with a slash: " + path);
            }
            Map<String, HttpHandler> byMethod = routes.computeIfAbsent(path, p -> new HashMap<>());
            for (String method : methods.length == 0 ? List.of("POST") : new LinkedHashSet<>(List.of(methods))) {
                if (byMethod.putIfAbsent(method, handler) != null) {
                    throw new IllegalArgumentException(method + " " + path + " already has a handler");
                }
            }
            return this;
        }

        /**
         * Lets a handler take over connections by an upgrade at exactly this path, which may have other handlers too. If
         * it has none, requests without an upgrade get 426.
         *
         * @param path as in {@link #handle}
         * @throws IllegalArgumentException if the path does not start with a slash, or already has such a handler
         */
        public Builder upgrade(String path, UpgradeHandler handler) {
            Objects.requireNonNull(handler, "handler");
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("a path must start with a slash: " + path);
            }
            if (upgrades.putIfAbsent(path, handler) != null) {
                throw new IllegalArgumentException("upgrades of " + path + " already have a handler");
            }
            return this;
        }

        /** Which web pages may call the server. Default {@link BrowserPolicy#sameOrigin()}. */
        public Builder browsers(BrowserPolicy value) {
            this.browsers = Objects.requireNonNull(value, "browsers");
            return this;
        }

        /** The limits of connections and requests. Default {@link HttpLimits#defaults()}. */
        public Builder limits(HttpLimits value) {
            this.limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /** What requests and responses are charged to. Default {@link MemoryBudget#process()}. */
        public Builder memory(MemoryBudget value) {
            this.memory = Objects.requireNonNull(value, "memory");
            return this;
        }

        /**
         * Serves TLS with this context's keys. Default plain text. See {@link HttpServer#tls} for replacing the keys.
         *
         * @param parameters protocols, cipher suites, and whether a client certificate is wanted or needed; the
         *     context's own if null
         */
        public Builder tls(SSLContext context, @Nullable SSLParameters parameters) {
            this.tls = new Tls(Objects.requireNonNull(context, "context"), parameters);
            return this;
        }

        /**
         * Finds out who sends a request, by its head, and refuses others with status 401. With TLS a client certificate
         * is asked for if it can be accepted, and required if nothing else can. Default: everybody may send requests.
         */
        public Builder authentication(@Nullable Authentication value) {
            this.authentication = value;
            return this;
        }

        /**
         * Whether each request is logged at INFO, instead of DEBUG, to the logger {@code dev.parley.access}. Default
         * false.
         */
        public Builder accessLog(boolean shown) {
            this.accessLog = shown;
            return this;
        }

        /** A server that does not listen yet; see {@link HttpServer#start()}. */
        public HttpServer build() {
            return new HttpServer(this);
        }
    }
}
