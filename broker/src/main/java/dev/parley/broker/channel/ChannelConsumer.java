package dev.parley.broker.channel;

import dev.parley.broker.amqp.Method.BasicConsume;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueConsumer;
import dev.parley.broker.queue.QueuedMessage;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of a channel. Its queue reserves room for a message and hands the message over on any thread; the outbox
 * of the connection takes it to the event loop. Thread-safe.
 */
final class ChannelConsumer implements QueueConsumer {
    /** A message on its way to the event loop. */
    private record Delivery(ChannelConsumer consumer, QueuedMessage message) implements Outbox.Item {
        @Override
        public int size() {
            return message.message().footprint();
        }

        @Override
        public void write() {
            consumer.channel.deliver(consumer, message);
        }
    }

    /** The news that the queue was deleted. */
    private record Cancellation(ChannelConsumer consumer) implements Outbox.Item {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public void write() {
            consumer.channel.queueDeleted(consumer);
        }
    }

    private final String tag;
    private final ChannelSession channel;
    private final Outbox outbox;
    private final MessageQueue queue;
    private final boolean noAck;
    private final boolean exclusive;
    private final Map<String, @Nullable Object> arguments;
    private final Credit credit = new Credit();

    ChannelConsumer(String tag, ChannelSession channel, MessageQueue queue, BasicConsume consume, int prefetch) {
        this.tag = tag;
        this.channel = channel;
        this.outbox = channel.host().outbox();
        this.queue = queue;
        this.noAck = consume.noAck();
        this.exclusive = consume.exclusive();
        this.arguments = consume.arguments();
        this.credit.limit(prefetch);
    }

    MessageQueue queue() {
        return queue;
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long connectionId() {
        return channel.host().id();
    }

    @Override
    public int channelNumber() {
        return channel.number();
    }

    @Override
    public boolean noAck() {
        return noAck;
    }

    @Override
    public boolean exclusive() {
        return exclusive;
    }

    @Override
    public int prefetch() {
        return credit.limit();
    }

    @Override
    public int unacked() {
        return credit.used();
    }

    @Override
    public Map<String, @Nullable Object> arguments() {
        return arguments;
    }

    @Override
    public int priority() {
        return arguments.get("x-priority") instanceof Number number ? number.intValue() : 0;
    }

    @Override
    public boolean reserve() {
        if (!outbox.ready()) {
            return false;
        }
        if (noAck) {
            return !channel.credit().exhausted();
        }
        if (!credit.tryAcquire()) {
            return false;
        }
        if (!channel.credit().tryAcquire()) {
            credit.release();
            return false;
        }
        return true;
    }

    /** A message was settled: the room reserved for it is free. */
    void settled() {
        credit.release();
        channel.credit().release();
    }

    @Override
    public void deliver(QueuedMessage message) {
        outbox.add(new Delivery(this, message));
    }

    @Override
    public void queueDeleted() {
        outbox.add(new Cancellation(this));
    }
}
