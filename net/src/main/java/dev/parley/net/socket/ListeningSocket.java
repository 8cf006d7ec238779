package dev.parley.net.socket;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A TCP or Unix-domain socket that listens on {@link EventLoops#shared()}.
 *
 * <p>TCP sockets are bound with {@code SO_REUSEADDR}; their connections have {@code TCP_NODELAY}. The backlog is 1,024
 * connections. Thread-safe.
 */
public final class ListeningSocket {
    private static final int BACKLOG = 1024;

    private final Channel channel;
    private final @Nullable UnixSocketFile file;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private ListeningSocket(Channel channel, @Nullable UnixSocketFile file) {
        this.channel = channel;
        this.file = file;
    }

    /**
     * Listens on a TCP port. Blocks until the port is bound; not to be called on an event loop.
     *
     * @param host a host name or IP address of this machine
     * @param port 0 for a free port
     * @param initializer sets up each accepted connection, on the connection's event loop; sharable
     * @throws ConnectionLostException if the address is in use or does not belong to this machine
     * @throws InvalidTargetException if the host is unknown
     */
    public static ListeningSocket bind(String host, int port, ChannelHandler initializer) {
        String shown = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        InetSocketAddress address;
        try {
            address = new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new InvalidTargetException("cannot listen on " + shown + ": unknown host");
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .channel(EventLoops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true);
        return new ListeningSocket(bind(bootstrap, address, shown, initializer), null);
    }

    /**
     * Listens on a Unix-domain socket. Blocks until it is bound; not to be called on an event loop.
     *
     * @param path the socket file; one that a dead process left is replaced
     * @param initializer sets up each accepted connection, on the connection's event loop; sharable
     * @throws ConnectionLostException if another process listens there, or the file cannot be created
     * @throws InvalidTargetException if a file that is not a socket is in the way
     */
    public static ListeningSocket bindUnix(Path path, ChannelHandler initializer) {
        UnixSocketFile file = UnixSocketFile.prepare(path);
        ServerBootstrap bootstrap = new ServerBootstrap().channel(EventLoops.unixServerChannel());
        return new ListeningSocket(bind(bootstrap, EventLoops.unixAddress(path), path.toString(), initializer), file);
    }

    private static Channel bind(
            ServerBootstrap bootstrap, SocketAddress address, String shown, ChannelHandler initializer) {
        ChannelFuture binding = bootstrap
                .group(EventLoops.shared())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(Objects.requireNonNull(initializer, "initializer"))
                .bind(address)
                .awaitUninterruptibly();
        Throwable cause = binding.cause();
        if (cause != null) {
            throw new ConnectionLostException("cannot listen on " + shown + ": " + cause.getMessage(), cause);
        }
        return binding.channel();
    }

    /** The address bound, with the real port. */
    public SocketAddress address() {
        return channel.localAddress();
    }

    /** The TCP port bound; -1 for a Unix-domain socket. */
    public int port() {
        return channel.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }

    /** Whether new connections are accepted. */
    public boolean isOpen() {
        return channel.isOpen();
    }

    /**
     * Accepts no further connections and removes the socket file. Accepted connections stay. May be called repeatedly.
     *
     * @return completes when the socket is closed
     */
    public CompletableFuture<Void> close() {
        if (closing.compareAndSet(false, true)) {
            // Once and before the close, because afterwards the path may belong to another listener.
            if (file != null) {
                file.delete();
            }
            channel.close().addListener(done -> closed.complete(null));
        }
        return closed.copy();
    }
}
