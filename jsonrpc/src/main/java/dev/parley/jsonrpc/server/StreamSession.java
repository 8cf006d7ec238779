package dev.parley.jsonrpc.server;

import dev.parley.jsonrpc.stream.FrameDecoder;
import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.net.socket.SocketAddresses;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of a {@link StreamListener}. Its state belongs to its event loop.
 *
 * <p>It reads on while calls run, and stops reading while the dispatcher is full or the peer does not read its
 * responses.
 */
final class StreamSession extends ChannelInboundHandlerAdapter implements Peer {
    private static final Logger log = LoggerFactory.getLogger(StreamSession.class);

    /** Fired through a pipeline when the server stops. */
    enum Stop {
        STOP
    }

    private final MessageHandler handler;
    private final FrameDecoder decoder;
    private final Duration afterEnd;
    private final Set<MessageHandler.Running> running = new HashSet<>();
    private final Runnable resume = this::resume;
    private @Nullable Channel channel;
    private @Nullable String remoteAddress;
    /** Accepted messages without a response so far, including those being scanned. */
    private int pending;

    private boolean full;
    private boolean stopping;
    /** The peer has closed its sending half: it may still wait for its responses. */
    private boolean ended;

    /**
     * A session.
     *
     * @param afterEnd how long calls may run after the peer has closed its sending half
     */
    StreamSession(MessageHandler handler, FrameDecoder decoder, Duration afterEnd) {
        this.handler = handler;
        this.decoder = decoder;
        this.afterEnd = afterEnd;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        remoteAddress = SocketAddresses.text(channel.remoteAddress());
        ctx.fireChannelActive();
    }

    @Override
    public @Nullable String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        switch (message) {
            case FrameDecoder.Problem problem -> {
                ctx.writeAndFlush(decoder.framing().frame(handler.refusal(problem)))
                        .addListener(problem.fatal() ? ChannelFutureListener.CLOSE : done -> {});
            }
            case byte[] bytes
            when stopping -> log.debug("{}: dropped {} bytes while stopping", remoteAddress, bytes.length);
            case byte[] bytes -> take(ctx.channel(), bytes);
            default -> ctx.fireChannelRead(message);
        }
    }

    @Override
    public void cancelled(String id) {
        Channel peer = channel;
        if (peer != null) {
            if (peer.eventLoop().inEventLoop()) {
                // At once: a request that comes later may use the id again.
                List.copyOf(running).forEach(taken -> taken.cancel(id));
            } else {
                peer.eventLoop().execute(() -> List.copyOf(running).forEach(taken -> taken.cancel(id)));
            }
        }
    }

    private void take(Channel peer, byte[] bytes) {
        pending++;
        if (bytes.length <= HttpRpcListener.LARGE) {
            Response response = new Response(peer);
            MessageHandler.Running taken = handler.handle(bytes, this, response, resume);
            taken(taken, response);
            if (!taken.accepted()) {
                full = true;
                updateReading();
            }
            return;
        }
        full = true;
        updateReading();
        Thread.ofVirtual().name("parley-jsonrpc").start(() -> {
            Response response = new Response(peer);
            try {
                MessageHandler.Running taken = handler.handle(bytes, this, response, resume);
                peer.eventLoop().execute(() -> taken(taken, response));
                if (taken.accepted()) {
                    resume();
                }
            } catch (RuntimeException | Error e) {
                // As on the event loop: without a response the only way to end the caller's wait is to disconnect.
                peer.pipeline().fireExceptionCaught(e);
            }
        });
    }

    /** Remembers a message in progress, so that a disconnect cancels its calls. */
    private void taken(MessageHandler.Running taken, Response response) {
        if (!response.sent) {
            running.add(taken);
            response.running = taken;
        }
    }

    /** The way of one response back to the event loop. */
    private final class Response implements Consumer<byte[]> {
        private final Channel peer;
        private MessageHandler.@Nullable Running running;
        private boolean sent;

        Response(Channel peer) {
            this.peer = peer;
        }

        @Override
        public void accept(byte[] bytes) {
            if (peer.eventLoop().inEventLoop()) {
                send(bytes);
            } else {
                peer.eventLoop().execute(() -> send(bytes));
            }
        }

        private void send(byte[] bytes) {
            sent = true;
            pending--;
            if (running != null) {
                StreamSession.this.running.remove(running);
            }
            if (bytes.length > 0) {
                peer.writeAndFlush(decoder.framing().frame(bytes));
            }
            closeIfDone(peer);
        }
    }

    private void closeIfDone(Channel peer) {
        if ((stopping || ended) && pending == 0) {
            peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void resume() {
        Channel peer = channel;
        if (peer != null) {
            peer.eventLoop().execute(() -> {
                full = false;
                updateReading();
            });
        }
    }

    private void updateReading() {
        Channel peer = channel;
        if (peer != null) {
            boolean read = !full && !stopping && peer.isWritable();
            if (peer.config().isAutoRead() != read) {
                peer.config().setAutoRead(read);
            }
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        updateReading();
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == Stop.STOP) {
            stopping = true;
            updateReading();
            closeIfDone(ctx.channel());
        } else if (event == ChannelInputShutdownEvent.INSTANCE) {
            ended = true;
            // A peer that has gone altogether looks the same, and its calls must not run for ever.
            var interrupting = ctx.executor().schedule(this::interrupt, afterEnd.toMillis(), TimeUnit.MILLISECONDS);
            ctx.channel().closeFuture().addListener(closed -> interrupting.cancel(false));
            closeIfDone(ctx.channel());
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        interrupt();
        running.clear();
        ctx.fireChannelInactive();
    }

    private void interrupt() {
        List.copyOf(running).forEach(MessageHandler.Running::cancel);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("{}: connection failed: {}", remoteAddress, cause.toString());
        } else {
            log.warn("{}: closing the connection", remoteAddress, cause);
        }
        ctx.close();
    }
}
