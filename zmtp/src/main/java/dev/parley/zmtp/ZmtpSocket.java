package dev.parley.zmtp;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
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
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ZeroMQ socket: any number of bound and connected endpoints, and the peers connected through them. Messages are
 * given to the handler with the peer that they came from. They are sent to a given peer by {@link ZmtpPeer#send}, or to
 * peers that the socket chooses, by {@link #trySend} and {@link #send}, as its {@link SocketType} says.
 *
 * <p>Thread-safe.
 */
public final class ZmtpSocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ZmtpSocket.class);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 512 << 10);

    private final SocketType type;
    private final ZmtpOptions options;
    private final ZmtpLimits limits;
    private final ZmtpHandler handler;
    private final Distributor distributor;
    private final @Nullable Subscriber subscriber;
    private final Inbound inbound;
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
        this(type, ZmtpOptions.defaults().withLimits(limits), handler, security);
    }

    /** The same with all options, without security. */
    public ZmtpSocket(SocketType type, ZmtpOptions options, ZmtpHandler handler) {
        this(type, options, handler, ZmtpSecurity.none());
    }

    /** The same with all options. */
    public ZmtpSocket(SocketType type, ZmtpOptions options, ZmtpHandler handler, ZmtpSecurity security) {
        this.type = Objects.requireNonNull(type, "type");
        this.options = Objects.requireNonNull(options, "options");
        this.limits = options.limits();
        this.handler = Objects.requireNonNull(handler, "handler");
        this.security = Objects.requireNonNull(security, "security");
        this.distributor = new Distributor(type);
        this.subscriber = type == SocketType.SUB ? new Subscriber() : null;
        this.inbound = new Inbound(type, limits, handler, subscriber);
    }

    /** The type. */
    public SocketType type() {
        return type;
    }

    ZmtpOptions options() {
        return options;
    }

    ZmtpLimits limits() {
        return limits;
    }

    Inbound inbound() {
        return inbound;
    }

    Distributor distributor() {
        return distributor;
    }

    ZmtpSecurity security() {
        return security;
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

    /**
     * Sends a message of one or more frames, which must not be modified afterwards, and returns at once.
     *
     * <p>A PUSH or DEALER sends it to the next peer in turn that is connected and for which no more than
     * {@link ZmtpLimits#maxPendingMessages} and {@link ZmtpLimits#maxPendingBytes} wait. If there is none, nothing is
     * sent and the result is {@code false}. A PUB sends it to each peer that has subscribed to a prefix of its first
     * frame, but not to those for which so much waits: they miss it, which is {@linkplain #dropped counted}. The result
     * is always {@code true}.
     *
     * <p>Messages that one thread sends to one peer arrive in their order. Those that wait when a connection ends are
     * lost.
     *
     * @return whether it was sent
     * @throws IllegalStateException if the socket is a ROUTER, PULL or SUB
     * @throws ConnectionLostException if the socket is closed
     */
    public boolean trySend(byte[]... frames) {
        if (frames.length == 0) {
            throw new IllegalArgumentException("a message needs at least one frame");
        }
        if (closed) {
            throw new ConnectionLostException("the socket is closed");
        }
        return distributor.trySend(frames);
    }

    /**
     * Sends a message as {@link #trySend} does, and waits for a peer that takes it if there is none. Must not be called
     * on an event loop, such as by a handler.
     *
     * @param timeout how long to wait at most
     * @throws IllegalStateException if it would have to wait on an event loop, or the socket is a ROUTER, PULL or SUB
     * @throws ConnectionLostException if no peer has been connected in time, or the socket is closed
     * @throws OverloadedException if too much waits for each peer all the time
     * @throws InterruptedException if the thread is interrupted while it waits; nothing is sent
     */
    public void send(Duration timeout, byte[]... frames) throws InterruptedException {
        long deadline = System.nanoTime() + nanos(timeout);
        while (true) {
            CompletableFuture<Void> room = distributor.room();
            if (trySend(frames)) {
                return;
            }
            if (onEventLoop()) {
                throw new IllegalStateException("no peer has room, and an event loop must not wait: use trySend");
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw notSent(timeout);
            }
            try {
                room.get(left, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                // The last attempt follows.
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A time in nanoseconds; a very long one as some hundred years. */
    static long nanos(Duration timeout) {
        try {
            return Math.min(timeout.toNanos(), Long.MAX_VALUE / 2);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE / 2;
        }
    }

    private RpcException notSent(Duration timeout) {
        int connected = distributor.size();
        return connected == 0
                ? new ConnectionLostException("the message was not sent within " + timeout + ": no peer is connected")
                : new OverloadedException("the message was not sent within " + timeout + ": for each of " + connected
                        + " peers " + limits.maxPendingMessages() + " messages or " + limits.maxPendingBytes()
                        + " bytes wait to be sent");
    }

    /**
     * Completes when a message that {@link #trySend} refused may be sent: a peer has room again, or another one has
     * connected. To be taken before {@code trySend} is called. Callers must not complete it; its dependents run on an
     * event loop and must not block.
     */
    public CompletableFuture<Void> whenWritable() {
        return distributor.room();
    }

    /** The number of messages that a PUB did not send to a subscriber, since too much waited for it. */
    public long dropped() {
        return distributor.dropped();
    }

    /**
     * Subscribes a SUB to messages whose first frame begins with a prefix; an empty one stands for all. Publishers are
     * told now and whenever they connect. A prefix that is subscribed to twice has to be unsubscribed twice.
     *
     * @throws IllegalStateException if the socket is not a SUB
     */
    public void subscribe(byte[] prefix) {
        subscriber("subscribe").change(true, prefix);
    }

    /**
     * Ends a subscription of a SUB; does nothing if there is none.
     *
     * @throws IllegalStateException if the socket is not a SUB
     */
    public void unsubscribe(byte[] prefix) {
        subscriber("unsubscribe").change(false, prefix);
    }

    private Subscriber subscriber(String operation) {
        if (subscriber == null) {
            throw new IllegalStateException("only a SUB socket can " + operation + ", not a " + type);
        }
        return subscriber;
    }

    /** Ends the attempts of a connector, and closes its connection once the pending messages have been sent. */
    public void disconnect(ZmtpConnector connector) {
        if (connectors.remove(connector)) {
            ZmtpPeer peer = connector.close();
            if (peer != null) {
                peer.close();
            }
        }
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
                ZmtpPeer peer = new ZmtpPeer(channel, connector, ZmtpSocket.this);
                channel.pipeline()
                        .addLast(new SlowReader(limits.writeTimeout()), new ZmtpDecoder(ZmtpSocket.this, peer));
            }
        };
    }

    void ready(ZmtpPeer peer) {
        peer.markConnected();
        peers.add(peer);
        log.debug("{}: connected", peer);
        peer.startPings();
        // Before the handler is told, so that what is sent since then may go to this peer.
        distributor.add(peer);
        if (subscriber != null) {
            subscriber.add(peer);
        }
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
        distributor.remove(peer);
        if (subscriber != null) {
            subscriber.remove(peer);
        }
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
        distributor.roomAgain();
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
