package dev.parley.broker.output;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.MethodWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** Collects frames into few buffers and few flushes. Used on the connection's event loop only. */
public final class FrameOutput {
    private static final int CHUNK = 32 * 1024;
    /** Payloads of larger body frames are written without being copied. */
    private static final int COPY_LIMIT = 4 * 1024;

    private final Channel socket;
    private @Nullable ByteBuf current;
    private int frameMax = 4096;
    private long frames;
    private long octets;

    /** Creates it for frames of at most 4,096 octets, the maximum until {@link #frameMax}. */
    public FrameOutput(Channel socket) {
        this.socket = socket;
    }

    /** Sets the largest frame that was negotiated, in octets including {@link FrameDecoder#OVERHEAD}. */
    public void frameMax(int octets) {
        frameMax = octets;
    }

    /** The buffer for the next frame, which has to be written to it as a whole before the next call. */
    public ByteBuf frame() {
        frames++;
        ByteBuf buffer = current;
        if (buffer != null && buffer.readableBytes() >= CHUNK) {
            write(buffer);
            buffer = null;
        }
        if (buffer == null) {
            buffer = socket.alloc().buffer(512);
            current = buffer;
        }
        return buffer;
    }

    private void write(ByteBuf buffer) {
        octets += buffer.readableBytes();
        socket.write(buffer);
    }

    /** The number of octets written so far. */
    public long octets() {
        return octets;
    }

    /** The number of frames written so far. */
    public long frames() {
        return frames;
    }

    /** Writes a content header frame and the body frames. The body must not change afterwards. */
    public void content(int channel, ContentHeader header, byte[] body) {
        MethodWriter.contentHeader(frame(), channel, body.length, header);
        int max = frameMax - FrameDecoder.OVERHEAD;
        for (int at = 0; at < body.length; at += max) {
            int size = Math.min(max, body.length - at);
            ByteBuf buffer = frame();
            MethodWriter.bodyStart(buffer, channel, size);
            if (size <= COPY_LIMIT) {
                buffer.writeBytes(body, at, size);
            } else {
                write(buffer);
                current = null;
                write(Unpooled.wrappedBuffer(body, at, size));
                buffer = frame();
            }
            MethodWriter.frameEnd(buffer);
        }
    }

    /** Sends what was written. */
    public void flush() {
        if (current != null) {
            octets += current.readableBytes();
            socket.writeAndFlush(current);
            current = null;
        } else {
            socket.flush();
        }
    }
}
