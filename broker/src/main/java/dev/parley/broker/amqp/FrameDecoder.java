package dev.parley.broker.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts a stream of octets into the protocol header and frames and calls a listener with each, without an object per frame. The listener may be
 * called only on the event loop and must not keep the payload.
 */
public final class FrameDecoder extends ByteToMessageDecoder {
    /** Type, channel and size before the payload and the end mark after it. */
    public static final int OVERHEAD = 8;

    public static final int METHOD = 1;
    public static final int HEADER = 2;
    public static final int BODY = 3;
    public static final int HEARTBEAT = 8;
    private static final int END = 0xce;
    private static final int PROTOCOL_HEADER_SIZE = 8;

    /** Who handles what was decoded. */
    public interface Listener {
        /** The eight octets a client starts with, unchecked. */
        void protocolHeader(byte[] octets);

        /** A frame; an {@link AmqpException} out of here is the listener's own affair. */
        void frame(int type, int channel, ByteBuf payload);

        /** Octets that are no frame; nothing after them is decoded. */
        void malformed(AmqpException error);
    }

    private final Listener listener;
    private boolean started;
    private boolean stopped;
    private long frameMax;

    /** A decoder which refuses frames above {@code frameMax} octets, those around the payload included. */
    public FrameDecoder(Listener listener, long frameMax) {
        this.listener = listener;
        this.frameMax = frameMax;
    }

    /** What both sides agreed on. */
    public void frameMax(long octets) {
        this.frameMax = octets;
    }

    /** Reads nothing more. */
    public void stop() {
        stopped = true;
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
            stopped = true; // Not AMQP, whatever follows: do not wait for eight octets of it.
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
        if (type != METHOD && type != HEADER && type != BODY && type != HEARTBEAT) {
            malformed("type %d, first 8 octets = <<%s>>: unknown frame type".formatted(type, firstOctets(in)));
        } else if (size > frameMax - OVERHEAD) {
            malformed("type %d, first 8 octets = <<%s>>: frame too large: %d, limit %d"
                    .formatted(type, firstOctets(in), size, frameMax - OVERHEAD));
        } else if (in.readableBytes() >= size + OVERHEAD) {
            in.skipBytes(OVERHEAD - 1);
            ByteBuf payload = in.readSlice((int) size);
            if (in.readUnsignedByte() == END) {
                listener.frame(type, channel, payload);
            } else {
                malformed("type %d: a frame of %d octets does not end in 0xce".formatted(type, size));
            }
        }
    }

    private static String firstOctets(ByteBuf in) {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(8, in.readableBytes()); i++) {
            text.append(i == 0 ? "" : ",").append(in.getUnsignedByte(in.readerIndex() + i));
        }
        return text.toString();
    }

    private void malformed(String text) {
        stopped = true;
        listener.malformed(new AmqpException(ReplyCode.FRAME_ERROR, text));
    }
}
