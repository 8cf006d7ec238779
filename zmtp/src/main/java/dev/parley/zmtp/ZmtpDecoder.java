package dev.parley.zmtp;

import dev.parley.net.socket.MessageDecoder;
import dev.parley.net.socket.MessageTimeouts;
import dev.parley.spi.PeerLog;
import dev.parley.zmtp.mechanism.Commands;
import dev.parley.zmtp.mechanism.FrameCipher;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the bytes of one connection: greeting, the handshake of the security mechanism, then messages for the
 * socket's handler. Used on the channel's event loop only.
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
    private static final String DURING_HANDSHAKE = " during the ZMTP handshake";
    private static final int PREFIX_BYTES = 1024;

    private enum State {
        GREETING,
        HANDSHAKE,
        MESSAGES,
        CLOSED
    }

    private final ZmtpSocket socket;
    private final ZmtpPeer peer;
    private final ConnectionHandshake handshake;
    private State state = State.GREETING;
    /** Opens the frames; {@code null} if they are not sealed. */
    private @Nullable FrameCipher cipher;

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
    private @Nullable ChannelHandlerContext context;
    private String reason = "the peer closed the connection";

    ZmtpDecoder(ZmtpSocket socket, ZmtpPeer peer) {
        super(peer.memory(), MessageTimeouts.of(Duration.ZERO, socket.limits().messageTimeout(), Duration.ZERO));
        this.socket = socket;
        this.peer = peer;
        this.handshake = new ConnectionHandshake(socket, peer, this);
    }

    /** Why the connection ended or is about to end. */
    private String reason() {
        return switch (state) {
            case GREETING ->
                reason + DURING_HANDSHAKE + ": the peer may use another security mechanism than "
                        + handshake.mechanism().name();
            case HANDSHAKE -> reason + DURING_HANDSHAKE + handshake.mechanism().hint();
            case MESSAGES, CLOSED -> reason;
        };
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        super.channelActive(ctx);
        context = ctx;
        peer.start(handshake.greeting());
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
        if (cipher != null) {
            refuse(ctx, "no memory for an encrypted message");
            in.skipBytes(in.readableBytes());
            return;
        }
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
        socket.gone(peer, why, handshake.isDenied());
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
            case HANDSHAKE, MESSAGES -> {
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
        String error = handshake.greetingError(in);
        if (error != null) {
            refuse(ctx, error);
        } else if (in.readableBytes() >= Handshake.GREETING_BYTES) {
            peer.setVersion(in.getUnsignedByte(in.readerIndex() + 10), in.getUnsignedByte(in.readerIndex() + 11));
            in.skipBytes(Handshake.GREETING_BYTES);
            state = State.HANDSHAKE;
            // As libzmq does: only to a peer that is known to speak ZMTP 3.
            handshake.mechanism().start();
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
        if (!command && state == State.HANDSHAKE) {
            refuse(ctx, "unexpected message before the handshake was complete");
            return;
        }
        int header = (flags & LONG) == 0 ? 2 : 9;
        if (in.readableBytes() < header) {
            return;
        }
        long length = header == 2 ? in.getUnsignedByte(start + 1) : in.getLong(start + 1);
        FrameCipher sealed = cipher;
        if (sealed != null) {
            sealedFrame(ctx, in, sealed, header, length);
            return;
        }
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

    /** A frame of a connection with encryption: all of it must be there before any of it is known to be the peer's. */
    private void sealedFrame(ChannelHandlerContext ctx, ByteBuf in, FrameCipher sealed, int header, long length) {
        long plainLength = length - FrameCipher.OVERHEAD;
        if (length < 0 || plainLength > Math.max(socket.limits().maxMessageBytes(), Handshake.MAX_COMMAND_BYTES)) {
            refuse(
                    ctx,
                    "an encrypted frame of " + Long.toUnsignedString(length) + " bytes exceeds the limit of "
                            + socket.limits().maxMessageBytes() + " for a message");
            return;
        }
        if (in.readableBytes() < header + length) {
            return;
        }
        byte[] frame = FrameCipher.buffer((int) length);
        in.skipBytes(header);
        in.readBytes(frame, 0, (int) length);
        byte[] body = sealed.open(frame, (int) length);
        if (body == null) {
            refuse(ctx, sealed.problem());
            return;
        }
        boolean more = (sealed.flags() & FrameCipher.MORE) != 0;
        boolean command = (sealed.flags() & FrameCipher.COMMAND) != 0;
        String error = command ? commandError(body.length) : frameError(body.length);
        if ((sealed.flags() & ~(FrameCipher.MORE | FrameCipher.COMMAND)) != 0 || command && more) {
            refuse(ctx, "invalid flags 0x" + Integer.toHexString(sealed.flags()) + " in a MESSAGE");
        } else if (error != null) {
            refuse(ctx, error);
        } else if (command) {
            command(ctx, body);
        } else if (oversized || body.length > socket.limits().maxMessageBytes() - messageBytes) {
            oversized = true;
            byte[] beginning = Arrays.copyOf(body, Math.min(body.length, PREFIX_BYTES));
            messageBytes += body.length - beginning.length;
            add(beginning, more);
        } else {
            add(body, more);
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
        String name = Commands.name(body);
        String error = Commands.errorReason(body);
        if (error != null) {
            refuse(ctx, handshake.error(error));
        } else if (state == State.HANDSHAKE) {
            handshake.mechanism().received(body);
        } else {
            socket.inbound().command(peer, name, body);
        }
    }

    boolean isInHandshake() {
        return state == State.HANDSHAKE;
    }

    /** The handshake is complete. */
    void established(@Nullable Principal caller) {
        state = State.MESSAGES;
        if (handshakeTimer != null) {
            handshakeTimer.cancel(false);
        }
        cipher = handshake.mechanism().cipher();
        peer.authenticated(caller, cipher);
        socket.ready(peer);
    }

    /** Closes the connection because of an error of the peer. */
    void refuse(String why) {
        refuse(Objects.requireNonNull(context), why);
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        if (state == State.CLOSED) {
            return;
        }
        boolean connected = state == State.MESSAGES;
        reason = connected ? why : why + DURING_HANDSHAKE;
        state = State.CLOSED;
        frames = new byte[2][];
        frameCount = 0;
        collected = 0;
        faults.warn(peer, "{}; closing the connection", why);
        peer.drain();
        ctx.close();
    }
}
