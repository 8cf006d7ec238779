package dev.parley.net.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A decoder of messages whose incomplete message is charged to the memory of its connection, and may take a limited
 * time from its first byte to its last. Confined to the connection's event loop.
 */
public abstract class MessageDecoder extends ByteToMessageDecoder {
    /** Fired through the pipeline when the connection must give memory back. */
    public enum Shed {
        /** The connection is among those that hold most. */
        SHED
    }

    private static final long NONE = Long.MIN_VALUE;

    private final @Nullable ConnectionMemory memory;
    private final MessageTimeouts timeouts;
    private long charged;
    private boolean overBudget;
    /** {@link System#nanoTime()} when the message began that is incomplete; {@link #NONE} if there is none. */
    private long begun = NONE;
    /** The same when something arrived last, if there is a limit to silence. */
    private long lastRead;

    private boolean waitsForFirst;
    private boolean completed;
    private @Nullable Future<?> timer;
    /** When the timer is due. */
    private long due;

    /**
     * A decoder.
     *
     * @param memory what is charged; {@code null} for nothing
     */
    protected MessageDecoder(@Nullable ConnectionMemory memory, MessageTimeouts timeouts) {
        this.memory = memory;
        this.timeouts = timeouts;
    }

    /** To be called when a message is complete, before it is passed on: its bytes are no longer the decoder's. */
    protected final void completed() {
        completed = true;
        waitsForFirst = false;
        if (charged > 0) {
            charge(0);
        }
    }

    /** The bytes of the incomplete message that the decoder holds beside its buffer; by default none. */
    protected long collected() {
        return 0;
    }

    /** Whether a message is incomplete of which the buffer has nothing, such as one that is being skipped. */
    protected boolean isWithinMessage() {
        return false;
    }

    /** There is no memory for the incomplete message: refuses it, and drops what has been buffered of it. */
    protected abstract void overBudget(ChannelHandlerContext ctx, ByteBuf in, List<Object> out);

    /** Ends the connection, since the peer takes too long. */
    protected abstract void timedOut(ChannelHandlerContext ctx, String problem);

    /** Whether this side is the reason that the peer's bytes are not read, so that its time is extended. */
    protected boolean isHeldUp() {
        return false;
    }

    /** Whether calls run on the connection, so that the peer need not send anything. */
    protected boolean isInUse() {
        return false;
    }

    /** Takes what has arrived; see {@link #decode}. */
    protected abstract void decodeMessage(ChannelHandlerContext ctx, ByteBuf in, List<Object> out);

    @Override
    protected final void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (overBudget) {
            overBudget = false;
            overBudget(ctx, in, out);
        } else {
            decodeMessage(ctx, in, out);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        lastRead = System.nanoTime();
        if (timeouts.first() > 0) {
            waitsForFirst = true;
            begun = lastRead;
            schedule(ctx, timeouts.first());
        } else if (timeouts.idle() > 0) {
            schedule(ctx, timeouts.idle());
        }
        super.channelActive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        completed = false;
        super.channelRead(ctx, message);
        ByteBuf rest = internalBuffer();
        long held = rest.readableBytes() + collected();
        if (held != charged && !charge(held)) {
            decodeOverBudget(ctx);
        }
        boolean incomplete = held > 0 || isWithinMessage();
        if (incomplete && (begun == NONE || completed || waitsForFirst)) {
            waitsForFirst = false;
            begun = System.nanoTime();
            schedule(ctx, timeouts.message());
        } else if (!incomplete && !waitsForFirst) {
            begun = NONE;
        }
        if (timeouts.idle() > 0) {
            lastRead = System.nanoTime();
            schedule(ctx, timeouts.idle());
        }
    }

    /** Without the base class's further read when nothing was passed on: a pause holds within a message too. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        discardSomeReadBytes();
        ctx.fireChannelReadComplete();
    }

    private boolean charge(long bytes) {
        if (memory != null) {
            if (bytes > charged && !memory.charge(bytes - charged)) {
                return false;
            } else if (bytes < charged) {
                memory.release(charged - bytes);
            }
        }
        charged = bytes;
        return true;
    }

    private void decodeOverBudget(ChannelHandlerContext ctx) throws Exception {
        overBudget = true;
        // Decodes what has been buffered, and gives the buffer back.
        super.channelRead(ctx, Unpooled.EMPTY_BUFFER);
        if (overBudget) {
            overBudget = false;
            List<Object> out = new ArrayList<>(1);
            overBudget(ctx, Unpooled.EMPTY_BUFFER, out);
            out.forEach(ctx::fireChannelRead);
        }
        ByteBuf rest = internalBuffer();
        charge(Math.min(charged, rest.readableBytes() + collected()));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event == Shed.SHED && memory != null && charged > 0 && charged >= memory.held() / 2) {
            decodeOverBudget(ctx);
        } else {
            super.userEventTriggered(ctx, event);
        }
    }

    private void schedule(ChannelHandlerContext ctx, long nanos) {
        long when = System.nanoTime() + nanos;
        if (nanos <= 0 || timer != null && due - when <= 0) {
            return;
        }
        stopTimer();
        due = when;
        timer = ctx.executor().schedule(() -> check(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void check(ChannelHandlerContext ctx) {
        timer = null;
        if (!ctx.channel().isActive()) {
            return;
        }
        long now = System.nanoTime();
        if (begun != NONE) {
            long limit = waitsForFirst ? timeouts.first() : timeouts.message();
            if (isHeldUp()) {
                begun = now;
            } else if (limit > 0 && now - begun >= limit) {
                timedOut(
                        ctx,
                        waitsForFirst
                                ? "nothing has arrived within " + seconds(limit)
                                : "a message was not complete within " + seconds(limit));
                return;
            }
            schedule(ctx, begun + limit - now);
        }
        long idle = timeouts.idle();
        if (idle > 0 && begun == NONE) {
            if (isInUse()) {
                lastRead = now;
            } else if (now - lastRead >= idle) {
                timedOut(ctx, "no message within " + seconds(idle));
                return;
            }
            schedule(ctx, lastRead + idle - now);
        }
    }

    private static String seconds(long nanos) {
        return Duration.ofNanos(nanos).toMillis() / 1000.0 + " s";
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        stopTimer();
        super.channelInactive(ctx);
        charge(0);
    }
}
