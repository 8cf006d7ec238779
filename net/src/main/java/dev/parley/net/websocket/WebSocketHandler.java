package dev.parley.net.websocket;

import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.net.http.InflatedContent;
import dev.parley.net.http.server.BodyBuffer;
import dev.parley.net.http.server.StopSignal;
import dev.parley.spi.MessageCharge;
import dev.parley.spi.PeerLog;
import dev.parley.spi.PrintableText;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of an open connection: puts frames together to messages, answers pings, and closes. Confined to the event
 * loop.
 */
final class WebSocketHandler extends ChannelDuplexHandler
        implements KeepAlive.Owner, MessageTimer.Owner, MessageInflater.Owner {
    private static final Logger log = LoggerFactory.getLogger(WebSocketHandler.class);
    private static final PeerLog faults = new PeerLog(log);

    private final Channel channel;
    private final WebSocketOptions options;
    private final WebSocketEvents events;
    private final boolean deflates;
    private final WebSocket socket;
    private final String remote;
    private final BodyBuffer message;
    private final WebSocketMemory memory;
    private final MessageTimer messageTimer;
    private final MessageInflater inflater;
    private final Pongs pongs;

    /** Received, but not yet processed. */
    private final ArrayDeque<WebSocketFrame> pending = new ArrayDeque<>();

    private boolean draining;
    /** Whether the receiver of messages takes more. */
    private boolean wanted = true;
    /** Whether a close has been sent: what arrives but a close is discarded. */
    private boolean closing;

    private boolean lost;
    private @Nullable Throwable cause;

    /** Of the message being received. */
    private boolean text;

    private boolean compressed;
    private int fragments;

    private WebSocketHandler(
            Channel channel, WebSocketOptions options, boolean deflates, WebSocketEvents events, WebSocket.Peer peer) {
        this.channel = channel;
        this.options = options;
        this.events = events;
        this.deflates = deflates;
        this.remote = peer.address();
        this.message = new BodyBuffer(options.maxMessage());
        this.memory = new WebSocketMemory(options.memory(), channel, this::shed);
        this.messageTimer = new MessageTimer(channel, options.messageTimeout(), this);
        this.inflater = new MessageInflater(channel, options.maxMessage(), this);
        this.pongs = new Pongs(channel);
        this.socket = new WebSocket(channel, this, options, deflates, peer);
    }

    /** Adds to a pipeline all that an upgraded connection needs, and tells that it is open. */
    static void install(
            ChannelPipeline pipeline,
            WebSocketOptions options,
            boolean isServer,
            boolean deflates,
            WebSocketEvents events,
            WebSocket.Peer peer) {
        WebSocketHandler handler = new WebSocketHandler(pipeline.channel(), options, deflates, events, peer);
        WebSocketDecoderConfig decoding = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(options.maxFrame())
                .expectMaskedFrames(isServer)
                .allowMaskMismatch(false)
                // Which of the reserved bits may be set is checked here.
                .allowExtensions(true)
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build();
        pipeline.addLast(
                new FlushConsolidationHandler(256, true),
                new KeepAlive(options, handler),
                new FrameDecoder(decoding, handler::holdsFrame),
                new WebSocket13FrameEncoder(!isServer),
                handler);
        try {
            events.opened(handler.socket);
        } catch (RuntimeException | Error e) {
            pipeline.fireExceptionCaught(e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        if (received instanceof WebSocketFrame frame) {
            pending.add(frame);
            drain();
        } else {
            // Bytes after a frame that could not be read.
            ReferenceCountUtil.release(received);
        }
    }

    /** Processes what has been received as far as possible. Not re-entered when a receiver pauses and resumes. */
    @Override
    public void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (closing || !isPaused()) {
                WebSocketFrame next = pending.poll();
                if (next == null) {
                    break;
                }
                try {
                    process(next);
                } finally {
                    next.release();
                }
            }
        } catch (RuntimeException | Error e) {
            failed(e);
        } finally {
            draining = false;
        }
        updateReading();
    }

    private void updateReading() {
        boolean read = !isPaused();
        if (channel.config().isAutoRead() != read) {
            channel.config().setAutoRead(read);
        }
    }

    @Override
    public boolean isPaused() {
        return !closing && (!wanted || inflater.isBusy() || memory.isPaused());
    }

    WebSocketMemory memory() {
        return memory;
    }

    void read(boolean on) {
        wanted = on;
        drain();
    }

    private void process(WebSocketFrame frame) {
        if (closing) {
            if (frame instanceof CloseWebSocketFrame) {
                channel.close();
            }
            return;
        }
        boolean control = switch (frame) {
            case CloseWebSocketFrame close -> true;
            case PingWebSocketFrame ping -> true;
            case PongWebSocketFrame pong -> true;
            default -> false;
        };
        boolean first = !control && !(frame instanceof ContinuationWebSocketFrame);
        if (frame.rsv() != 0 && !(frame.rsv() == WebSocket.COMPRESSED && deflates && first)) {
            fail(CloseCode.PROTOCOL_ERROR, "a frame has reserved bits set that were not agreed on");
            return;
        }
        switch (frame) {
            case CloseWebSocketFrame close -> closedByPeer(close);
            case PingWebSocketFrame ping -> pongs.answer(ping.content().retain());
            case PongWebSocketFrame pong -> log.trace("{}: pong", remote);
            default -> data(frame, first);
        }
    }

    private void data(WebSocketFrame frame, boolean first) {
        if (first) {
            text = frame instanceof TextWebSocketFrame;
            compressed = frame.rsv() != 0;
            fragments = 0;
        }
        if (++fragments > options.maxFragments()) {
            fail(CloseCode.TOO_BIG, "the message has more than the " + options.maxFragments() + " frames allowed");
            return;
        }
        if (first
                && frame.isFinalFragment()
                && !compressed
                && frame.content().readableBytes() <= options.maxMessage()) {
            // Most messages: there is nothing to collect.
            messageTimer.received();
            complete(ByteBufUtil.getBytes(frame.content()));
            return;
        }
        switch (message.add(frame.content(), memory.message(), 0)) {
            case TOO_LARGE ->
                fail(CloseCode.TOO_BIG, "the message is larger than the " + options.maxMessage() + " bytes allowed");
            case OVERLOADED -> overloaded();
            case YES -> {
                if (frame.isFinalFragment()) {
                    messageTimer.received();
                    collected(message.take(memory.message()));
                } else {
                    messageTimer.receiving();
                    memory.pauseIfScarce(this::drain);
                }
            }
        }
    }

    private void collected(byte @Nullable [] whole) {
        if (whole == null) {
            overloaded();
        } else if (compressed) {
            inflater.inflate(whole, memory.message());
        } else {
            complete(whole);
        }
    }

    @Override
    public long received() {
        return memory.receiving();
    }

    @Override
    public void tooSlow() {
        fail(CloseCode.POLICY_VIOLATION, "the rest of a message did not arrive in time");
    }

    /** A frame is incomplete of which so many bytes are held. */
    private void holdsFrame(long bytes) {
        if (!memory.holdsFrame(bytes)) {
            overloaded();
        } else if (bytes > 0 && !closing) {
            messageTimer.receiving();
            memory.pauseIfScarce(this::drain);
            updateReading();
        }
    }

    /** The budget is used up, and this connection holds more of it than any other. */
    private void shed() {
        if (memory.receiving() > 0 && !closing) {
            overloaded();
        } else {
            // What the peer does not read.
            channel.close();
        }
    }

    private void overloaded() {
        if (channel.pipeline().get(FrameDecoder.class) != null) {
            channel.pipeline().remove(FrameDecoder.class);
        }
        if (closing) {
            channel.close();
        } else {
            fail(CloseCode.TRY_AGAIN_LATER, MessageCharge.REFUSAL);
        }
    }

    @Override
    public void inflated(byte[] whole) {
        try {
            complete(whole);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    @Override
    public void uninflatable(Throwable error) {
        switch (error) {
            case InflatedContent.TooLargeException e ->
                fail(CloseCode.TOO_BIG, "the message is larger than the " + options.maxMessage() + " bytes allowed");
            case DataFormatException e ->
                fail(CloseCode.INVALID_DATA, "the compressed message is malformed: " + e.getMessage());
            case OverloadedException e -> overloaded();
            default -> failed(error);
        }
    }

    private void complete(byte[] whole) {
        if (text && !ByteBufUtil.isText(Unpooled.wrappedBuffer(whole), StandardCharsets.UTF_8)) {
            fail(CloseCode.INVALID_DATA, "the text is not valid UTF-8");
        } else {
            // Whoever takes it charges it from now on.
            memory.passedOn();
            events.received(whole);
        }
    }

    /** Nothing may follow a close (RFC 6455 §5.5.1). */
    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (closing && !(message instanceof CloseWebSocketFrame)) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new ClosedChannelException());
        } else {
            ctx.write(message, promise);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        pongs.writabilityChanged();
        if (!closing) {
            events.writabilityChanged();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void ping() {
        channel.writeAndFlush(new PingWebSocketFrame());
    }

    @Override
    public void dead(String reason) {
        log.debug("{}: closing the connection: {}", remote, reason);
        if (!closing) {
            closing = true;
            cause = new IOException(reason);
            channel.writeAndFlush(new CloseWebSocketFrame(CloseCode.INTERNAL_ERROR, reason));
            tellLost();
        }
        channel.close();
    }

    /** The peer closes: this side agrees, and ends the connection. */
    private void closedByPeer(CloseWebSocketFrame frame) {
        int code = frame.statusCode();
        String reason = frame.reasonText();
        cause = code == CloseCode.NORMAL
                ? null
                : new IOException("the peer closed it"
                        + (code < 0 ? "" : " with code " + code)
                        + (reason == null || reason.isEmpty() ? "" : ": " + PrintableText.line(reason)));
        closing = true;
        channel.writeAndFlush(code < 0 ? new CloseWebSocketFrame() : new CloseWebSocketFrame(code, ""))
                .addListener(ChannelFutureListener.CLOSE);
        tellLost();
    }

    /** The peer has broken a rule: tells it, and ends the connection. */
    private void fail(int code, String problem) {
        log.debug("{}: closing the connection with code {}: {}", remote, code, problem);
        cause = new ProtocolException(problem);
        close(code, problem);
    }

    private void failed(Throwable error) {
        faults.warn(remote, "closing the connection", error);
        cause = error;
        close(CloseCode.INTERNAL_ERROR, "internal error");
    }

    /** Sends a close and waits for the peer's. */
    void close(int code, String reason) {
        if (closing) {
            return;
        }
        closing = true;
        pending.forEach(WebSocketFrame::release);
        pending.clear();
        message.clear();
        messageTimer.stop();
        memory.message().abandon();
        memory.passedOn();
        updateReading();
        channel.writeAndFlush(new CloseWebSocketFrame(code, reason)).addListener((ChannelFutureListener) sent -> {
            if (!sent.isSuccess()) {
                channel.close();
            } else if (channel.pipeline().get(WebSocket13FrameDecoder.class) == null) {
                endOutput();
            }
        });
        long wait = options.closeTimeout().toNanos();
        var ending = channel.eventLoop().schedule(() -> channel.close(), wait, TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> ending.cancel(false));
        tellLost();
    }

    /** Lets the peer see the end at once, since its own close cannot be read any more. */
    private void endOutput() {
        if (channel instanceof DuplexChannel duplex && channel.pipeline().get(SslHandler.class) == null) {
            duplex.shutdownOutput();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == StopSignal.STOP) {
            events.stopping();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        release();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        release();
    }

    private void release() {
        pending.forEach(WebSocketFrame::release);
        pending.clear();
        pongs.forget();
        closing = true;
        messageTimer.stop();
        memory.close();
        tellLost();
    }

    /** Nothing is received any more: those who wait for something need not wait for the end of the handshake. */
    private void tellLost() {
        if (!lost) {
            lost = true;
            events.lost(cause);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable thrown) {
        switch (thrown) {
            case CorruptedWebSocketFrameException malformed -> {
                // The rest of what arrives is discarded, not searched for frames.
                if (ctx.pipeline().get(WebSocket13FrameDecoder.class) != null) {
                    ctx.pipeline().remove(WebSocket13FrameDecoder.class);
                }
                if (!closing) {
                    fail(malformed.closeStatus().code(), String.valueOf(malformed.getMessage()));
                }
            }
            case IOException lostConnection -> end(lostConnection);
            default -> {
                if (thrown.getCause() instanceof IOException tls) {
                    end(tls);
                } else if (!closing) {
                    failed(thrown);
                }
            }
        }
    }

    private void end(IOException failure) {
        log.debug("{}: connection failed: {}", remote, failure.toString());
        if (!closing) {
            cause = failure;
        }
        channel.close();
    }
}
