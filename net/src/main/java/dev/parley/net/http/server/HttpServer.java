package dev.parley.net.http.server;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.net.http.BasicCredentials;
import dev.parley.net.socket.EventLoops;
import dev.parley.net.socket.UnixSocketFile;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.0 and 1.1 server for small requests: it collects a request's body, gives it to the handler of its path, and sends the one answer.
 *
 * <p>Keep-alive, chunked bodies, {@code Expect: 100-continue}, gzip and deflate requests, and gzip answers (above 1,400 bytes, to peers that
 * accept them) are the server's business, as are refusals: 400 malformed, 401, 403 foreign web page, 404 unknown path, 405 method, 408 too slow, 411 no length, 413 and
 * 431 too large, 415 unknown coding. A connection works on one request at a time; pipelined requests wait and are answered in order.
 *
 * <p>Runs on {@link EventLoops#shared()}. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpServer.class);

    private final Map<String, Map<String, HttpHandler>> routes;
    private final HttpLimits limits;
    private final @Nullable Tls tls;
    private final @Nullable Auth auth;
    private final @Nullable UnixSocketFile socketFile;
    private final Channel listener;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicInteger connectionCount = new AtomicInteger();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();
    private volatile boolean stopping;

    private record Tls(SSLContext context, @Nullable SSLParameters parameters) {}

    record Auth(String realm, Predicate<BasicCredentials> check) {}

    private HttpServer(Builder builder) {
        Map<String, Map<String, HttpHandler>> copy = new HashMap<>();
        builder.routes.forEach((path, methods) -> copy.put(path, Map.copyOf(methods)));
        this.routes = Map.copyOf(copy);
        this.limits = builder.limits;
        this.tls = builder.tls;
        this.auth = builder.auth;
        Path unixPath = builder.unixPath;
        boolean unix = unixPath != null;
        this.socketFile = unixPath == null ? null : UnixSocketFile.prepare(unixPath);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(EventLoops.shared())
                .channel(unix ? EventLoops.unixServerChannel() : EventLoops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                });
        if (!unix) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        ChannelFuture bound = bootstrap.bind(builder.address()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw builder.bindFailure(bound.cause());
        }
        this.listener = bound.channel();
        log.debug("listening on {}", listener.localAddress());
    }

    /** A server to be set up; it listens once {@link Builder#start()} has returned. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where it listens, with the real port. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** The TCP port it listens on; -1 on a Unix-domain socket. */
    public int port() {
        return listener.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /**
     * Takes no new connections and no new requests. Requests being received or worked on are answered, with {@code Connection: close}; idle
     * connections are closed.
     *
     * @return completes when the last connection is closed
     */
    public CompletableFuture<Void> stop() {
        stopping = true;
        listener.close().addListener(done -> {
            if (socketFile != null) {
                socketFile.delete();
            }
            connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(HttpConnection.StopSignal.STOP));
            // From here the count can only fall: nothing is accepted any more.
            completeIfTerminated();
        });
        return terminated.copy();
    }

    /** Closes the port and all connections at once; running requests go unanswered. {@link #stop()} is the gentle way. */
    @Override
    public void close() {
        stop();
        listener.closeFuture().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }

    private void accept(Channel channel) {
        if (connectionCount.incrementAndGet() > limits.maxConnections()) {
            log.warn(
                    "{}: closed the connection of {}: all {} connections are in use",
                    address(),
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
        SslHandler ssl = null;
        if (tls != null) {
            SSLEngine engine = tls.context().createSSLEngine();
            if (tls.parameters() != null) {
                engine.setSSLParameters(tls.parameters());
            }
            engine.setUseClientMode(false);
            ssl = new SslHandler(engine);
            pipeline.addLast(ssl);
        }
        StrictRequestDecoder decoder = new StrictRequestDecoder(limits.maxHeader());
        pipeline.addLast(decoder, new HttpResponseEncoder(), new HttpConnection(this, decoder, ssl));
        if (stopping) {
            channel.close();
        }
    }

    private void completeIfTerminated() {
        if (stopping && !listener.isOpen() && connectionCount.get() == 0) {
            terminated.complete(null);
        }
    }

    HttpLimits limits() {
        return limits;
    }

    @Nullable
    Auth auth() {
        return auth;
    }

    boolean isStopping() {
        return stopping;
    }

    @Nullable
    Map<String, HttpHandler> methods(String path) {
        return routes.get(path);
    }

    /** Settings of an {@link HttpServer}; not thread-safe. */
    public static final class Builder {
        private final Map<String, Map<String, HttpHandler>> routes = new HashMap<>();
        private String host = "127.0.0.1";
        private int port;
        private @Nullable Path unixPath;
        private HttpLimits limits = HttpLimits.defaults();
        private @Nullable Tls tls;
        private @Nullable Auth auth;

        private Builder() {}

        /** Listens on this host and TCP port, 0 for a free one. Default 127.0.0.1 and a free port. */
        public Builder bind(String host, int port) {
            this.host = host;
            this.port = port;
            this.unixPath = null;
            return this;
        }

        /** Listens on a Unix-domain socket instead; a socket file that a dead process left is replaced, and the file is removed at the end. */
        public Builder bindUnix(Path path) {
            this.unixPath = path;
            return this;
        }

        /**
         * Has the handler answer requests for exactly this path. Other methods get 405, other paths 404.
         *
         * @param path starts with a slash; compared after percent-decoding, without the query
         * @param methods HTTP methods; {@code POST} if none is given
         * @throws IllegalArgumentException if the path does not start with a slash, or the path and method are taken
         */
        public Builder handle(String path, HttpHandler handler, String... methods) {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("a path starts with a slash, this one does not: " + path);
            }
            Map<String, HttpHandler> byMethod = routes.computeIfAbsent(path, p -> new HashMap<>());
            for (String method : methods.length == 0 ? List.of("POST") : new LinkedHashSet<>(List.of(methods))) {
                if (byMethod.putIfAbsent(method, handler) != null) {
                    throw new IllegalArgumentException(method + " " + path + " has a handler already");
                }
            }
            return this;
        }

        /** What a peer may cost. Default {@link HttpLimits#defaults()}. */
        public Builder limits(HttpLimits value) {
            this.limits = value;
            return this;
        }

        /**
         * Speaks TLS with this context's keys. Default plain text.
         *
         * @param parameters protocols, cipher suites, and whether a client certificate is wanted or needed; the context's own if null
         */
        public Builder tls(SSLContext context, @Nullable SSLParameters parameters) {
            this.tls = new Tls(context, parameters);
            return this;
        }

        /**
         * Answers 401 to requests without Basic credentials that the check accepts. Default: everyone is served.
         *
         * @param check runs on an event loop and must not block; compare in constant time with {@link java.security.MessageDigest#isEqual}
         */
        public Builder basicAuth(String realm, Predicate<BasicCredentials> check) {
            this.auth = new Auth(realm.replace("\"", "'"), check);
            return this;
        }

        /**
         * Starts to listen.
         *
         * @throws ConnectionLostException if the address is taken or not this machine's
         * @throws InvalidTargetException if the host is unknown, or a file that is no socket is in the way
         */
        public HttpServer start() {
            return new HttpServer(this);
        }

        private SocketAddress address() {
            try {
                return unixPath != null
                        ? EventLoops.unixAddress(unixPath)
                        : new InetSocketAddress(InetAddress.getAllByName(host)[0], port);
            } catch (UnknownHostException unknown) {
                throw new InvalidTargetException("cannot listen on " + host + ": unknown host");
            }
        }

        private ConnectionLostException bindFailure(Throwable cause) {
            return new ConnectionLostException(
                    "cannot listen on " + (unixPath != null ? unixPath : host + ":" + port) + ": " + cause.getMessage(),
                    cause);
        }
    }
}
