package dev.parley.broker.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Splits a stream of octets into the protocol header and frames and calls a listener with each, without allocating an
 * object per frame. Used on the connection's event loop only, where the listener is called as well.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
    /** Octets around a payload: type, channel and size before it, the end octet after it. */
    public static final int OVERHEAD = 8;

    public static final int METHOD = 1;
    public static final int HEADER = 2;
    public static final int BODY = 3;
    public static final int HEARTBEAT = 8;
    private static final int END = 0xce;
    /** Class id and method id. */
    private static final int METHOD_ID = 4;

    private static final int PROTOCOL_HEADER_SIZE = 8;

    /** Handles what was decoded. Called on the event loop. */
    public interface Listener {
        /** The first eight octets of a client, unchecked. */
        void protocolHeader(byte[] octets);

        /** A frame. The payload must not be kept; the listener handles its own errors. */
        void frame(int type, int channel, ByteBuf payload);

        /** How many bytes are held for a frame that is not complete; called after it has changed. */
        default void buffered(int bytes) {}

        /** Octets that are not a frame. Nothing after them is decoded. */
        void malformed(AmqpException error);
    }

    private final Listener listener;
    private boolean started;
    private boolean stopped;
    private long frameMax;
    private long frames;
    private long octets;
    private int buffered;

    /**
     * Creates a decoder.
     *
     * @param frameMax the largest frame accepted, in octets, including {@link #OVERHEAD}
     */
    public FrameDecoder(Listener listener, long frameMax) {
        this.listener = listener;
        this.frameMax = frameMax;
    }

    /** Changes the largest frame accepted to what was negotiated, in octets including {@link #OVERHEAD}. */
    public void frameMax(long octets) {
        this.frameMax = octets;
    }

    /** Discards everything received from now on. */
    public void stop() {
        stopped = true;
    }

    /** How many frames were decoded. */
    public long frames() {
        return frames;
    }

    /** How many octets were received. */
    public long octets() {
        return octets;
    }

    /** Whether a frame is not complete. */
    public boolean isWithinFrame() {
        return buffered > 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        octets += message instanceof ByteBuf received ? received.readableBytes() : 0;
        super.channelRead(ctx, message);
        int now = actualReadableBytes();
        if (now != buffered) {
            buffered = now;
            listener.buffered(now);
        }
    }

    /** Without the base class's further read when nothing was passed on: a pause holds within a message too. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (stopped) {
            in.skipBytes(in.readableBytes());
        } else if (started) {
            frame(in);
        } else if (in.readableBytes() >= PROTOCOL_HEADER_SIZE) {
            started = true;
            byte[] header = new byte[PROTOCOL_HEADER_SIZE];
            in.readBytes(header);
            listener.protocolHeader(header);
        } else if (in.isReadable() && in.getByte(in.readerIndex()) != 'A') {
            stopped = true; // This is not AMQP: do not wait for eight octets.
            listener.protocolHeader(new byte[PROTOCOL_HEADER_SIZE]);
        }
    }

    private void frame(ByteBuf in) {
        if (in.readableBytes() < OVERHEAD - 1) {
            return;
        }
        int at = in.readerIndex();
        int type = in.getUnsignedByte(at);
        int channel = in.getUnsignedShort(at + 1);
        long size = in.getUnsignedInt(at + 3);
        if (size > frameMax - OVERHEAD) {
            malformed(
                    error(type, Unpooled.EMPTY_BUFFER, "{frame_too_large," + size + "," + (frameMax - OVERHEAD) + "}"));
        } else if (in.readableBytes() >= size + OVERHEAD) {
            in.skipBytes(OVERHEAD - 1);
            ByteBuf payload = in.readSlice((int) size);
            frames++;
            int end = in.readUnsignedByte();
            if (end != END) {
                malformed(error(type, payload, "{invalid_frame_end_marker," + end + "}"));
            } else if (!isKnown(type, payload)) {
                malformed(error(type, payload, "unknown_frame"));
            } else if (channel == 0 ? type == HEADER || type == BODY : type == HEARTBEAT) {
                malformed(new AmqpException(ReplyCode.UNEXPECTED_FRAME, describe(type, payload)));
            } else {
                listener.frame(type, channel, payload);
            }
        }
    }

    private static boolean isKnown(int type, ByteBuf payload) {
        return switch (type) {
            case METHOD -> payload.readableBytes() >= METHOD_ID;
            case HEADER, BODY -> true;
            case HEARTBEAT -> !payload.isReadable();
            default -> false;
        };
    }

    private static AmqpException error(int type, ByteBuf payload, String why) {
        return new AmqpException(ReplyCode.FRAME_ERROR, describe(type, payload) + ": " + why);
    }

    private static String describe(int type, ByteBuf payload) {
        return "type " + type + ", " + ErlangText.snippet(ByteBufUtil.getBytes(payload));
    }

    private void malformed(AmqpException error) {
        stopped = true;
        listener.malformed(error);
    }
}
