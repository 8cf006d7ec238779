package dev.parley.broker.connection;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Accepts connections. */
public final class Listener {
    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(256 << 10, 1 << 20);

    /** Then it is the next connection's turn: a publisher to many queues keeps the event loop busy for long with little. */
    private static final int READS_IN_A_ROW = 4;

    private final BrokerCore broker;
    private final @Nullable SSLContext tls;
    private final boolean asksCertificates;

    public Listener(BrokerCore broker, @Nullable SSLContext tls, boolean asksCertificates) {
        this.broker = broker;
        this.tls = tls;
        this.asksCertificates = asksCertificates;
    }

    public boolean encrypts() {
        return tls != null;
    }

    /**
     * Listens.
     *
     * @throws IOException if it cannot
     */
    public Channel listen(String host, int port) throws IOException {
        var bound = new ServerBootstrap()
                .group(EventLoops.shared())
                .channel(EventLoops.serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new AdaptiveRecvByteBufAllocator().maxMessagesPerRead(READS_IN_A_ROW))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(new InetSocketAddress(host, port))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private void accept(Channel channel) {
        if (broker.faults().refusing()
                || broker.connections().size() >= broker.limits().maxConnections()) {
            channel.close();
            return;
        }
        if (tls != null) {
            SSLEngine engine = tls.createSSLEngine();
            engine.setUseClientMode(false);
            engine.setWantClientAuth(asksCertificates);
            channel.pipeline().addLast(new SslHandler(engine));
        }
        Connection connection = new Connection(broker, asksCertificates);
        channel.pipeline().addLast(new DelayHandler(broker.faults()), connection.decoder(), connection);
        if (broker.faults().notReading()) {
            channel.config().setAutoRead(false);
        }
    }
}
