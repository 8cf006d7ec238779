package dev.parley.jsonrpc.client;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.Framing;
import dev.parley.jsonrpc.stream.SocketConnection;
import dev.parley.jsonrpc.stream.StreamAddress;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.EventLoops;
import dev.parley.net.socket.MessageDecoder;
import dev.parley.net.socket.Trust;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Connects to a TCP port or a Unix-domain socket. Immutable and thread-safe. */
final class SocketConnector implements Connector {
    private final Address address;
    private final StreamAddress socket;
    private final Framing framing;
    private final int maxMessage;
    private final Duration connectTimeout;
    private final Trust trust;

    SocketConnector(
            Address address,
            StreamAddress socket,
            Framing framing,
            int maxMessage,
            Duration connectTimeout,
            Trust trust) {
        this.trust = trust;
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
                    protected void initChannel(Channel channel) throws NoSuchAlgorithmException {
                        if (socket.isSecure()) {
                            channel.pipeline().addLast(socket.tls(trust, connectTimeout));
                        }
                        ConnectionMemory memory = ConnectionMemory.of(channel);
                        channel.pipeline()
                                .addLast(
                                        new FlushConsolidationHandler(256, true),
                                        FrameDecoder.ofClient(maxMessage, framing, memory),
                                        new Receiver(events, memory));
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

    /** What TLS says of a failed handshake, which is the innermost reason. */
    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String text = innermost.getMessage() == null ? innermost.toString() : innermost.getMessage();
        return innermost instanceof CertPathBuilderException
                ? text + "; the option ssl_ca_file names the authority to trust"
                : text;
    }

    /** Brings what arrives to the events. Confined to the event loop. */
    private final class Receiver extends ChannelInboundHandlerAdapter {
        private final Events events;
        private final ConnectionMemory memory;
        private @Nullable Throwable cause;
        private boolean opened;

        Receiver(Events events, ConnectionMemory memory) {
            this.events = events;
            this.memory = memory;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (!socket.isSecure()) {
                open(ctx);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake && !opened) {
                if (handshake.isSuccess()) {
                    open(ctx);
                } else {
                    cause = handshake.cause();
                    ctx.close();
                }
            } else if (event == MessageDecoder.Shed.SHED) {
                cause = new OverloadedException("memory is short, and this connection holds more than others");
                ctx.close();
            }
        }

        private void open(ChannelHandlerContext ctx) {
            opened = true;
            events.opened(new SocketConnection(ctx.channel(), () -> framing, memory, null));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            events.received(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            events.receivedAll();
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
            if (opened) {
                events.lost(cause);
            } else {
                events.failed(new ConnectionLostException(
                        "TLS with " + address + " failed: " + (cause == null ? "the server closed" : reason(cause)),
                        cause));
            }
        }
    }
}
