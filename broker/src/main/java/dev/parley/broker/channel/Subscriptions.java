package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.Method.BasicCancel;
import dev.parley.broker.amqp.Method.BasicConsume;
import dev.parley.broker.amqp.Method.BasicQos;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.profile.DeprecatedFeature;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueArguments;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The consumers of a channel. Used on the connection's event loop. */
final class Subscriptions {
    private final ChannelSession channel;
    private final TopologyCommands topology;
    private final DirectReplies replies;
    private final Map<String, ChannelConsumer> consumers = new LinkedHashMap<>();
    private int prefetch;
    private int turn;

    Subscriptions(ChannelSession channel, TopologyCommands topology, DirectReplies replies) {
        this.channel = channel;
        this.topology = topology;
        this.replies = replies;
    }

    int size() {
        return consumers.size();
    }

    /** The prefetch count of consumers to come. */
    int prefetch() {
        return prefetch;
    }

    /** All consumers, starting with another one each time, so that none gets all the room there is. */
    List<ChannelConsumer> inTurn() {
        List<ChannelConsumer> all = new ArrayList<>(consumers.values());
        if (all.size() > 1) {
            turn = (turn + 1) % all.size();
            Collections.rotate(all, turn);
        }
        return all;
    }

    private RabbitMqProfile profile() {
        return channel.host().profile();
    }

    void qos(BasicQos qos) {
        if (qos.prefetchSize() != 0) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "prefetch_size!=0 (" + qos.prefetchSize() + ")");
        }
        if (qos.global() && profile().permits(DeprecatedFeature.GLOBAL_QOS)) {
            channel.credit().limit(qos.prefetchCount());
            channel.resumeDeliveries();
        } else {
            prefetch = qos.prefetchCount();
        }
        channel.ok(AmqpMethod.BASIC_QOS_OK);
    }

    void consume(BasicConsume consume) {
        String tag = consume.consumerTag().isEmpty() ? "amq.ctag-" + VirtualHost.randomName() : consume.consumerTag();
        if (consumers.containsKey(tag) || replies.isConsumer(tag)) {
            throw AmqpException.hard(ReplyCode.NOT_ALLOWED, "attempt to reuse consumer tag '" + tag + "'");
        }
        if (consume.queue().equals(DirectReplies.QUEUE)) {
            replies.consume(tag, consume);
            respond(consume, tag);
            return;
        }
        MessageQueue queue = topology.readable(consume.queue());
        String kind = queue.settings().kind();
        if (kind.equals("quorum") && channel.credit().limit() > 0) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, queue.describe() + " does not support global qos");
        }
        QueueArguments.checkConsumer(queue.describe(), kind, consume.arguments(), profile());
        ChannelConsumer consumer = new ChannelConsumer(tag, channel, queue, consume, prefetch);
        // The response precedes the deliveries, but there is none if the queue refuses the consumer.
        queue.subscribe(consumer, () -> {
            consumers.put(tag, consumer);
            respond(consume, tag);
        });
    }

    private void respond(BasicConsume consume, String tag) {
        if (!consume.noWait()) {
            MethodWriter.consumerOk(channel.frame(), channel.number(), AmqpMethod.BASIC_CONSUME_OK, tag);
        }
    }

    void cancel(BasicCancel cancel) {
        ChannelConsumer consumer = consumers.remove(cancel.consumerTag());
        if (consumer != null) {
            consumer.queue().unsubscribe(consumer);
            channel.host().outbox().drain();
        } else if (replies.isConsumer(cancel.consumerTag())) {
            replies.end();
        }
        if (!cancel.noWait()) {
            MethodWriter.consumerOk(
                    channel.frame(), channel.number(), AmqpMethod.BASIC_CANCEL_OK, cancel.consumerTag());
        }
    }

    /** Removes a consumer whose queue was deleted; false if it was removed before. */
    boolean remove(ChannelConsumer consumer) {
        return consumers.remove(consumer.tag(), consumer);
    }

    /** Ends all consumers. */
    void end() {
        for (ChannelConsumer consumer : List.copyOf(consumers.values())) {
            consumer.queue().unsubscribe(consumer);
        }
        consumers.clear();
        replies.end();
    }
}
