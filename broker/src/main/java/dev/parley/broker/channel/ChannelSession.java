package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ContentHeader;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.*;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.channel.Deliveries.Outcome;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel of a connection: takes its methods and sends its deliveries. Used on the connection's event loop, except for {@link #credit()} and
 * {@link #connection()}.
 */
public final class ChannelSession {
    private final int number;
    private final Connection connection;
    private final ContentAssembler content;
    private final Publishing publishing;
    private final Deliveries deliveries = new Deliveries();
    private final Credit credit = new Credit();
    private final Subscriptions subscriptions;
    private final TopologyCommands topology;
    private @Nullable Transaction transaction;
    private boolean open;
    private boolean closing;

    public ChannelSession(int number, Connection connection) {
        this.number = number;
        this.connection = connection;
        this.content = new ContentAssembler(
                connection.broker().memory(), connection.broker().limits().maxMessageSize());
        this.publishing = new Publishing(this);
        this.topology = new TopologyCommands(this);
        this.subscriptions = new Subscriptions(this, topology);
    }

    public int number() {
        return number;
    }

    public Connection connection() {
        return connection;
    }

    public Credit credit() {
        return credit;
    }

    public Subscriptions subscriptions() {
        return subscriptions;
    }

    public boolean confirming() {
        return publishing.confirming();
    }

    public void stall() {
        publishing.stall();
    }

    public boolean transactional() {
        return transaction != null;
    }

    public int unackedCount() {
        return deliveries.size();
    }

    @Nullable
    public String replyAddress() {
        return subscriptions.replyAddress();
    }

    public ByteBuf frame() {
        return connection.output().frame();
    }

    private void ok(int classId, int methodId) {
        MethodWriter.plain(frame(), number, classId, methodId);
    }

    public void handle(Method method, int classId, int methodId) {
        if (closing) {
            handleWhileClosing(method);
            return;
        }
        if (content.expected()) {
            throw AmqpException.hard(
                    ReplyCode.UNEXPECTED_FRAME,
                    "expected content header for class 60, got non content header frame instead");
        }
        connection.drain();
        switch (method) {
            case ChannelOpen o -> open();
            case ChannelClose c -> {
                end();
                connection.forget(this);
                ok(20, 41);
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
            case BasicReject r -> settle(r.deliveryTag(), false, r.requeue() ? Outcome.REQUEUED : Outcome.REJECTED);
            case BasicNack n ->
                settle(n.deliveryTag(), n.multiple(), n.requeue() ? Outcome.REQUEUED : Outcome.REJECTED);
            case BasicRecover r -> recover(r);
            case ConfirmSelect c -> confirmSelect(c);
            case TxSelect t -> txSelect();
            case TxCommit t -> {
                transaction().commit(publishing);
                ok(90, 21);
            }
            case TxRollback t -> {
                deliveries.restore(transaction().rollback());
                ok(90, 31);
            }
            default ->
                throw AmqpException.hard(
                        ReplyCode.COMMAND_INVALID, "method " + classId + "." + methodId + " is not for a channel");
        }
    }

    private void handleWhileClosing(Method method) {
        if (method instanceof ChannelCloseOk) {
            connection.forget(this);
        } else if (method instanceof ChannelClose) {
            ok(20, 41);
        }
    }

    private void open() {
        if (open) {
            throw AmqpException.hard(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
        }
        open = true;
        MethodWriter.channelOpenOk(frame(), number);
    }

    /** Whether a message is under way whose frames are not all there. */
    public boolean expectsContent() {
        return content.expected();
    }

    public void content(int type, ByteBuf payload) {
        if (closing || !content.frame(type, payload)) {
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
        QueuedMessage message = queue.take();
        if (message == null) {
            MethodWriter.basicGetEmpty(frame(), number);
            return;
        }
        long tag = deliveries.nextTag();
        Message content = message.message;
        MethodWriter.basicGetOk(
                frame(),
                number,
                tag,
                message.redelivered(),
                content.exchange(),
                content.routingKey(),
                queue.readyCount());
        connection.output().content(number, DeliveredHeader.of(queue, message), content.body());
        connection.broker().delivered.increment();
        if (get.noAck()) {
            queue.acknowledge(message);
        } else {
            deliveries.add(new Unacked(tag, queue, message, null));
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
            connection.broker().acknowledged.add(taken.size());
        }
        boolean shared = credit.limit() > 0;
        Deliveries.settle(taken, outcome, !shared);
        if (shared) {
            kickQueues();
        }
    }

    private void recover(BasicRecover recover) {
        if (!recover.requeue()) {
            throw AmqpException.hard(ReplyCode.NOT_IMPLEMENTED, "requeue=false");
        }
        finish(deliveries.takeAll(), Outcome.REQUEUED);
        if (recover.answered()) {
            ok(60, 111);
        }
    }

    private void confirmSelect(ConfirmSelect select) {
        if (transaction != null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
        }
        publishing.confirm();
        if (!select.noWait()) {
            ok(85, 11);
        }
    }

    private void txSelect() {
        if (publishing.confirming()) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
        }
        if (transaction == null) {
            transaction = new Transaction(connection.broker().memory());
        }
        ok(90, 11);
    }

    private Transaction transaction() {
        if (transaction == null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "channel is not transactional");
        }
        return transaction;
    }

    public void deliver(Outbox.Delivery delivery) {
        ChannelConsumer consumer = delivery.consumer();
        QueuedMessage message = delivery.message();
        if (closing) {
            if (!consumer.noAck()) {
                consumer.settled();
                consumer.queue().requeue(List.of(message));
            } else {
                consumer.queue().written(message);
            }
            return;
        }
        long tag = deliveries.nextTag();
        send(
                consumer.tag(),
                tag,
                message.redelivered(),
                message.message,
                DeliveredHeader.of(consumer.queue(), message));
        if (consumer.noAck()) {
            consumer.queue().written(message);
        } else {
            deliveries.add(new Unacked(tag, consumer.queue(), message, consumer));
        }
    }

    public void deliver(Outbox.DirectReply reply) {
        String tag = subscriptions.replyConsumerTag();
        if (tag != null && !closing) {
            send(
                    tag,
                    deliveries.nextTag(),
                    false,
                    reply.message(),
                    reply.message().header());
        }
        reply.message().release(connection.broker().memory());
    }

    private void send(String consumerTag, long tag, boolean redelivered, Message message, ContentHeader header) {
        connection.broker().delivered.increment();
        MethodWriter.basicDeliver(
                frame(), number, consumerTag, tag, redelivered, message.exchange(), message.routingKey());
        connection.output().content(number, header, message.body());
    }

    /** The queue of a consumer is gone. */
    public void cancelled(ChannelConsumer consumer) {
        if (!closing && subscriptions.remove(consumer)) {
            if (connection.handshake().clientCan("consumer_cancel_notify")) {
                MethodWriter.basicCancel(frame(), number, consumer.tag());
            }
        }
    }

    public void kickQueues() {
        subscriptions.inTurn().forEach(consumer -> consumer.queue().deliver());
    }

    public void flushConfirms() {
        publishing.flushConfirms();
    }

    /** Closes for an error: everything is given back now, and what the client still sends is ignored. */
    public void fail(AmqpException error, int classId, int methodId) {
        end();
        MethodWriter.close(frame(), number, error.code().code(), error.replyText(), classId, methodId);
    }

    /** Lets go of consumers and deliveries. */
    public void end() {
        if (closing) {
            return;
        }
        connection.drain();
        publishing.flushConfirms();
        closing = true;
        content.reset();
        subscriptions.end();
        connection.drain();
        if (transaction != null) {
            deliveries.restore(transaction.rollback());
        }
        Deliveries.settle(deliveries.takeAll(), Outcome.REQUEUED);
    }
}
