package dev.parley.net.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/** Notices whether a peer reads what it is sent. Confined to the event loop of the channel. */
public final class OutputProgress {
    private final Channel channel;
    private long last;

    /** The output of a channel. */
    public OutputProgress(Channel channel) {
        this.channel = channel;
    }

    /** Whether nothing is to be written, or some of it has been written since the last time this was asked. */
    public boolean moved() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null || buffer.isEmpty()) {
            return true;
        }
        long now = 31L * System.identityHashCode(buffer.current()) + buffer.currentProgress();
        if (now == last) {
            return false;
        }
        last = now;
        return true;
    }
}
