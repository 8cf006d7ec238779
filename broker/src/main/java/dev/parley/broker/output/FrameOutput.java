package dev.parley.broker.output;

import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.FrameDecoder;
import dev.parley.broker.amqp.MethodWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Gathers frames into few buffers and few flushes. Used on the connection's event loop. */
public final class FrameOutput {
    private static final int CHUNK = 32 * 1024;
    /** Larger body frames go out without being copied. */
    private static final int COPY_LIMIT = 4 * 1024;

    private final ChannelHandlerContext ctx;
    private @Nullable ByteBuf current;
    private int frameMax = 4096;
    private long frames;

    public FrameOutput(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    public void frameMax(int octets) {
        frameMax = octets;
    }

    /** Where to write the next frame. */
    public ByteBuf frame() {
        frames++;
        ByteBuf buffer = current;
        if (buffer != null && buffer.readableBytes() >= CHUNK) {
            ctx.write(buffer);
            buffer = null;
        }
        if (buffer == null) {
            buffer = ctx.alloc().buffer(512);
            current = buffer;
        }
        return buffer;
    }

    /** How many frames were written. */
    public long frames() {
        return frames;
    }

    /** Header and body frames. */
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
                ctx.write(buffer);
                current = null;
                ctx.write(Unpooled.wrappedBuffer(body, at, size));
                buffer = frame();
            }
            MethodWriter.frameEnd(buffer);
        }
    }

    public void flush() {
        if (current != null) {
            ctx.writeAndFlush(current);
            current = null;
        } else {
            ctx.flush();
        }
    }
}
