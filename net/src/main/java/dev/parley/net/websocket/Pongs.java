package dev.parley.net.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * Answers pings. A ping that cannot be answered because the peer does not read waits; only the last one needs an answer.
 * Confined to the event loop.
 */
final class Pongs {
    private final Channel channel;
    private @Nullable ByteBuf unanswered;

    Pongs(Channel channel) {
        this.channel = channel;
    }

    /** Answers a ping with this payload, which it releases. */
    void answer(ByteBuf payload) {
        if (channel.isWritable()) {
            channel.writeAndFlush(new PongWebSocketFrame(payload));
        } else {
            forget();
            unanswered = payload;
        }
    }

    void writabilityChanged() {
        ByteBuf due = unanswered;
        if (due != null && channel.isWritable()) {
            unanswered = null;
            answer(due);
        }
    }

    void forget() {
        if (unanswered != null) {
            unanswered.release();
            unanswered = null;
        }
    }
}
