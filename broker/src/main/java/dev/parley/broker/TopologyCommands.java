package dev.parley.broker;

import dev.parley.broker.Exchange.ExchangeSettings;
import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method.*;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exchange and queue methods of a channel: permissions, names, answers. Used on the connection's event loop. */
final class TopologyCommands {
    private final ChannelSession channel;
    private final Connection connection;
    private String lastQueue = "";

    TopologyCommands(ChannelSession channel) {
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
    MessageQueue queue(String name) {
        MessageQueue queue = virtualHost().queue(queueName(name));
        checkOwner(queue);
        return queue;
    }

    /** As {@link #queue}, for reading. Who may not is not told whether there is such a queue. */
    MessageQueue readable(String name) {
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

    void declare(ExchangeDeclare declare) {
        String name = declare.exchange();
        checkNotDefault(name);
        if (declare.passive()) {
            virtualHost().exchange(name);
        } else {
            connection.access().configureExchange(name);
            if (declare.arguments().get("alternate-exchange") instanceof String alternate) {
                connection.access().readExchange(name);
                connection.access().writeExchange(alternate);
            }
            virtualHost()
                    .declareExchange(
                            name,
                            declare.type(),
                            new ExchangeSettings(
                                    declare.durable(), declare.autoDelete(), declare.internal(), declare.arguments()));
        }
        answer(declare.noWait(), 40, 11);
    }

    private static void checkNotDefault(String exchange) {
        if (exchange.isEmpty()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }

    void delete(ExchangeDelete delete) {
        checkNotDefault(delete.exchange());
        connection.access().configureExchange(delete.exchange());
        virtualHost().deleteExchange(delete.exchange(), delete.ifUnused());
        answer(delete.noWait(), 40, 21);
    }

    void bind(ExchangeBind bind) {
        virtualHost().bind(exchangeBinding(bind.destination(), bind.source(), bind.routingKey(), bind.arguments()));
        answer(bind.noWait(), 40, 31);
    }

    void unbind(ExchangeUnbind unbind) {
        virtualHost()
                .unbind(exchangeBinding(
                        unbind.destination(), unbind.source(), unbind.routingKey(), unbind.arguments()));
        answer(unbind.noWait(), 40, 51);
    }

    private Binding exchangeBinding(
            String destination, String source, String key, Map<String, @Nullable Object> arguments) {
        checkNotDefault(destination);
        checkNotDefault(source);
        connection.access().writeExchange(destination);
        connection.access().readExchange(source);
        return new Binding(virtualHost().exchange(source), virtualHost().exchange(destination), key, arguments);
    }

    void declare(QueueDeclare declare) {
        String name = declare.queue();
        if (declare.passive()) {
            if (name.startsWith(Publishing.REPLY_TO)
                    && (name.equals(Publishing.REPLY_TO)
                            || virtualHost().replyConsumers().containsKey(name))) {
                MethodWriter.queueDeclareOk(channel.frame(), channel.number(), name, 0, 1);
                return;
            }
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
        } else if (name.startsWith("amq.")) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
        }
        answer(declare, virtualHost().declareQueue(name, settings, settings.exclusive() ? connection : null));
    }

    private void answer(QueueDeclare declare, MessageQueue queue) {
        lastQueue = queue.name();
        queue.used();
        if (!declare.noWait()) {
            MethodWriter.queueDeclareOk(
                    channel.frame(), channel.number(), queue.name(), queue.readyCount(), queue.consumerCount());
        }
    }

    void bind(QueueBind bind) {
        virtualHost().bind(queueBinding(bind.queue(), bind.exchange(), bind.routingKey(), bind.arguments()));
        answer(bind.noWait(), 50, 21);
    }

    void unbind(QueueUnbind unbind) {
        virtualHost().unbind(queueBinding(unbind.queue(), unbind.exchange(), unbind.routingKey(), unbind.arguments()));
        answer(false, 50, 51);
    }

    private Binding queueBinding(
            String queueName, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        checkNotDefault(exchange);
        // Without a queue and a key the key is the name of the queue last declared.
        String key = queueName.isEmpty() && routingKey.isEmpty() ? lastQueue : routingKey;
        String name = queueName(queueName);
        connection.access().writeQueue(name);
        connection.access().readExchange(exchange);
        return new Binding(virtualHost().exchange(exchange), queue(name), key, arguments);
    }

    void purge(QueuePurge purge) {
        MessageQueue queue = readable(purge.queue());
        int count = queue.purge();
        if (!purge.noWait()) {
            MethodWriter.queueCountOk(channel.frame(), channel.number(), 31, count);
        }
    }

    void delete(QueueDelete delete) {
        String name = queueName(delete.queue());
        connection.access().configureQueue(name);
        MessageQueue queue = virtualHost().findQueue(name);
        int messages = 0;
        if (queue != null) {
            checkOwner(queue);
            if (delete.ifUnused() && queue.consumerCount() > 0) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, queue.describe() + " in use");
            }
            messages = queue.readyCount();
            if (delete.ifEmpty() && messages > 0) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, queue.describe() + " not empty");
            }
            virtualHost().delete(queue);
        }
        if (!delete.noWait()) {
            MethodWriter.queueCountOk(channel.frame(), channel.number(), 41, messages);
        }
    }
}
