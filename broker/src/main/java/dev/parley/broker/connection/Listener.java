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

/** Accepts connections, over TLS if there is an SSL context. Stateless after construction; thread-safe. */
public final class Listener {
    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(256 << 10, 1 << 20);

    /**
     * After that it is the next connection's turn: a publisher to many queues can keep the event loop busy with little.
     */
    private static final int READS_IN_A_ROW = 4;

    private final BrokerCore broker;
    private volatile @Nullable SSLContext tls;
    private final boolean requestsCertificates;

    /**
     * Creates a listener that does not listen yet.
     *
     * @param requestsCertificates whether clients are asked for a TLS certificate, which they need not have
     */
    public Listener(BrokerCore broker, @Nullable SSLContext tls, boolean requestsCertificates) {
        this.broker = broker;
        this.tls = tls;
        this.requestsCertificates = requestsCertificates;
    }

    /** Whether connections use TLS. */
    public boolean encrypts() {
        return tls != null;
    }

    /**
     * Binds the port and accepts connections until the returned channel is closed.
     *
     * @param port 0 is a free one
     * @throws IOException if the address cannot be bound
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

    /** Uses other keys for connections accepted from now on. */
    public void tls(SSLContext context) {
        tls = context;
    }

    private void accept(Channel channel) {
        if (!broker.acceptsConnection()) {
            channel.close();
            return;
        }
        SSLContext current = tls;
        if (current != null) {
            SSLEngine engine = current.createSSLEngine();
            engine.setUseClientMode(false);
            engine.setWantClientAuth(requestsCertificates);
            channel.pipeline().addLast(new SslHandler(engine));
        }
        Connection connection = new Connection(broker, channel, requestsCertificates);
        channel.pipeline()
                .addLast(
                        new CutHandler(broker.faults()),
                        new DelayHandler(broker.faults()),
                        connection.decoder(),
                        connection);
    }
}
