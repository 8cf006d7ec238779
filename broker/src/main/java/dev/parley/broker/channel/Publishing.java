package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method.BasicPublish;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageQueue;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Publishing on a channel: routing, returns, confirms. Used on the connection's event loop. */
public final class Publishing {
    public static final String REPLY_TO = "amq.rabbitmq.reply-to";

    private final ChannelSession channel;
    private final Connection connection;
    private boolean confirming;
    private volatile boolean stalled; // Set by any thread.
    private long nextTag = 1;
    /** The tags from here up to {@link #nextTag} are taken but not yet confirmed: one acknowledgement can stand for many. */
    private long unconfirmed = 1;

    public Publishing(ChannelSession channel) {
        this.channel = channel;
        this.connection = channel.connection();
    }

    public boolean confirming() {
        return confirming;
    }

    public void confirm() {
        confirming = true;
    }

    /** From now on what is published is lost. */
    public void stall() {
        stalled = true;
    }

    /** What can be said of a message before it is routed: it is refused, or it is this one. */
    public Message check(BasicPublish publish, Message message) {
        if (publish.immediate()) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "immediate=true");
        }
        connection.access().writeExchange(publish.exchange());
        Exchange exchange = connection.virtualHost().exchange(publish.exchange());
        if (exchange.settings().internal()) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED,
                    "cannot publish to internal " + connection.virtualHost().describeExchange(exchange.name()));
        }
        String claimed = message.header().userId();
        String user = connection.access().userName();
        if (claimed != null && !claimed.equals(user)) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "user_id property set to '" + claimed + "' but authenticated user was '" + user + "'");
        }
        if (REPLY_TO.equals(message.header().replyTo())) {
            String address = channel.replyAddress();
            if (address == null) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "fast reply consumer does not exist");
            }
            return message.derive(
                    message.exchange(), message.routingKey(), message.header().withReplyTo(address));
        }
        return message;
    }

    public void publish(Message message, boolean mandatory) {
        connection.broker().published.increment();
        if (stalled) {
            return;
        }
        boolean routed;
        boolean accepted = true;
        ChannelSession replyConsumer = replyConsumer(message);
        if (replyConsumer != null) {
            routed = true;
            message.retain(connection.broker().memory());
            replyConsumer.connection().outbox().add(new Outbox.DirectReply(replyConsumer, message));
        } else {
            Exchange exchange = connection.virtualHost().exchange(message.exchange());
            Collection<MessageQueue> queues = connection.virtualHost().route(exchange, message);
            routed = !queues.isEmpty();
            for (MessageQueue queue : queues) {
                accepted &= queue.offer(message);
                if (queue.watermark().exceeded()) {
                    connection.blockOn(queue.watermark());
                }
            }
        }
        if (!routed && mandatory) {
            giveBack(message);
        }
        if (connection.broker().memory().exceeded()) {
            connection.blockOn(connection.broker().memory());
        }
        if (confirming) {
            if (!accepted) {
                flushConfirms();
                MethodWriter.basicNack(connection.output().frame(), channel.number(), nextTag);
                unconfirmed = nextTag + 1;
            }
            nextTag++;
            connection.confirmLater(channel);
        }
    }

    private @Nullable ChannelSession replyConsumer(Message message) {
        return message.exchange().isEmpty() && message.routingKey().startsWith(REPLY_TO + ".")
                ? connection.virtualHost().replyConsumers().get(message.routingKey())
                : null;
    }

    private void giveBack(Message message) {
        connection.broker().returned.increment();
        MethodWriter.basicReturn(
                connection.output().frame(),
                channel.number(),
                ReplyCode.NO_ROUTE,
                "NO_ROUTE",
                message.exchange(),
                message.routingKey());
        connection.output().content(channel.number(), message.header(), message.body());
    }

    /** Confirms what was taken since the last time. */
    public void flushConfirms() {
        if (unconfirmed < nextTag && confirming) {
            connection.broker().confirmed.add(nextTag - unconfirmed);
            boolean several = nextTag - unconfirmed > 1;
            MethodWriter.basicAck(connection.output().frame(), channel.number(), nextTag - 1, several);
            unconfirmed = nextTag;
        }
    }
}
