package dev.parley.net.socket;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of this process: one group of daemon threads that all socket wires share. Uses epoll where the
 * platform has it. No error ends them; one in their own work is a {@linkplain dev.parley.spi.FatalErrors fatal error}.
 *
 * <p>The group is created at first use, with one thread per processor, and lives as long as the process; daemon threads
 * do not keep a JVM alive. Thread-safe.
 */
public final class EventLoops {
    private static final boolean EPOLL = Epoll.isAvailable();
    private static final long END_MILLIS = 1_000;

    /** {@code null} until the group is first used. */
    private static volatile @Nullable EventLoopGroup started;

    private EventLoops() {}

    /** The shared group. Do not shut it down. */
    public static EventLoopGroup shared() {
        return Holder.GROUP;
    }

    /**
     * Ends the group, if it has been used, and waits for that for up to a second. Only for a process that is about to exit:
     * nothing can be connected or bound afterwards. The JVM itself waits 300 ms at exit for threads that wait in the
     * operating system, as event loops do.
     */
    public static void end() {
        EventLoopGroup group = started;
        if (group != null) {
            group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).awaitUninterruptibly(END_MILLIS);
        }
    }

    /** The channel type of a listening TCP socket on {@link #shared()}. */
    public static Class<? extends ServerChannel> serverChannel() {
        return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** The channel type of a connecting TCP socket on {@link #shared()}. */
    public static Class<? extends Channel> channel() {
        return EPOLL ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** The channel type of a listening Unix-domain socket on {@link #shared()}. */
    public static Class<? extends ServerChannel> unixServerChannel() {
        return EPOLL ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
    }

    /** The channel type of a connecting Unix-domain socket on {@link #shared()}. */
    public static Class<? extends Channel> unixChannel() {
        return EPOLL ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
    }

    /** The address of a Unix-domain socket, of the type that these channels expect. */
    public static SocketAddress unixAddress(Path path) {
        return EPOLL ? new DomainSocketAddress(path.toString()) : UnixDomainSocketAddress.of(path);
    }

    private static final class Holder {
        private static final EventLoopGroup GROUP = GuardedEventLoop.group(
                Runtime.getRuntime().availableProcessors(),
                new DefaultThreadFactory("parley-io", true),
                EPOLL ? EpollIoHandler.newFactory() : nio());

        static {
            started = GROUP;
        }

        private static IoHandlerFactory nio() {
            return NioIoHandler.newFactory();
        }
    }
}
