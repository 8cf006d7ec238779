package dev.parley.zerorpc.zmtp;

import dev.parley.ConnectionLostException;
import dev.parley.net.socket.EventLoops;
import dev.parley.net.socket.UnixSocketFile;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZeroMQ socket: any number of endpoints bound and connected, and the peers on them. It routes nothing by itself: what comes is handed to the handler together
 * with the peer it came from, and is sent to a peer. Thread-safe.
 */
public final class ZmtpSocket implements AutoCloseable {
    static final Logger log = LoggerFactory.getLogger(ZmtpSocket.class);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 512 << 10);

    private final SocketType type;
    private final ZmtpLimits limits;
    private final ZmtpHandler handler;
    private final Set<ZmtpPeer> peers = ConcurrentHashMap.newKeySet();
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final List<Channel> bound = new CopyOnWriteArrayList<>();
    private final List<ZmtpConnector> connectors = new CopyOnWriteArrayList<>();
    private final List<UnixSocketFile> files = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** A socket without endpoints. */
    public ZmtpSocket(SocketType type, ZmtpLimits limits, ZmtpHandler handler) {
        this.type = type;
        this.limits = limits;
        this.handler = handler;
    }

    SocketType type() {
        return type;
    }

    ZmtpLimits limits() {
        return limits;
    }

    ZmtpHandler handler() {
        return handler;
    }

    /** The peers that have shaken hands. */
    public Set<ZmtpPeer> peers() {
        return Set.copyOf(peers);
    }

    /**
     * Listens. When it returns, peers can connect.
     *
     * @return the port bound, -1 for ipc
     * @throws ConnectionLostException if the endpoint is taken or cannot be bound
     */
    public int bind(ZmtpEndpoint endpoint) {
        if (endpoint instanceof ZmtpEndpoint.Ipc ipc) {
            files.add(UnixSocketFile.prepare(ipc.path()));
        }
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
            return bound(endpoint, bootstrap.bind(new InetSocketAddress(tcp.host(), tcp.port())));
        }
        return bound(endpoint, bootstrap.bind(endpoint.address()));
    }

    private int bound(ZmtpEndpoint endpoint, ChannelFuture binding) {
        binding.awaitUninterruptibly();
        Throwable cause = binding.cause();
        if (cause != null) {
            throw new ConnectionLostException("cannot listen on " + endpoint + ": " + cause.getMessage(), cause);
        }
        bound.add(binding.channel());
        return binding.channel().localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /** Connects, and connects again whenever the connection is lost, until the socket is closed. Returns at once. */
    public ZmtpConnector connect(ZmtpEndpoint endpoint) {
        ZmtpConnector connector = new ZmtpConnector(this, endpoint);
        connectors.add(connector);
        connector.start();
        return connector;
    }

    ChannelFuture open(ZmtpConnector connector, ZmtpEndpoint endpoint) {
        Bootstrap bootstrap = new Bootstrap()
                .group(EventLoops.shared())
                .channel(endpoint.channel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        Math.min(Integer.MAX_VALUE, limits.handshakeTimeout().toMillis()))
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
                ZmtpPeer peer = new ZmtpPeer(channel, connector, type == SocketType.ROUTER, limits.pendingBytes());
                channel.pipeline().addLast(new ZmtpDecoder(ZmtpSocket.this, peer));
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

    void gone(ZmtpPeer peer, String reason) {
        boolean connected = peers.remove(peer);
        log.debug("{}: {}", peer, reason);
        ZmtpConnector connector = peer.connector();
        if (connector != null) {
            connector.lost(reason);
        }
        if (connected) {
            handler.disconnected(peer, reason);
        }
    }

    /** Accepts no further peers; those connected stay. */
    public void unbind() {
        bound.forEach(channel -> channel.close().awaitUninterruptibly());
        bound.clear();
        files.forEach(UnixSocketFile::delete);
        files.clear();
    }

    /** Closes every connection once what waits on it has been sent, two seconds later at most, and frees the ports. */
    @Override
    public void close() {
        closed = true;
        connectors.forEach(ZmtpConnector::close);
        if (onEventLoop()) {
            Thread.ofVirtual().name("parley-close").start(this::shut);
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
