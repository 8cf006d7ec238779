package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.jsonrpc.stream.SocketConnection;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.net.socket.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Connects to a TCP port or a Unix-domain socket. Immutable and thread-safe. */
final class SocketConnector implements Connector {
    private final Address address;
    private final StreamAddress socket;
    private final Framing framing;
    private final int maxMessage;
    private final Duration connectTimeout;

    SocketConnector(Address address, StreamAddress socket, Framing framing, int maxMessage, Duration connectTimeout) {
        this.address = address;
        this.socket = socket;
        this.framing = framing;
        this.maxMessage = maxMessage;
        this.connectTimeout = connectTimeout;
    }

    @Override
    public void connect(Events events) {
        Bootstrap bootstrap = new Bootstrap()
                .group(EventLoops.shared())
                .channel(socket.channel())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(Math.max(1, connectTimeout.toMillis())))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new FlushConsolidationHandler(256, true),
                                        FrameDecoder.ofClient(maxMessage, framing),
                                        new Receiver(events));
                    }
                });
        if (socket.isTcp()) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
        }
        bootstrap.connect(socket.remote()).addListener((ChannelFutureListener) done -> {
            if (!done.isSuccess()) {
                events.failed(new ConnectionLostException(
                        "cannot connect to " + address + ": " + done.cause().getMessage(), done.cause()));
            }
        });
    }

    /** Brings what arrives to the events. Confined to the event loop. */
    private final class Receiver extends ChannelInboundHandlerAdapter {
        private final Events events;
        private @Nullable Throwable cause;

        Receiver(Events events) {
            this.events = events;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            events.opened(new SocketConnection(ctx.channel(), () -> framing, null));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            events.received(message);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            events.writabilityChanged();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
            cause = thrown;
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.lost(cause);
        }
    }
}
