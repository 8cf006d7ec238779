package dev.parley.broker.connection;

import dev.parley.broker.FaultSwitches;
import dev.parley.broker.Faults;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Holds back what a client sends for as long as {@link Faults#delay} says, in order. */
public final class DelayHandler extends ChannelInboundHandlerAdapter {
    private final FaultSwitches faults;
    private final Queue<Object> held = new ArrayDeque<>();

    public DelayHandler(FaultSwitches faults) {
        this.faults = faults;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        long nanos = faults.delay().toNanos();
        if ((nanos == 0 && held.isEmpty()) || !(message instanceof ByteBuf)) {
            ctx.fireChannelRead(message);
            return;
        }
        held.add(message);
        // Whichever timer comes first lets the first one go: the delay may have become shorter since.
        ctx.executor().schedule(() -> letGo(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void letGo(ChannelHandlerContext ctx) {
        Object first = held.remove();
        if (ctx.isRemoved()) {
            ReferenceCountUtil.release(first);
        } else {
            ctx.fireChannelRead(first);
            ctx.fireChannelReadComplete();
        }
    }
}
