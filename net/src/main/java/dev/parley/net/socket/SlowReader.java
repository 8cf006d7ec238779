package dev.parley.net.socket;

import dev.parley.spi.PeerLog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes a connection whose peer does not read: too much waits to be written, and for some time not one byte of it could
 * be. Confined to the connection's event loop.
 */
public final class SlowReader extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(SlowReader.class);
    private static final PeerLog faults = new PeerLog(log);

    private final Duration timeout;
    private long progress;
    private @Nullable Future<?> timer;

    /** Closes after so long; zero for never. */
    public SlowReader(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (timer == null && !timeout.isZero() && !ctx.channel().isWritable()) {
            progress = progress(ctx);
            schedule(ctx);
        }
        ctx.fireChannelWritabilityChanged();
    }

    private void schedule(ChannelHandlerContext ctx) {
        timer = ctx.executor().schedule(() -> check(ctx), timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void check(ChannelHandlerContext ctx) {
        timer = null;
        if (!ctx.channel().isActive() || ctx.channel().isWritable()) {
            return;
        }
        long before = progress;
        progress = progress(ctx);
        if (progress != before) {
            schedule(ctx);
            return;
        }
        faults.warn(
                SocketAddresses.text(ctx.channel().remoteAddress()),
                "closing the connection: the peer read nothing for {} s",
                timeout.toMillis() / 1000.0);
        ctx.close();
    }

    /** A number that changes when bytes are written, even if they are not all of a buffer. */
    private static long progress(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
        if (waiting == null) {
            return 0;
        }
        long rest = waiting.current() instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        return waiting.totalPendingWriteBytes() + (rest << 32);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        ctx.fireChannelInactive();
    }
}
