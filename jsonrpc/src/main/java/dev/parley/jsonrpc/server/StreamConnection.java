package dev.parley.jsonrpc.server;

import dev.parley.jsonrpc.session.MessageHandler;
import dev.parley.jsonrpc.session.Problem;
import dev.parley.jsonrpc.session.Session;
import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.jsonrpc.stream.SocketConnection;
import dev.parley.net.socket.ConnectionMemory;
import dev.parley.net.socket.MessageDecoder;
import dev.parley.spi.PeerLog;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what arrives on one connection of a {@link StreamListener} to its session. Confined to the event loop. */
final class StreamConnection extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(StreamConnection.class);
    private static final PeerLog faults = new PeerLog(log);

    /** Fired through a pipeline when the server stops. */
    enum Stop {
        STOP
    }

    private final MessageHandler handler;
    private final FrameDecoder decoder;
    private final ConnectionMemory memory;
    private final Duration afterEnd;
    private final @Nullable Principal caller;
    private @Nullable Session session;
    private @Nullable Throwable cause;

    /**
     * A connection.
     *
     * @param afterEnd how long calls may run after the peer has closed its sending half
     * @param caller the peer; {@code null} if the server does not authenticate
     */
    StreamConnection(
            MessageHandler handler,
            FrameDecoder decoder,
            ConnectionMemory memory,
            Duration afterEnd,
            @Nullable Principal caller) {
        this.caller = caller;
        this.handler = handler;
        this.memory = memory;
        this.decoder = decoder;
        this.afterEnd = afterEnd;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        session = Session.ofServer(new SocketConnection(ctx.channel(), decoder::framing, memory, caller), handler);
        decoder.session(session);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Session to = session;
        if (to != null && message instanceof byte[] bytes) {
            to.received(bytes);
        } else if (to != null && message instanceof Problem problem) {
            to.problem(problem);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (session != null) {
            session.receivedAll();
        }
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (session != null) {
            session.writabilityChanged();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (session != null && event == Stop.STOP) {
            session.stop();
        } else if (session != null && event == MessageDecoder.Shed.SHED) {
            session.abort("memory is short, and this connection holds more than others");
        } else if (session != null && event == ChannelInputShutdownEvent.INSTANCE) {
            session.ended(afterEnd);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (session != null) {
            session.lost(cause);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        if (thrown instanceof IOException) {
            log.debug("{}: connection failed: {}", session, thrown.toString());
        } else {
            faults.warn(session, "closing the connection", thrown);
        }
        cause = thrown;
        ctx.close();
    }
}
