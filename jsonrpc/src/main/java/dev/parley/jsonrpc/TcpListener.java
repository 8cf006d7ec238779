package dev.parley.jsonrpc;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.net.socket.EventLoops;
import dev.parley.spi.AddressOptions;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JSON-RPC on bare TCP: messages as they come, answers as they are ready. Thread-safe. */
final class TcpListener implements Listener {
    private static final Logger log = LoggerFactory.getLogger(TcpListener.class);
    private static final int DEFAULT_PORT = 4040;

    private final Address address;
    private final Channel listener;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean stopping;

    private TcpListener(Address asked, ServerContext context) {
        AddressOptions options = new AddressOptions(asked);
        MessageHandler handler = new MessageHandler(context, asked.scheme(), HttpListener.maxBatch(options));
        int maxConnections = options.ofServer().integer("max_connections", 10_000, 1, Integer.MAX_VALUE);
        options.refuseOthers();
        if (!asked.path().isEmpty() && !asked.path().equals("/")) {
            throw new InvalidTargetException(asked.scheme() + " has no path, the address has " + asked.path());
        }
        int maxMessage = context.values().limits().messageBytes();
        ChannelFuture bound = new ServerBootstrap()
                .group(EventLoops.shared())
                .channel(EventLoops.serverChannel())
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (stopping || connections.size() >= maxConnections) {
                            log.warn(
                                    "{}: closed the connection of {}: {}",
                                    asked,
                                    channel.remoteAddress(),
                                    stopping ? "stopping" : "all " + maxConnections + " connections are in use");
                            channel.close();
                            return;
                        }
                        FrameDecoder decoder = new FrameDecoder(maxMessage);
                        channel.pipeline()
                                .addLast(
                                        new FlushConsolidationHandler(256, true),
                                        decoder,
                                        new TcpSession(handler, decoder));
                        connections.add(channel);
                    }
                })
                .bind(resolve(asked))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new ConnectionLostException(
                    "cannot listen on " + asked + ": " + bound.cause().getMessage(), bound.cause());
        }
        this.listener = bound.channel();
        this.address = options.forClients().withPort(((InetSocketAddress) listener.localAddress()).getPort());
    }

    static TcpListener start(Address address, ServerContext context) {
        return new TcpListener(address, context);
    }

    private static InetSocketAddress resolve(Address address) {
        try {
            return new InetSocketAddress(InetAddress.getAllByName(address.host())[0], address.port(DEFAULT_PORT));
        } catch (UnknownHostException e) {
            throw new InvalidTargetException("cannot listen on " + address + ": unknown host");
        }
    }

    static int defaultPort() {
        return DEFAULT_PORT;
    }

    @Override
    public Address address() {
        return address;
    }

    @Override
    public void stop() {
        stopping = true;
        listener.close().awaitUninterruptibly();
        connections.forEach(channel -> channel.pipeline().fireUserEventTriggered(TcpSession.Stop.STOP));
    }

    @Override
    public void close() {
        stop();
        connections.close().awaitUninterruptibly();
    }
}
