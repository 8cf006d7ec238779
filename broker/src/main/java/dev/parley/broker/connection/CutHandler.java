package dev.parley.broker.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Closes the socket after the {@linkplain BrokerFaults.Cut cuts} that are asked for, at the octet: what comes before
 * it is still passed on, and nothing after it. Used on the connection's event loop.
 */
final class CutHandler extends ChannelDuplexHandler {
    private final BrokerFaults faults;
    private final Count received = new Count();
    private final Count sent = new Count();
    private boolean cut;

    /** The octets of one direction since a cut was asked for. */
    private static final class Count {
        private BrokerFaults.@Nullable Cut asked;
        private long octets;

        /** How many of these octets come before the cut, which is all of them if there is none. */
        int before(BrokerFaults.@Nullable Cut cut, int size) {
            if (cut == null) {
                asked = null;
                return size;
            }
            if (!cut.equals(asked)) {
                asked = cut;
                octets = 0;
            }
            int before = (int) Math.min(size, Math.max(0, cut.octets() - octets));
            octets += size;
            return octets < cut.octets() ? size : before;
        }

        boolean isReached() {
            return asked != null && octets >= asked.octets();
        }
    }

    CutHandler(BrokerFaults faults) {
        this.faults = faults;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (cut || !(message instanceof ByteBuf octets)) {
            passOrDrop(ctx, message);
            return;
        }
        int before = received.before(faults.cutReceiving(), octets.readableBytes());
        if (!received.isReached()) {
            ctx.fireChannelRead(message);
            return;
        }
        ctx.fireChannelRead(octets.readRetainedSlice(before));
        octets.release();
        cut = true;
        ctx.close();
    }

    private void passOrDrop(ChannelHandlerContext ctx, Object message) {
        if (cut) {
            ReferenceCountUtil.release(message);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (cut) {
            ReferenceCountUtil.release(message);
            promise.setSuccess(); // As a network does that loses it.
            return;
        }
        if (!(message instanceof ByteBuf octets)) {
            ctx.write(message, promise);
            return;
        }
        int before = sent.before(faults.cutSending(), octets.readableBytes());
        if (!sent.isReached()) {
            ctx.write(message, promise);
            return;
        }
        cut = true;
        var written = ctx.writeAndFlush(octets.readRetainedSlice(before));
        octets.release();
        promise.setSuccess();
        written.addListener(ChannelFutureListener.CLOSE);
    }
}
