package dev.parley.zmtp;

import dev.parley.ConnectionLostException;
import dev.parley.net.socket.EventLoops;
import dev.parley.net.socket.SlowReader;
import dev.parley.net.socket.SocketAddresses;
import dev.parley.net.socket.UnixSocketFile;
import dev.parley.spi.Guard;
import dev.parley.zmtp.security.ZmtpSecurity;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZeroMQ socket: any number of bound and connected endpoints, and the peers connected through them. It does not
 * route: messages are given to the handler with the peer that they came from, and are sent to a given peer.
 *
 * <p>Thread-safe.
 */
public final class ZmtpSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ZmtpSocket.class);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 512 << 10);

    private final SocketType type;
    private final ZmtpLimits limits;
    private final ZmtpHandler handler;
    private final ZmtpSecurity security;
    private final Set<ZmtpPeer> peers = ConcurrentHashMap.newKeySet();
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final List<Channel> bound = new CopyOnWriteArrayList<>();
    private final List<ZmtpConnector> connectors = new CopyOnWriteArrayList<>();
    private final List<UnixSocketFile> files = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** A socket without endpoints and security; nothing happens before {@link #bind} or {@link #connect}. */
    public ZmtpSocket(SocketType type, ZmtpLimits limits, ZmtpHandler handler) {
        this(type, limits, handler, ZmtpSecurity.none());
    }

    /** A socket without endpoints, whose peers must use this security mechanism. */
    public ZmtpSocket(SocketType type, ZmtpLimits limits, ZmtpHandler handler, ZmtpSecurity security) {
        this.type = Objects.requireNonNull(type, "type");
        this.limits = Objects.requireNonNull(limits, "limits");
        this.handler = Objects.requireNonNull(handler, "handler");
        this.security = Objects.requireNonNull(security, "security");
    }

    SocketType type() {
        return type;
    }

    ZmtpLimits limits() {
        return limits;
    }

    ZmtpSecurity security() {
        return security;
    }

    ZmtpHandler handler() {
        return handler;
    }

    /** The peers that are connected and have completed the handshake. */
    public Set<ZmtpPeer> peers() {
        return Set.copyOf(peers);
    }

    /**
     * Listens on an endpoint. Peers can connect when it returns.
     *
     * @return the port, or -1 for ipc
     * @throws ConnectionLostException if the endpoint is in use or cannot be bound, or the socket is closed
     */
    public int bind(ZmtpEndpoint endpoint) {
        Objects.requireNonNull(endpoint, "endpoint");
        UnixSocketFile file = endpoint instanceof ZmtpEndpoint.Ipc ipc ? UnixSocketFile.prepare(ipc.path()) : null;
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(EventLoops.shared())
                .channel(endpoint.serverChannel())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(initializer(null));
        if (endpoint instanceof ZmtpEndpoint.Tcp tcp) {
            bootstrap
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .option(ChannelOption.SO_BACKLOG, 1024)
                    .childOption(ChannelOption.TCP_NODELAY, true);
            return await(endpoint, bootstrap.bind(new InetSocketAddress(tcp.host(), tcp.port())), null);
        }
        return await(endpoint, bootstrap.bind(endpoint.address()), file);
    }

    private int await(ZmtpEndpoint endpoint, ChannelFuture binding, @Nullable UnixSocketFile file) {
        binding.awaitUninterruptibly();
        Throwable cause = binding.cause();
        if (cause != null) {
            throw new ConnectionLostException("cannot listen on " + endpoint + ": " + cause.getMessage(), cause);
        }
        bound.add(binding.channel());
        if (file != null) {
            files.add(file);
        }
        if (closed) {
            unbind();
            throw new ConnectionLostException("cannot listen on " + endpoint + ": the socket is closed");
        }
        return binding.channel().localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /** Whether it listens on an address that other machines can reach. */
    public boolean isReachable() {
        return bound.stream().anyMatch(channel -> SocketAddresses.isReachable(channel.localAddress()));
    }

    /**
     * Connects to an endpoint, and reconnects whenever the connection is lost, until the socket is closed. Returns at
     * once.
     */
    public ZmtpConnector connect(ZmtpEndpoint endpoint) {
        ZmtpConnector connector = new ZmtpConnector(this, Objects.requireNonNull(endpoint, "endpoint"));
        connectors.add(connector);
        if (closed) {
            connector.close();
        }
        connector.start();
        return connector;
    }

    ChannelFuture open(ZmtpConnector connector, ZmtpEndpoint endpoint) {
        Bootstrap bootstrap = new Bootstrap()
                .group(EventLoops.shared())
                .channel(endpoint.channel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, limits.handshakeTimeoutMillis())
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(initializer(connector));
        if (endpoint instanceof ZmtpEndpoint.Tcp) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        return bootstrap.connect(endpoint.address());
    }

    private ChannelInitializer<Channel> initializer(@Nullable ZmtpConnector connector) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channels.add(channel);
                if (closed) {
                    channel.close();
                }
                channel.closeFuture().addListener(future -> channels.remove(channel));
                ZmtpPeer peer = new ZmtpPeer(channel, connector, type == SocketType.ROUTER, limits.maxPendingBytes());
                channel.pipeline()
                        .addLast(new SlowReader(limits.writeTimeout()), new ZmtpDecoder(ZmtpSocket.this, peer));
            }
        };
    }

    void ready(ZmtpPeer peer) {
        peer.markConnected();
        peers.add(peer);
        log.debug("{}: connected", peer);
        handler.connected(peer);
        ZmtpConnector connector = peer.connector();
        if (connector != null) {
            connector.ready(peer);
        }
    }

    /**
     * The connection has ended.
     *
     * @param denied whether the peer has refused our credentials
     */
    void gone(ZmtpPeer peer, String reason, boolean denied) {
        boolean connected = peers.remove(peer);
        log.debug("{}: {}", peer, reason);
        ZmtpConnector connector = peer.connector();
        if (connector != null) {
            connector.lost(reason, denied);
        }
        if (connected) {
            handler.disconnected(peer, reason);
        }
    }

    /** Stops accepting peers; those connected stay connected. */
    public void unbind() {
        for (Channel channel : List.copyOf(bound)) {
            channel.close().awaitUninterruptibly();
            bound.remove(channel);
        }
        for (UnixSocketFile file : List.copyOf(files)) {
            file.delete();
            files.remove(file);
        }
    }

    /**
     * Stops listening and closes every connection once its pending messages have been sent, or after two seconds. Waits
     * until that is done, for at most three seconds per connection; called on an event loop, it returns at once.
     */
    @Override
    public void close() {
        closed = true;
        connectors.forEach(ZmtpConnector::close);
        if (onEventLoop()) {
            Guard.start("parley-close", this::shut);
        } else {
            shut();
        }
    }

    private static boolean onEventLoop() {
        for (EventExecutor loop : EventLoops.shared()) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    private void shut() {
        unbind();
        Set<Channel> open = Set.copyOf(channels);
        Set<ZmtpPeer> connected = Set.copyOf(peers);
        connected.forEach(ZmtpPeer::close);
        for (Channel channel : open) {
            if (connected.stream().noneMatch(peer -> peer.isOn(channel))) {
                channel.close();
            }
        }
        open.forEach(channel -> channel.closeFuture().awaitUninterruptibly(3_000));
    }
}
