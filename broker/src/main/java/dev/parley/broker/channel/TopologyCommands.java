package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.Method.*;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.Exchange.ExchangeSettings;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exchange and queue methods of a channel: permissions, names, answers. Used on the connection's event loop. */
public final class TopologyCommands {
    private final ChannelSession channel;
    private final Connection connection;
    private String lastQueue = "";

    public TopologyCommands(ChannelSession channel) {
        this.channel = channel;
        this.connection = channel.connection();
    }

    private VirtualHost virtualHost() {
        return connection.virtualHost();
    }

    private void answer(boolean noWait, int classId, int methodId) {
        if (!noWait) {
            MethodWriter.plain(channel.frame(), channel.number(), classId, methodId);
        }
    }

    private String queueName(String name) {
        if (!name.isEmpty()) {
            return name;
        }
        if (lastQueue.isEmpty()) {
            throw new AmqpException(ReplyCode.NOT_FOUND, "no previously declared queue");
        }
        return lastQueue;
    }

    /** The queue of that name, or the last declared one for no name; refused if it is exclusive to another connection. */
    public MessageQueue queue(String name) {
        MessageQueue queue = virtualHost().queue(queueName(name));
        checkOwner(queue);
        return queue;
    }

    /** As {@link #queue}, for reading. Who may not is not told whether there is such a queue. */
    public MessageQueue readable(String name) {
        connection.access().readQueue(queueName(name));
        return queue(name);
    }

    private void checkOwner(MessageQueue queue) {
        if (queue.owner() != null && queue.owner() != connection) {
            throw locked(queue);
        }
    }

    private static AmqpException locked(MessageQueue queue) {
        return new AmqpException(
                ReplyCode.RESOURCE_LOCKED,
                "cannot obtain exclusive access to locked " + queue.describe()
                        + ". It could be originally declared on another connection or the exclusive property value does not"
                        + " match that of the original declaration.");
    }

    /** A name to declare, bind or delete: RabbitMQ leaves out its line ends. */
    private static String clean(String name) {
        return name.replace("\r", "").replace("\n", "");
    }

    public void declare(ExchangeDeclare declare) {
        String name = clean(declare.exchange());
        checkNotDefault(name);
        if (declare.passive()) {
            virtualHost().exchange(name);
        } else {
            connection.access().configureExchange(name);
            checkAlternate(name, declare.arguments());
            virtualHost()
                    .declareExchange(
                            name,
                            declare.type(),
                            new ExchangeSettings(
                                    declare.durable(), declare.autoDelete(), declare.internal(), declare.arguments()));
        }
        answer(declare.noWait(), 40, 11);
    }

    private void checkAlternate(String name, Map<String, @Nullable Object> arguments) {
        if (!arguments.containsKey("alternate-exchange")) {
            return;
        }
        if (!(arguments.get("alternate-exchange") instanceof String alternate)) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED,
                    "invalid type '" + FieldTypes.name(arguments.get("alternate-exchange"))
                            + "' for arg 'alternate-exchange' in "
                            + virtualHost().describeExchange(name));
        }
        connection.access().readExchange(name);
        connection.access().writeExchange(alternate);
    }

    private static void checkNotDefault(String exchange) {
        if (exchange.isEmpty()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }

    public void delete(ExchangeDelete delete) {
        String name = clean(delete.exchange());
        checkNotDefault(name);
        connection.access().configureExchange(name);
        virtualHost().deleteExchange(name, delete.ifUnused());
        answer(delete.noWait(), 40, 21);
    }

    public void bind(ExchangeBind bind) {
        Exchange destination = virtualHost().exchange(exchangeEnd(bind.destination(), true));
        Exchange source = virtualHost().exchange(exchangeEnd(bind.source(), false));
        virtualHost().bind(new Binding(source, destination, bind.routingKey(), bind.arguments()));
        answer(bind.noWait(), 40, 31);
    }

    public void unbind(ExchangeUnbind unbind) {
        Exchange destination = virtualHost().findExchange(exchangeEnd(unbind.destination(), true));
        unbind(exchangeEnd(unbind.source(), false), destination, unbind.routingKey(), unbind.arguments());
        answer(unbind.noWait(), 40, 51);
    }

    /** The name of an exchange to bind or unbind: one that gets messages is written to, one that gives them read. */
    private String exchangeEnd(String given, boolean destination) {
        String name = clean(given);
        checkNotDefault(name);
        if (destination) {
            connection.access().writeExchange(name);
        } else {
            connection.access().readExchange(name);
        }
        return name;
    }

    /** What is not there is not bound either. */
    private void unbind(
            String sourceName, @Nullable Destination destination, String key, Map<String, @Nullable Object> arguments) {
        Exchange source = virtualHost().findExchange(sourceName);
        if (source != null && destination != null) {
            virtualHost().unbind(new Binding(source, destination, key, arguments));
        }
    }

    public void declare(QueueDeclare declare) {
        boolean named = !clean(declare.queue()).isEmpty();
        String name = named || declare.passive() ? clean(declare.queue()) : VirtualHost.newQueueName();
        if (name.equals(Publishing.REPLY_TO) || name.startsWith(Publishing.REPLY_TO + ".")) {
            declareReplies(name, declare.noWait());
            return;
        }
        if (declare.passive()) {
            answer(declare, queue(name));
            return;
        }
        connection.access().configureQueue(name);
        QueueSettings settings =
                new QueueSettings(declare.durable(), declare.exclusive(), declare.autoDelete(), declare.arguments());
        String deadLetterExchange = settings.text("x-dead-letter-exchange");
        if (deadLetterExchange != null) {
            connection.access().readQueue(name);
            connection.access().writeExchange(deadLetterExchange);
        }
        MessageQueue found = virtualHost().findQueue(name);
        if (found != null) {
            checkOwner(found);
            if (found.settings().exclusive() != settings.exclusive()) {
                throw locked(found);
            }
        } else if (named && name.startsWith("amq.")) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
        }
        answer(declare, virtualHost().declareQueue(name, settings, settings.exclusive() ? connection : null));
    }

    /** The pseudo queue of direct replies, or a reply address: it is only ever asked for, and where it is it has one consumer. */
    private void declareReplies(String name, boolean noWait) {
        if (!name.equals(Publishing.REPLY_TO) && !virtualHost().replyConsumers().containsKey(name)) {
            throw VirtualHost.notFound(
                    "queue '" + name + "' in vhost '" + virtualHost().name() + "'");
        }
        if (!noWait) {
            MethodWriter.queueDeclareOk(channel.frame(), channel.number(), name, 0, 1);
        }
    }

    private void answer(QueueDeclare declare, MessageQueue queue) {
        lastQueue = queue.name();
        queue.used();
        if (!declare.noWait()) {
            MethodWriter.queueDeclareOk(
                    channel.frame(), channel.number(), queue.name(), queue.readyCount(), queue.consumerCount());
        }
    }

    public void bind(QueueBind bind) {
        String key = key(bind.queue(), bind.routingKey());
        String name = boundQueue(bind.queue());
        Exchange source = virtualHost().exchange(exchangeEnd(bind.exchange(), false));
        virtualHost().bind(new Binding(source, queue(name), key, bind.arguments()));
        answer(bind.noWait(), 50, 21);
    }

    public void unbind(QueueUnbind unbind) {
        String key = key(unbind.queue(), unbind.routingKey());
        MessageQueue queue = virtualHost().findQueue(boundQueue(unbind.queue()));
        if (queue != null) {
            checkOwner(queue);
        }
        unbind(exchangeEnd(unbind.exchange(), false), queue, key, unbind.arguments());
        answer(false, 50, 51);
    }

    /** Without a queue and a key the key is the name of the queue last declared. */
    private String key(String queueName, String routingKey) {
        return queueName.isEmpty() && routingKey.isEmpty() ? lastQueue : routingKey;
    }

    private String boundQueue(String given) {
        String name = queueName(clean(given));
        connection.access().writeQueue(name);
        return name;
    }

    public void purge(QueuePurge purge) {
        MessageQueue queue = readable(purge.queue());
        int count = queue.purge();
        if (!purge.noWait()) {
            MethodWriter.queueCountOk(channel.frame(), channel.number(), 31, count);
        }
    }

    public void delete(QueueDelete delete) {
        String name = queueName(clean(delete.queue()));
        connection.access().configureQueue(name);
        MessageQueue queue = virtualHost().findQueue(name);
        int messages = 0;
        if (queue != null) {
            checkOwner(queue);
            messages = virtualHost().delete(queue, delete.ifUnused(), delete.ifEmpty());
        }
        if (!delete.noWait()) {
            MethodWriter.queueCountOk(channel.frame(), channel.number(), 41, messages);
        }
    }
}
