package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method.BasicCancel;
import dev.parley.broker.amqp.Method.BasicConsume;
import dev.parley.broker.amqp.Method.BasicQos;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueArguments;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The consumers of a channel. Used on the connection's event loop; {@link #consumers()} may be read anywhere. */
public final class Subscriptions {
    private final ChannelSession channel;
    private final TopologyCommands topology;
    private final Map<String, ChannelConsumer> consumers = new ConcurrentHashMap<>();
    private int prefetch;
    private int turn;
    private @Nullable String replyConsumerTag;
    private @Nullable String replyAddress;

    public Subscriptions(ChannelSession channel, TopologyCommands topology) {
        this.channel = channel;
        this.topology = topology;
    }

    public Collection<ChannelConsumer> consumers() {
        return consumers.values();
    }

    /** All of them, each time beginning with another: none gets all there is to have. */
    public List<ChannelConsumer> inTurn() {
        List<ChannelConsumer> all = new ArrayList<>(consumers.values());
        if (all.size() > 1) {
            turn = (turn + 1) % all.size();
            Collections.rotate(all, turn);
        }
        return all;
    }

    @Nullable
    public String replyConsumerTag() {
        return replyConsumerTag;
    }

    @Nullable
    public String replyAddress() {
        return replyAddress;
    }

    public void qos(BasicQos qos) {
        if (qos.prefetchSize() != 0) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "prefetch_size!=0 (" + qos.prefetchSize() + ")");
        }
        if (qos.global()) {
            channel.credit().limit(qos.prefetchCount());
            channel.kickQueues();
        } else {
            prefetch = qos.prefetchCount();
        }
        MethodWriter.plain(channel.frame(), channel.number(), 60, 11);
    }

    public void consume(BasicConsume consume) {
        String tag = consume.consumerTag().isEmpty() ? "amq.ctag-" + VirtualHost.randomName() : consume.consumerTag();
        if (consumers.containsKey(tag) || tag.equals(replyConsumerTag)) {
            throw AmqpException.hard(ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + tag + "'");
        }
        if (consume.queue().equals(Publishing.REPLY_TO)) {
            consumeReplies(tag, consume);
            return;
        }
        MessageQueue queue = topology.readable(consume.queue());
        String kind = queue.settings().kind();
        if (!kind.equals("classic") && channel.credit().limit() > 0) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, queue.describe() + " does not support global qos");
        }
        QueueArguments.checkConsumer(queue.describe(), kind, consume.arguments());
        ChannelConsumer consumer = new ChannelConsumer(
                tag, channel, queue, consume.noAck(), consume.exclusive(), prefetch, consume.arguments());
        // First the answer, then deliveries; but no answer if the queue refuses.
        queue.subscribe(consumer, () -> {
            consumers.put(tag, consumer);
            answer(consume, tag);
        });
    }

    private void answer(BasicConsume consume, String tag) {
        if (!consume.noWait()) {
            MethodWriter.consumerOk(channel.frame(), channel.number(), 21, tag);
        }
    }

    private void consumeReplies(String tag, BasicConsume consume) {
        if (!consume.noAck()) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "reply consumer cannot acknowledge");
        }
        if (replyConsumerTag != null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "reply consumer already set");
        }
        replyConsumerTag = tag;
        replyAddress = Publishing.REPLY_TO + "." + VirtualHost.randomName() + "." + VirtualHost.randomName();
        channel.connection().virtualHost().replyConsumers().put(replyAddress, channel);
        answer(consume, tag);
    }

    public void cancel(BasicCancel cancel) {
        ChannelConsumer consumer = consumers.remove(cancel.consumerTag());
        if (consumer != null) {
            consumer.queue().unsubscribe(consumer);
            channel.connection().drain();
        } else if (cancel.consumerTag().equals(replyConsumerTag)) {
            endReplies();
        }
        if (!cancel.noWait()) {
            MethodWriter.consumerOk(channel.frame(), channel.number(), 31, cancel.consumerTag());
        }
    }

    private void endReplies() {
        if (replyAddress != null) {
            channel.connection().virtualHost().replyConsumers().remove(replyAddress);
            replyAddress = null;
            replyConsumerTag = null;
        }
    }

    /** Forgets a consumer whose queue is gone; false if there is none. */
    public boolean remove(ChannelConsumer consumer) {
        return consumers.remove(consumer.tag(), consumer);
    }

    public void end() {
        for (ChannelConsumer consumer : List.copyOf(consumers.values())) {
            consumer.queue().unsubscribe(consumer);
        }
        consumers.clear();
        endReplies();
    }
}
