package dev.parley.zmtp;

import dev.parley.net.socket.MessageDecoder;
import dev.parley.net.socket.MessageTimeouts;
import dev.parley.spi.PeerLog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the bytes of one connection: greeting, READY, then messages for the socket's handler. Used on the channel's
 * event loop only.
 */
final class ZmtpDecoder extends MessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(ZmtpDecoder.class);
    private static final PeerLog faults = new PeerLog(log);

    /** The frame flag of a frame that others of the same message follow. */
    static final int MORE = 1;
    /** The frame flag of a frame with an 8-byte length. */
    static final int LONG = 2;
    /** The frame flag of a command. */
    static final int COMMAND = 4;

    private static final byte[] EMPTY = {};
    private static final int PREFIX_BYTES = 1024;

    private enum State {
        GREETING,
        READY,
        MESSAGES,
        CLOSED
    }

    private final ZmtpSocket socket;
    private final ZmtpPeer peer;
    private State state = State.GREETING;
    private byte[][] frames = new byte[2][];
    private int frameCount;
    private long messageBytes;
    /** What the frames hold of it. */
    private long collected;

    private boolean oversized;
    /** Whether it is skipped because there is no memory. */
    private boolean overloaded;
    /** The beginning of a frame that is skipped, to be reported; {@code null} if none is. */
    private byte @Nullable [] prefix;

    private int prefixBytes;
    private long skipBytes;
    private boolean skipMore;
    private @Nullable Future<?> handshakeTimer;
    private String reason = "the peer closed the connection";

    ZmtpDecoder(ZmtpSocket socket, ZmtpPeer peer) {
        super(peer.memory(), MessageTimeouts.of(Duration.ZERO, socket.limits().messageTimeout(), Duration.ZERO));
        this.socket = socket;
        this.peer = peer;
    }

    /** Why the connection ended or is about to end. */
    private String reason() {
        return state == State.GREETING || state == State.READY ? reason + " during the ZMTP handshake" : reason;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        peer.start(Handshake.greeting());
        int millis = socket.limits().handshakeTimeoutMillis();
        handshakeTimer = ctx.executor()
                .schedule(
                        () -> refuse(ctx, "handshake timeout: no ZMTP handshake within " + millis + " ms"),
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        peer.beginBatch();
        super.channelRead(ctx, message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        peer.endBatch();
        peer.checkMemory();
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        peer.drain();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ZmtpPeer.Refusal refusal) {
            refuse(ctx, refusal.reason());
        } else if (event == Shed.SHED && messageBytes == 0 && !internalBuffer().isReadable()) {
            refuse(ctx, "memory is short, and this connection holds more than others");
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    @Override
    protected long collected() {
        return collected;
    }

    @Override
    protected boolean isWithinMessage() {
        return prefix != null || frameCount > 0;
    }

    @Override
    protected void timedOut(ChannelHandlerContext ctx, String problem) {
        // The handshake has a time of its own.
        if (state == State.MESSAGES) {
            refuse(ctx, problem);
        }
    }

    /** Skips the rest of the message, so that its sender can be told. */
    @Override
    protected void overBudget(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        overloaded = true;
        oversized = true;
        collected = 0;
        for (int i = 0; i < frameCount; i++) {
            frames[i] = frames[i].length > PREFIX_BYTES ? Arrays.copyOf(frames[i], PREFIX_BYTES) : frames[i];
            collected += frames[i].length;
        }
        if (state == State.MESSAGES && prefix == null) {
            frame(ctx, in);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (handshakeTimer != null) {
            handshakeTimer.cancel(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        String why = reason();
        state = State.CLOSED;
        if (handshakeTimer != null) {
            handshakeTimer.cancel(false);
        }
        collected = 0;
        peer.ended();
        socket.gone(peer, why);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            reason = "connection failed: " + cause.getMessage();
        } else {
            faults.error(peer, "closing the connection", cause);
            reason = "internal error: " + cause;
        }
        ctx.close();
    }

    @Override
    protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        // The rest is an incomplete frame.
        in.skipBytes(in.readableBytes());
    }

    @Override
    protected void decodeMessage(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        switch (state) {
            case GREETING -> greeting(ctx, in);
            case READY, MESSAGES -> {
                if (prefix == null) {
                    frame(ctx, in);
                } else {
                    skip(in);
                }
            }
            case CLOSED -> in.skipBytes(in.readableBytes());
        }
    }

    private void greeting(ChannelHandlerContext ctx, ByteBuf in) {
        String error = Handshake.greetingError(in);
        if (error != null) {
            refuse(ctx, error);
        } else if (in.readableBytes() >= Handshake.GREETING_BYTES) {
            peer.setVersion(in.getUnsignedByte(in.readerIndex() + 10), in.getUnsignedByte(in.readerIndex() + 11));
            in.skipBytes(Handshake.GREETING_BYTES);
            state = State.READY;
            // As libzmq does: only to a peer that is known to speak ZMTP 3.
            peer.sendCommand(Handshake.ready(socket.type()));
        }
    }

    private void frame(ChannelHandlerContext ctx, ByteBuf in) {
        if (in.readableBytes() < 2) {
            return;
        }
        int start = in.readerIndex();
        int flags = in.getUnsignedByte(start);
        boolean command = (flags & COMMAND) != 0;
        if ((flags & ~(MORE | LONG | COMMAND)) != 0 || command && (flags & MORE) != 0) {
            refuse(ctx, "invalid frame flags 0x" + Integer.toHexString(flags));
            return;
        }
        if (!command && state == State.READY) {
            refuse(ctx, "unexpected message before READY");
            return;
        }
        int header = (flags & LONG) == 0 ? 2 : 9;
        if (in.readableBytes() < header) {
            return;
        }
        long length = header == 2 ? in.getUnsignedByte(start + 1) : in.getLong(start + 1);
        String error = command ? commandError(length) : frameError(length);
        if (error != null) {
            refuse(ctx, error);
            return;
        }
        if (!command && (oversized || length > socket.limits().maxMessageBytes() - messageBytes)) {
            in.skipBytes(header);
            oversized = true;
            prefix = new byte[(int) Math.min(length, PREFIX_BYTES)];
            prefixBytes = 0;
            skipBytes = length;
            skipMore = (flags & MORE) != 0;
            skip(in);
            return;
        }
        if (in.readableBytes() < header + length) {
            return;
        }
        byte[] body = length == 0 ? EMPTY : new byte[(int) length];
        in.skipBytes(header);
        in.readBytes(body);
        if (command) {
            command(ctx, body);
        } else {
            add(body, (flags & MORE) != 0);
        }
    }

    private @Nullable String commandError(long length) {
        return length >= 0 && length <= Handshake.MAX_COMMAND_BYTES
                ? null
                : "a command of " + Long.toUnsignedString(length) + " bytes exceeds the limit of "
                        + Handshake.MAX_COMMAND_BYTES;
    }

    private @Nullable String frameError(long length) {
        if (length < 0) {
            return "invalid frame length " + Long.toUnsignedString(length);
        }
        return frameCount < socket.limits().maxFrames()
                ? null
                : "a message exceeds the limit of " + socket.limits().maxFrames() + " frames";
    }

    private void skip(ByteBuf in) {
        byte[] beginning = Objects.requireNonNull(prefix);
        int stored = Math.min(in.readableBytes(), beginning.length - prefixBytes);
        in.readBytes(beginning, prefixBytes, stored);
        prefixBytes += stored;
        skipBytes -= stored;
        int skipped = (int) Math.min(in.readableBytes(), skipBytes);
        in.skipBytes(skipped);
        skipBytes -= skipped;
        messageBytes += stored + skipped;
        if (skipBytes == 0) {
            prefix = null;
            messageBytes -= beginning.length;
            add(beginning, skipMore);
        }
    }

    private void add(byte[] body, boolean more) {
        if (frameCount == frames.length) {
            frames = Arrays.copyOf(frames, 2 * frameCount);
        }
        frames[frameCount++] = body;
        messageBytes += body.length;
        collected += body.length;
        if (!more) {
            byte[][] message = frameCount == frames.length ? frames : Arrays.copyOf(frames, frameCount);
            long bytes = messageBytes;
            boolean tooLarge = oversized;
            boolean refused = overloaded;
            frames = new byte[2][];
            frameCount = 0;
            messageBytes = 0;
            collected = 0;
            oversized = false;
            overloaded = false;
            completed();
            try {
                if (refused) {
                    socket.inbound().overloaded(peer, message, bytes);
                } else if (tooLarge) {
                    socket.inbound().oversized(peer, message, bytes);
                } else {
                    socket.inbound().received(peer, message);
                }
            } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
                // A message that the handler fails on must not end the connection, which other calls share.
                faults.error(peer, "the handler failed on a message", e);
            }
        }
    }

    private void command(ChannelHandlerContext ctx, byte[] body) {
        String name = Handshake.name(body);
        if (name.equals("ERROR")) {
            refuse(ctx, "the peer sent an error: " + Handshake.reason(body));
        } else if (state == State.READY) {
            if (name.equals("READY")) {
                ready(ctx, body);
            } else {
                refuse(ctx, "expected the command READY but found " + Handshake.quoted(name));
            }
        } else {
            socket.inbound().command(peer, name, body);
        }
    }

    private void ready(ChannelHandlerContext ctx, byte[] body) {
        Map<String, String> properties = Handshake.properties(body);
        String type = properties == null ? null : properties.get("socket-type");
        if (type == null) {
            refuse(ctx, "the READY command has no Socket-Type");
        } else if (!socket.type().accepts(type)) {
            peer.sendCommand(Handshake.error("Invalid socket type"));
            refuse(
                    ctx,
                    "unexpected socket type " + Handshake.quoted(type) + ", expected one of "
                            + socket.type().accepted());
        } else {
            state = State.MESSAGES;
            if (handshakeTimer != null) {
                handshakeTimer.cancel(false);
            }
            socket.ready(peer);
        }
    }

    /** Closes the connection because of an error of the peer. */
    private void refuse(ChannelHandlerContext ctx, String why) {
        if (state == State.CLOSED) {
            return;
        }
        boolean connected = state == State.MESSAGES;
        reason = connected ? why : why + " during the ZMTP handshake";
        state = State.CLOSED;
        frames = new byte[2][];
        frameCount = 0;
        collected = 0;
        faults.warn(peer, "{}; closing the connection", why);
        peer.drain();
        ctx.close();
    }
}
