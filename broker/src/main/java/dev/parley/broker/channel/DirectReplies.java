package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method.BasicConsume;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.queue.Message;
import dev.parley.broker.virtualhost.ReplyConsumer;
import dev.parley.broker.virtualhost.VirtualHost;
import org.jspecify.annotations.Nullable;

/**
 * RabbitMQ's direct reply-to: the consumer of a channel on the pseudo queue {@code amq.rabbitmq.reply-to}, to which
 * other channels publish by a secret address. Used on the connection's event loop; {@link #reply} by any thread.
 */
final class DirectReplies implements ReplyConsumer {
    static final String QUEUE = "amq.rabbitmq.reply-to";

    /** A reply on its way to the event loop. */
    private record Reply(DirectReplies replies, Message message) implements Outbox.Item {
        @Override
        public int size() {
            return message.footprint();
        }

        @Override
        public void write() {
            replies.write(message);
        }
    }

    private final ChannelSession channel;
    private final ChannelHost host;
    private @Nullable String consumerTag;
    private @Nullable String address;

    DirectReplies(ChannelSession channel) {
        this.channel = channel;
        this.host = channel.host();
    }

    /** Whether a queue of this name is the pseudo queue or the address of a consumer on it. */
    static boolean isQueue(String name) {
        return name.equals(QUEUE) || isAddress(name);
    }

    static boolean isAddress(String name) {
        return name.startsWith(QUEUE + ".");
    }

    /** The address that messages with this channel's reply-to get; {@code null} if it has no consumer. */
    @Nullable
    String address() {
        return address;
    }

    boolean isConsumer(String tag) {
        return tag.equals(consumerTag);
    }

    void consume(String tag, BasicConsume consume) {
        if (!consume.noAck()) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge");
        }
        if (consumerTag != null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "reply consumer already set");
        }
        consumerTag = tag;
        address = QUEUE + "." + VirtualHost.randomName() + "." + VirtualHost.randomName();
        host.virtualHost().replyConsumers().put(address, this);
    }

    void end() {
        if (address != null) {
            host.virtualHost().replyConsumers().remove(address);
            address = null;
            consumerTag = null;
        }
    }

    @Override
    public void reply(Message message) {
        message.retain(host.memory());
        host.outbox().add(new Reply(this, message));
    }

    private void write(Message message) {
        if (consumerTag != null) {
            channel.deliverReply(consumerTag, message);
        }
        message.release(host.memory());
    }
}
