package dev.parley.broker.channel;

import dev.parley.broker.queue.MessageQueue;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A subscription of a channel to a queue, with what it may still be sent. Thread-safe. */
public final class ChannelConsumer {
    private final String tag;
    private final ChannelSession channel;
    private final MessageQueue queue;
    private final boolean noAck;
    private final boolean exclusive;
    private final int prefetch;
    private final Map<String, @Nullable Object> arguments;
    private final AtomicInteger unacked = new AtomicInteger();

    public ChannelConsumer(
            String tag,
            ChannelSession channel,
            MessageQueue queue,
            boolean noAck,
            boolean exclusive,
            int prefetch,
            Map<String, @Nullable Object> arguments) {
        this.tag = tag;
        this.channel = channel;
        this.queue = queue;
        this.noAck = noAck;
        this.exclusive = exclusive;
        this.prefetch = prefetch;
        this.arguments = arguments;
    }

    public String tag() {
        return tag;
    }

    public ChannelSession channel() {
        return channel;
    }

    public MessageQueue queue() {
        return queue;
    }

    public boolean noAck() {
        return noAck;
    }

    public boolean exclusive() {
        return exclusive;
    }

    public int prefetch() {
        return prefetch;
    }

    public Map<String, @Nullable Object> arguments() {
        return arguments;
    }

    public int priority() {
        return arguments.get("x-priority") instanceof Number number ? number.intValue() : 0;
    }

    public int unacked() {
        return unacked.get();
    }

    /** Claims the right to be sent one more message. */
    public boolean reserve() {
        if (!channel.connection().outbox().ready()) {
            return false;
        }
        if (noAck) {
            return !channel.credit().exhausted();
        }
        if (!take(unacked, prefetch)) {
            return false;
        }
        if (!channel.credit().take()) {
            unacked.decrementAndGet();
            return false;
        }
        return true;
    }

    /** Gives a right back: the message was settled. */
    public void settled() {
        unacked.decrementAndGet();
        channel.credit().giveBack();
    }

    public static boolean take(AtomicInteger used, int limit) {
        // Never above the limit, not even for a moment: another queue would be turned away and not asked again.
        while (true) {
            int now = used.get();
            if (limit > 0 && now >= limit) {
                return false;
            }
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }
}
