package dev.parley.broker.connection;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The event loops of all brokers in this process: daemon threads, created at first use, on epoll where the platform has
 * it. There is one for two processors: clients in the same JVM need the others, and connections of the same loop pass
 * messages to each other without changing threads.
 *
 * <p>Parley's transports have a similar class of their own. The broker does not use it, because the broker depends on
 * nothing else of Parley: it can test clients of RabbitMQ that have nothing to do with RPC.
 *
 * <p>Thread-safe.
 */
final class EventLoops {
    private static final boolean EPOLL = Epoll.isAvailable();

    private EventLoops() {}

    static EventLoopGroup shared() {
        return Holder.GROUP;
    }

    static Class<? extends ServerChannel> serverChannel() {
        return EPOLL ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    private static final class Holder {
        private static final EventLoopGroup GROUP = GuardedEventLoop.group(
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                new DefaultThreadFactory("parley-broker", true),
                EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }
}
