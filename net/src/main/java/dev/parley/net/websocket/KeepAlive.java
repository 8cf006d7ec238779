package dev.parley.net.websocket;

import dev.parley.net.socket.ChannelTasks;
import dev.parley.net.socket.OutputProgress;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the peer is still there: pings one that is silent, and gives up one that stays silent or reads nothing
 * of what it is sent. Stands before the frame decoder, so that each byte counts, not only whole frames. Confined to the
 * event loop.
 */
final class KeepAlive extends ChannelInboundHandlerAdapter {
    private final long interval;
    private final long timeout;
    private final Owner owner;
    private @Nullable Future<?> timer;
    private long lastRead;
    /** When the ping was sent that has not been followed by a byte; only if {@code pinged}. */
    private long pingedAt;

    private boolean pinged;
    /** When the output last made progress. */
    private long lastProgress;

    private @Nullable OutputProgress output;

    /** Whom to tell. */
    interface Owner {
        void ping();

        /** Whether input is not being read, so that its absence means nothing. */
        boolean isPaused();

        void dead(String reason);
    }

    KeepAlive(WebSocketOptions options, Owner owner) {
        this.interval = options.pingInterval().toNanos();
        this.timeout = options.pingTimeout().toNanos();
        this.owner = owner;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        lastRead = System.nanoTime();
        lastProgress = lastRead;
        output = new OutputProgress(ctx.channel());
        schedule(ctx, interval > 0 ? Math.min(interval, timeout) : timeout);
    }

    private void schedule(ChannelHandlerContext ctx, long nanos) {
        long delay = Math.max(nanos, TimeUnit.MILLISECONDS.toNanos(1));
        timer = ChannelTasks.schedule(ctx.channel(), () -> check(ctx), delay);
    }

    private void stop() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        stop();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastRead = System.nanoTime();
        pinged = false;
        ctx.fireChannelRead(message);
    }

    private void check(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return;
        }
        long now = System.nanoTime();
        if (!outputMoves(now) && now - lastProgress >= timeout) {
            owner.dead("the peer has read nothing for " + TimeUnit.NANOSECONDS.toMillis(timeout) + " ms");
            return;
        }
        if (owner.isPaused()) {
            lastRead = now;
            pinged = false;
            if (interval > 0 && ctx.channel().isWritable()) {
                // Its own pings are not read now: this tells it that this side is still there.
                owner.ping();
            }
        } else if (pinged && now - pingedAt >= timeout) {
            owner.dead("the peer did not respond to a ping within " + TimeUnit.NANOSECONDS.toMillis(timeout) + " ms");
            return;
        } else if (!pinged && interval > 0 && now - lastRead >= interval) {
            pinged = true;
            pingedAt = now;
            owner.ping();
        }
        long next = timeout;
        if (pinged) {
            next = pingedAt + timeout - now;
        } else if (interval > 0) {
            next = lastRead + interval - now;
        }
        schedule(ctx, Math.min(next, timeout));
    }

    private boolean outputMoves(long now) {
        if (output == null || output.moved()) {
            lastProgress = now;
            return true;
        }
        return false;
    }
}
