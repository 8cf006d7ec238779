package dev.parley.broker.management;

import dev.parley.broker.auth.Credentials;
import dev.parley.broker.auth.Login;
import dev.parley.broker.auth.User;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.limit.Limits;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerExpectContinueHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves RabbitMQ's management API over HTTP with basic authentication. Requests are handled on virtual threads, and
 * connections live on an event loop of their own. When there are as many connections as are allowed, the one that waits
 * longest for a complete request makes room. Thread-safe; started and closed once.
 */
public final class ManagementServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);

    /** How many responses are made or written at a time, since they may be large. */
    private static final int RESPONSES = 8;

    private final BrokerCore broker;
    private final ManagementApi api;
    private final InetSocketAddress address;
    private final BrowserCheck browsers;
    private final Limits limits;
    private final Semaphore responses = new Semaphore(RESPONSES);
    /** In the order of their last response. Touched on the event loop only. */
    private final Set<ManagementConnection> connections = new LinkedHashSet<>();

    private volatile @Nullable EventLoopGroup loop;
    private volatile @Nullable Channel listening;

    /**
     * Creates a server that does not listen yet.
     *
     * @param port 0 is a free one
     * @param amqpPort the port for AMQP
     * @param encrypted whether AMQP uses TLS
     */
    public ManagementServer(BrokerCore broker, String host, int port, int amqpPort, boolean encrypted) {
        this.broker = broker;
        this.api = new ManagementApi(new ApiContext(broker, host, amqpPort, this::port, encrypted));
        this.address = new InetSocketAddress(host, port);
        this.browsers = new BrowserCheck(host, address.getAddress());
        this.limits = broker.limits();
    }

    /**
     * Listens.
     *
     * @throws IOException if the address cannot be bound
     */
    public void start() throws IOException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("parley-broker-management", true), NioIoHandler.newFactory());
        loop = group;
        ChannelFuture binding = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            close();
            throw new IOException(binding.cause().getMessage(), binding.cause());
        }
        listening = binding.channel();
    }

    private void accept(Channel channel) {
        if (connections.size() >= limits.managementConnections()) {
            ManagementConnection oldest = connections.stream()
                    .filter(ManagementConnection::isWaiting)
                    .findFirst()
                    .orElse(null);
            if (oldest == null) {
                channel.close();
                return;
            }
            connections.remove(oldest);
            oldest.close();
        }
        ManagementConnection connection = new ManagementConnection(
                this, channel, limits.managementTimeout().toMillis(), broker.debts());
        connections.add(connection);
        channel.pipeline().addLast(new HttpServerCodec(), new HttpServerExpectContinueHandler(), connection);
    }

    /** The largest body of a request in bytes. */
    long maxBody() {
        return limits.managementBody();
    }

    /** The connection has ended. Called on the event loop. */
    void closed(ManagementConnection connection) {
        connections.remove(connection);
    }

    /** The port it listens on; 0 before {@link #start()}. */
    public int port() {
        Channel bound = listening;
        return bound != null && bound.localAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
    }

    /** Closes the port and the connections at once. */
    @Override
    public void close() {
        Channel bound = listening;
        if (bound != null) {
            bound.close().awaitUninterruptibly();
        }
        EventLoopGroup group = loop;
        if (group != null) {
            group.execute(() -> List.copyOf(connections).forEach(ManagementConnection::close));
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        }
    }

    /** Responds to a complete request, on a thread of its own once it is logged in. Called on the event loop. */
    void respond(ManagementConnection connection, HttpRequest request, byte[] body, SocketAddress client) {
        // Now it is the last to make room.
        connections.remove(connection);
        connections.add(connection);
        String problem = browsers.problem(request.headers());
        if (problem != null) {
            respondLater(
                    connection, request, () -> Response.error(HttpURLConnection.HTTP_FORBIDDEN, "forbidden", problem));
            return;
        }
        RequestTarget target;
        Routes.Match match;
        try {
            target = RequestTarget.parse(request.uri());
            match = api.route(target.path());
        } catch (ApiException e) {
            respondLater(connection, request, e::response);
            return;
        }
        Response early = ManagementApi.beforeLogin(match, request.method().name());
        Routes.Action action = match.route().action(request.method().name());
        if (early != null || action == null) {
            respondLater(connection, request, () -> early == null ? Response.loginFailed() : early);
            return;
        }
        String reason = request.headers().get("X-Reason");
        logIn(
                connection,
                request,
                client,
                user -> api.respond(
                        action,
                        new ApiRequest(user, match.parameters(), target.query(), reason, () -> JsonBody.read(body))));
    }

    private void logIn(
            ManagementConnection connection,
            HttpRequest request,
            SocketAddress client,
            Function<User, Response> responding) {
        Credentials credentials = Login.basic(request.headers().get(HttpHeaderNames.AUTHORIZATION));
        if (credentials == null) {
            respondLater(connection, request, Response::loginFailed);
            return;
        }
        connection.login(
                broker.users(),
                credentials,
                client instanceof InetSocketAddress inet ? inet.getAddress() : null,
                user -> respondLater(
                        connection, request, () -> user == null ? Response.loginFailed() : responding.apply(user)));
    }

    private void respondLater(ManagementConnection connection, HttpRequest request, Supplier<Response> responding) {
        Thread.ofVirtual().name("parley-broker-management").start(() -> {
            responses.acquireUninterruptibly();
            Response response;
            try {
                response = responding.get();
            } catch (RuntimeException | Error e) {
                log.error("{} {} failed", request.method(), request.uri(), e);
                response = Response.error(HttpURLConnection.HTTP_INTERNAL_ERROR, "internal_error", "see the log");
            }
            boolean handedOver = false;
            try {
                connection.respond(response, request, responses::release);
                handedOver = true;
            } finally {
                if (!handedOver) {
                    responses.release();
                    connection.close();
                }
            }
        });
    }
}
