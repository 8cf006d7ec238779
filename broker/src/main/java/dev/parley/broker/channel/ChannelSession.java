package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.*;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.channel.Deliveries.Outcome;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageCounters;
import dev.parley.broker.queue.MessageEvent;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import dev.parley.broker.queue.Return;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A channel of a connection: handles its methods and writes its deliveries. Used on the connection's event loop, except
 * for {@link #stall()} and {@link #number()}, which any thread may call.
 */
public final class ChannelSession {
    private final int number;
    private final ChannelHost host;
    private final ContentAssembler content;
    private final DirectReplies replies;
    private final Publishing publishing;
    private final Deliveries deliveries = new Deliveries();
    private final Credit credit = new Credit();
    private final Subscriptions subscriptions;
    private final LateDeliveries lateDeliveries;
    private final TopologyCommands topology;
    private @Nullable Transaction transaction;
    private final MessageCounters counts = new MessageCounters();
    private long activeAt = System.currentTimeMillis();
    private boolean open;
    private boolean closing;

    /** Creates a channel that expects channel.open. */
    public ChannelSession(int number, ChannelHost host) {
        this.number = number;
        this.host = host;
        this.content = new ContentAssembler(host.debt(), host.limits().maxMessageSize());
        this.replies = new DirectReplies(this);
        this.publishing = new Publishing(this, replies);
        this.topology = new TopologyCommands(this);
        this.subscriptions = new Subscriptions(this, topology, replies);
        this.lateDeliveries = new LateDeliveries(number, host, deliveries);
    }

    /** The number of the channel, unique in its connection. */
    public int number() {
        return number;
    }

    ChannelHost host() {
        return host;
    }

    /** Counts what happened to messages. */
    void count(MessageEvent event, long number) {
        counts.count(event, number);
        host.counters().count(event, number);
    }

    private void countDelivery(boolean redelivered, MessageEvent event) {
        count(event, 1);
        if (redelivered) {
            count(MessageEvent.REDELIVER, 1);
        }
    }

    /** A snapshot of its state. */
    public ChannelState state() {
        return new ChannelState(
                number,
                subscriptions.size(),
                subscriptions.prefetch(),
                credit.limit(),
                deliveries.all().size(),
                publishing.unconfirmed(),
                transaction == null ? 0 : transaction.uncommittedMessages(),
                transaction == null ? 0 : transaction.uncommittedAcks(),
                publishing.confirming(),
                transaction != null,
                activeAt,
                counts.all());
    }

    /** What all consumers of the channel share. Thread-safe. */
    Credit credit() {
        return credit;
    }

    /**
     * Whether a message is not complete for too long.
     *
     * @param reads whether the client can send; otherwise its time begins again
     */
    public boolean isOverdue(long now, long timeoutNanos, boolean reads) {
        return content.isOverdue(now, timeoutNanos, reads);
    }

    /** From now on what is published is lost. Thread-safe. */
    public void stall() {
        publishing.stall();
    }

    /** The buffer for the next frame. */
    ByteBuf frame() {
        return host.output().frame();
    }

    /** Responds with a method that has no arguments. */
    void ok(AmqpMethod method) {
        MethodWriter.plain(frame(), number, method);
    }

    /**
     * Handles a method of the client.
     *
     * @param name the name of the method
     * @throws AmqpException if it fails; the caller closes the channel or the connection
     */
    public void handle(Method method, AmqpMethod name) {
        if (closing) {
            handleWhileClosing(method);
            return;
        }
        if (content.expected()) {
            throw AmqpException.hard(
                    ReplyCode.UNEXPECTED_FRAME,
                    "expected content header for class 60, got non content header frame instead");
        }
        host.outbox().drain();
        activeAt = System.currentTimeMillis();
        switch (method) {
            case ChannelOpen o -> open();
            case ChannelClose c -> {
                end();
                host.forget(this);
                ok(AmqpMethod.CHANNEL_CLOSE_OK);
            }
            case ChannelCloseOk c -> {}
            case ChannelFlow f when f.active() -> MethodWriter.channelFlowOk(frame(), number, true);
            case ChannelFlow f -> throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "active=false");
            case ExchangeDeclare d -> topology.declare(d);
            case ExchangeDelete d -> topology.delete(d);
            case ExchangeBind b -> topology.bind(b);
            case ExchangeUnbind u -> topology.unbind(u);
            case QueueDeclare d -> topology.declare(d);
            case QueueBind b -> topology.bind(b);
            case QueueUnbind u -> topology.unbind(u);
            case QueuePurge p -> topology.purge(p);
            case QueueDelete d -> topology.delete(d);
            case BasicQos q -> subscriptions.qos(q);
            case BasicConsume c -> subscriptions.consume(c);
            case BasicCancel c -> subscriptions.cancel(c);
            case BasicCancelOk c -> {}
            case BasicPublish p -> content.begin(p);
            case BasicGet g -> get(g);
            case BasicAck a -> settle(a.deliveryTag(), a.multiple(), Outcome.ACKNOWLEDGED);
            case BasicReject r -> settle(r.deliveryTag(), false, r.requeue() ? Outcome.RETURNED : Outcome.REJECTED);
            case BasicNack n -> settle(n.deliveryTag(), n.multiple(), n.requeue() ? Outcome.NACKED : Outcome.REJECTED);
            case BasicRecover r -> recover(r);
            case ConfirmSelect c -> confirmSelect(c);
            case TxSelect t -> txSelect();
            case TxCommit t -> {
                transaction().commit(publishing);
                ok(AmqpMethod.TX_COMMIT_OK);
            }
            case TxRollback t -> {
                deliveries.restore(transaction().rollback());
                ok(AmqpMethod.TX_ROLLBACK_OK);
            }
            default -> throw AmqpException.hard(ReplyCode.COMMAND_INVALID, name + " is not a method of a channel");
        }
    }

    private void handleWhileClosing(Method method) {
        if (method instanceof ChannelCloseOk) {
            host.forget(this);
        } else if (method instanceof ChannelClose) {
            ok(AmqpMethod.CHANNEL_CLOSE_OK);
        }
    }

    private void open() {
        if (open) {
            throw AmqpException.hard(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
        }
        open = true;
        MethodWriter.channelOpenOk(frame(), number);
    }

    /** The error for a content header or body that no method precedes. */
    public static AmqpException contentWithoutMethod() {
        return AmqpException.hard(ReplyCode.UNEXPECTED_FRAME, "expected method frame, got non method frame instead");
    }

    /** Whether the frames of a published message are incomplete. */
    public boolean expectsContent() {
        return content.expected();
    }

    /**
     * Handles a content header or body frame.
     *
     * @throws AmqpException if it fails; the caller closes the channel or the connection
     */
    public void content(int type, ByteBuf payload) {
        if (closing) {
            return;
        }
        if (!content.frame(type, payload)) {
            if (host.memory().exceeded()) {
                host.blockOn(host.memory());
            }
            return;
        }
        try {
            BasicPublish method = content.method();
            Message message = publishing.check(method, content.message());
            if (transaction == null) {
                publishing.publish(message, method.mandatory());
            } else {
                transaction.publish(message, method.mandatory());
            }
        } finally {
            content.reset();
        }
    }

    private void get(BasicGet get) {
        MessageQueue queue = topology.readable(get.queue());
        QueuedMessage message = queue.take(get.noAck());
        if (message == null) {
            count(MessageEvent.GET_EMPTY, 1);
            MethodWriter.basicGetEmpty(frame(), number);
            return;
        }
        long tag = deliveries.nextTag();
        Message content = message.message();
        MethodWriter.basicGetOk(
                frame(),
                number,
                tag,
                message.redelivered(),
                content.exchange(),
                content.routingKey(),
                queue.readyCount());
        host.output().content(number, DeliveredHeader.of(queue, message, true), content.body());
        countDelivery(message.redelivered(), get.noAck() ? MessageEvent.GET_NO_ACK : MessageEvent.GET);
        if (get.noAck()) {
            queue.fetched(message);
        } else {
            deliveries.add(Unacked.now(tag, queue, message, null));
        }
    }

    private void settle(long tag, boolean multiple, Outcome outcome) {
        List<Unacked> taken = deliveries.take(tag, multiple);
        if (transaction != null) {
            transaction.settle(taken, outcome);
            return;
        }
        finish(taken, outcome);
    }

    private void finish(List<Unacked> taken, Outcome outcome) {
        if (outcome == Outcome.ACKNOWLEDGED) {
            count(MessageEvent.ACK, taken.size());
        }
        boolean shared = credit.limit() > 0;
        Deliveries.settle(taken, outcome, !shared);
        if (shared) {
            resumeDeliveries();
        }
    }

    private void recover(BasicRecover recover) {
        if (!recover.requeue()) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "requeue=false");
        }
        finish(deliveries.takeAll(), Outcome.NACKED);
        if (recover.hasResponse()) {
            ok(AmqpMethod.BASIC_RECOVER_OK);
        }
    }

    private void confirmSelect(ConfirmSelect select) {
        if (transaction != null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
        }
        publishing.confirm();
        if (!select.noWait()) {
            ok(AmqpMethod.CONFIRM_SELECT_OK);
        }
    }

    private void txSelect() {
        if (publishing.confirming()) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
        }
        if (transaction == null) {
            transaction = new Transaction(host.debt());
        }
        ok(AmqpMethod.TX_SELECT_OK);
    }

    private Transaction transaction() {
        if (transaction == null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "channel is not transactional");
        }
        return transaction;
    }

    void deliver(ChannelConsumer consumer, QueuedMessage message) {
        if (closing) {
            if (consumer.noAck()) {
                consumer.queue().written(message);
            } else {
                consumer.settled();
                consumer.queue().requeue(List.of(message), Return.CHANNEL_ENDED);
            }
            return;
        }
        long tag = deliveries.nextTag();
        countDelivery(message.redelivered(), consumer.noAck() ? MessageEvent.DELIVER_NO_ACK : MessageEvent.DELIVER);
        send(
                consumer.tag(),
                tag,
                message.redelivered(),
                message.message(),
                DeliveredHeader.of(consumer.queue(), message, false));
        if (consumer.noAck()) {
            consumer.queue().written(message);
        } else {
            deliveries.add(Unacked.now(tag, consumer.queue(), message, consumer));
        }
    }

    void deliverReply(String consumerTag, Message message) {
        if (!closing) {
            count(MessageEvent.DELIVER_NO_ACK, 1);
            send(consumerTag, deliveries.nextTag(), false, message, message.header());
        }
    }

    private void send(String consumerTag, long tag, boolean redelivered, Message message, ContentHeader header) {
        MethodWriter.basicDeliver(
                frame(), number, consumerTag, tag, redelivered, message.exchange(), message.routingKey());
        host.output().content(number, header, message.body());
    }

    /** The queue of a consumer was deleted. */
    void queueDeleted(ChannelConsumer consumer) {
        if (!closing && subscriptions.remove(consumer)) {
            cancelled(consumer);
        }
    }

    private void cancelled(ChannelConsumer consumer) {
        if (host.clientCan("consumer_cancel_notify")) {
            MethodWriter.basicCancel(frame(), number, consumer.tag());
        }
    }

    /** Lets the queues of its consumers deliver, because there is room again. */
    public void resumeDeliveries() {
        subscriptions.inTurn().forEach(consumer -> consumer.queue().deliver());
    }

    /**
     * Cancels consumers that have not acknowledged in time.
     *
     * @throws AmqpException if that closes the channel instead
     */
    public void checkAcknowledgements(long now) {
        if (closing) {
            return;
        }
        host.outbox().drain();
        List<Unacked> late = lateDeliveries.takeBack(now);
        late.stream().map(Unacked::consumer).distinct().forEach(consumer -> {
            // What it gets nevertheless, because it was on its way, is taken back the next time.
            if (subscriptions.remove(Objects.requireNonNull(consumer))) {
                consumer.queue().unsubscribe(consumer);
                cancelled(consumer);
            }
        });
        finish(late, Outcome.NACKED);
    }

    /** Confirms what was published since the last time. */
    public void flushConfirms() {
        publishing.flushConfirms();
    }

    /**
     * Closes the channel because of an error. Unacknowledged messages return to their queues; what the client sends
     * before it has closed the channel, too, is ignored.
     *
     * @param classId class id of the method that failed as the client sent it
     * @param methodId its method id
     */
    public void fail(AmqpException error, int classId, int methodId) {
        end();
        MethodWriter.close(frame(), number, error.code().code(), error.replyText(), classId, methodId);
    }

    /** Ends consumers and returns unacknowledged messages to their queues. May be called more than once. */
    public void end() {
        if (closing) {
            return;
        }
        host.outbox().drain();
        publishing.flushConfirms();
        closing = true;
        content.reset();
        subscriptions.end();
        host.outbox().drain();
        if (transaction != null) {
            deliveries.restore(transaction.rollback());
        }
        Deliveries.settle(deliveries.takeAll(), Outcome.ABANDONED);
    }
}
