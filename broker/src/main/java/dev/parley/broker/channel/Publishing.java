package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method.BasicPublish;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageEvent;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.virtualhost.ReplyConsumer;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Publishing on a channel: checks, routing, returns and confirms. Used on the connection's event loop; {@link #stall()}
 * by any thread.
 */
final class Publishing {
    private final ChannelSession channel;
    private final ChannelHost host;
    private final DirectReplies replies;
    private boolean confirming;
    private volatile boolean stalled;
    private long nextTag = 1;
    /** The first tag that is not confirmed: those from here to {@link #nextTag} are confirmed by one basic.ack. */
    private long unconfirmed = 1;
    /** A confirm was lost: from then on each is for one message, since one for several would make up for it. */
    private boolean oneByOne;

    Publishing(ChannelSession channel, DirectReplies replies) {
        this.channel = channel;
        this.host = channel.host();
        this.replies = replies;
    }

    /** How many messages are published and not confirmed, nor refused. */
    long unconfirmed() {
        return confirming ? nextTag - unconfirmed : 0;
    }

    boolean confirming() {
        return confirming;
    }

    void confirm() {
        confirming = true;
    }

    /** From now on what is published is lost, neither routed nor confirmed. */
    void stall() {
        stalled = true;
    }

    /**
     * Checks a message before it is routed; returns the message to publish.
     *
     * @throws AmqpException if it is refused
     */
    Message check(BasicPublish publish, Message message) {
        if (publish.immediate()) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "immediate=true");
        }
        host.access().writeExchange(publish.exchange());
        Exchange exchange = host.virtualHost().exchange(publish.exchange());
        if (exchange.settings().internal()) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED,
                    "cannot publish to internal " + host.virtualHost().describeExchange(exchange.name()));
        }
        String claimed = message.header().userId();
        String user = host.access().userName();
        if (claimed != null && !claimed.equals(user)) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "user_id property set to '" + claimed + "' but authenticated user was '" + user + "'");
        }
        if (DirectReplies.QUEUE.equals(message.header().replyTo())) {
            String address = replies.address();
            if (address == null) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "fast reply consumer does not exist");
            }
            return message.derive(
                    message.exchange(), message.routingKey(), message.header().withReplyTo(address));
        }
        return message;
    }

    void publish(Message message, boolean mandatory) {
        channel.count(MessageEvent.PUBLISH, 1);
        if (stalled) {
            return;
        }
        boolean routed;
        boolean accepted = true;
        ReplyConsumer replyConsumer = replyConsumer(message);
        if (replyConsumer != null) {
            routed = true;
            replyConsumer.reply(message);
        } else {
            Exchange exchange = host.virtualHost().exchange(message.exchange());
            Collection<MessageQueue> queues = host.virtualHost().route(exchange, message);
            routed = !queues.isEmpty();
            exchange.counted(queues.size());
            for (MessageQueue queue : queues) {
                accepted &= queue.offer(message);
                if (queue.watermark().exceeded()) {
                    host.blockOn(queue.watermark());
                }
            }
        }
        if (!routed) {
            if (mandatory) {
                returnToPublisher(message);
            } else {
                channel.count(MessageEvent.DROP_UNROUTABLE, 1);
            }
        }
        if (host.memory().exceeded()) {
            host.blockOn(host.memory());
        }
        if (confirming) {
            if (!accepted) {
                flushConfirms();
                MethodWriter.basicNack(host.output().frame(), channel.number(), nextTag);
                unconfirmed = nextTag + 1;
            }
            nextTag++;
            host.confirmLater(channel);
        }
    }

    private @Nullable ReplyConsumer replyConsumer(Message message) {
        return message.exchange().isEmpty() && DirectReplies.isAddress(message.routingKey())
                ? host.virtualHost().replyConsumers().get(message.routingKey())
                : null;
    }

    private void returnToPublisher(Message message) {
        channel.count(MessageEvent.RETURN_UNROUTABLE, 1);
        MethodWriter.basicReturn(
                host.output().frame(),
                channel.number(),
                ReplyCode.NO_ROUTE,
                "NO_ROUTE",
                message.exchange(),
                message.routingKey());
        host.output().content(channel.number(), message.header(), message.body());
    }

    /** Confirms what was accepted since the last time. */
    void flushConfirms() {
        if (unconfirmed < nextTag && confirming) {
            channel.count(MessageEvent.CONFIRM, nextTag - unconfirmed);
            if (oneByOne || !host.confirmFaults().isOff()) {
                confirmFaultily();
                return;
            }
            boolean several = nextTag - unconfirmed > 1;
            MethodWriter.basicAck(host.output().frame(), channel.number(), nextTag - 1, several);
            unconfirmed = nextTag;
        }
    }

    private void confirmFaultily() {
        for (; unconfirmed < nextTag; unconfirmed++) {
            int times = host.confirmFaults().times();
            oneByOne |= times == 0;
            for (int i = 0; i < times; i++) {
                MethodWriter.basicAck(host.output().frame(), channel.number(), unconfirmed, false);
            }
        }
    }
}
