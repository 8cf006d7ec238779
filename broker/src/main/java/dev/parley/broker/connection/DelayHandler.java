package dev.parley.broker.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Delays what a client sends by {@link BrokerFaults#delay}, in order. Used on the connection's event loop.
 */
final class DelayHandler extends ChannelInboundHandlerAdapter {
    private final BrokerFaults faults;
    private final Queue<Object> held = new ArrayDeque<>();

    DelayHandler(BrokerFaults faults) {
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
        // Each timer releases the oldest message, whichever it was started for: the delay may have become shorter.
        ctx.executor().schedule(() -> releaseOldest(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void releaseOldest(ChannelHandlerContext ctx) {
        Object first = held.remove();
        if (ctx.isRemoved()) {
            ReferenceCountUtil.release(first);
        } else {
            ctx.fireChannelRead(first);
            ctx.fireChannelReadComplete();
        }
    }
}
