package dev.parley.broker;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/** Holds back what a client sends for as long as {@link Faults#delay} says, in order. */
final class FaultHandler extends ChannelInboundHandlerAdapter {
    private final FaultSwitches faults;
    private int held;

    FaultHandler(FaultSwitches faults) {
        this.faults = faults;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        long nanos = faults.delay().toNanos();
        if ((nanos == 0 && held == 0) || !(message instanceof ByteBuf)) {
            ctx.fireChannelRead(message);
            return;
        }
        held++;
        ctx.executor()
                .schedule(
                        () -> {
                            held--;
                            if (ctx.isRemoved()) {
                                ReferenceCountUtil.release(message);
                            } else {
                                ctx.fireChannelRead(message);
                                ctx.fireChannelReadComplete();
                            }
                        },
                        nanos,
                        TimeUnit.NANOSECONDS);
    }
}
