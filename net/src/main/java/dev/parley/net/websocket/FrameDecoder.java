package dev.parley.net.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.util.function.LongConsumer;

/** Netty's frame decoder, which also tells how much of an incomplete frame it holds. Confined to the event loop. */
final class FrameDecoder extends WebSocket13FrameDecoder {
    private final LongConsumer onHeld;
    private long held;

    /**
     * A decoder.
     *
     * @param onHeld is told the bytes of an incomplete frame that are held, while there are any
     */
    FrameDecoder(WebSocketDecoderConfig config, LongConsumer onHeld) {
        super(config);
        this.onHeld = onHeld;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        super.channelRead(ctx, message);
        ByteBuf rest = internalBuffer();
        long now = rest.isReadable() ? rest.capacity() : 0;
        if (now > 0 || held > 0) {
            held = now;
            onHeld.accept(now);
        }
    }
}
