package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.AmqpMethod;
import dev.parley.broker.amqp.FieldTypes;
import dev.parley.broker.amqp.Method.*;
import dev.parley.broker.amqp.MethodWriter;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueSettings;
import dev.parley.broker.virtualhost.VirtualHost;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exchange and queue methods of a channel: permissions, names, responses. Used on the connection's event loop. */
final class TopologyCommands {
    private final ChannelSession channel;
    private final ChannelHost host;
    private String lastQueue = "";

    TopologyCommands(ChannelSession channel) {
        this.channel = channel;
        this.host = channel.host();
    }

    private VirtualHost virtualHost() {
        return host.virtualHost();
    }

    private void respond(boolean noWait, AmqpMethod ok) {
        if (!noWait) {
            channel.ok(ok);
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

    /**
     * The queue of this name, or the one declared last if the name is empty.
     *
     * @throws AmqpException if there is none, or if it is exclusive to another connection
     */
    MessageQueue queue(String name) {
        MessageQueue queue = virtualHost().queue(queueName(name));
        queue.checkUser(host);
        return queue;
    }

    /** As {@link #queue}, to read from it. Without permission the error does not reveal whether the queue exists. */
    MessageQueue readable(String name) {
        host.access().readQueue(queueName(name));
        return queue(name);
    }

    /** A name to declare, bind or delete: RabbitMQ removes line breaks. */
    private static String clean(String name) {
        return name.replace("\r", "").replace("\n", "");
    }

    void declare(ExchangeDeclare declare) {
        String name = clean(declare.exchange());
        if (!declare.passive()) {
            ExchangeType.of(declare.type(), host.profile()); // RabbitMQ checks the type first.
        }
        checkNotDefault(name);
        if (declare.passive()) {
            virtualHost().exchange(name);
        } else {
            host.access().configureExchange(name);
            checkAlternate(name, declare.arguments());
            virtualHost()
                    .declareExchange(
                            name,
                            declare.type(),
                            new ExchangeSettings(
                                    declare.durable(), declare.autoDelete(), declare.internal(), declare.arguments()));
        }
        respond(declare.noWait(), AmqpMethod.EXCHANGE_DECLARE_OK);
    }

    private void checkAlternate(String name, Map<String, @Nullable Object> arguments) {
        if (!arguments.containsKey("alternate-exchange")) {
            return;
        }
        if (!(arguments.get("alternate-exchange") instanceof String alternate)) {
            throw invalidType(
                    "alternate-exchange",
                    arguments.get("alternate-exchange"),
                    virtualHost().describeExchange(name));
        }
        host.access().readExchange(name);
        host.access().writeExchange(alternate);
    }

    private static void checkNotDefault(String exchange) {
        if (exchange.isEmpty()) {
            throw new AmqpException(ReplyCode.ACCESS_REFUSED, "operation not permitted on the default exchange");
        }
    }

    void delete(ExchangeDelete delete) {
        String name = clean(delete.exchange());
        checkNotDefault(name);
        host.access().configureExchange(name);
        virtualHost().deleteExchange(name, delete.ifUnused());
        respond(delete.noWait(), AmqpMethod.EXCHANGE_DELETE_OK);
    }

    void bind(ExchangeBind bind) {
        Exchange destination = virtualHost().exchange(checkedExchange(bind.destination(), true));
        Exchange source = virtualHost().exchange(checkedExchange(bind.source(), false));
        virtualHost().bind(new Binding(source, destination, bind.routingKey(), bind.arguments()));
        respond(bind.noWait(), AmqpMethod.EXCHANGE_BIND_OK);
    }

    void unbind(ExchangeUnbind unbind) {
        Exchange destination = virtualHost().findExchange(checkedExchange(unbind.destination(), true));
        unbind(checkedExchange(unbind.source(), false), destination, unbind.routingKey(), unbind.arguments());
        respond(unbind.noWait(), AmqpMethod.EXCHANGE_UNBIND_OK);
    }

    /**
     * The name of an exchange to bind or unbind: the destination needs write permission, the source read permission.
     */
    private String checkedExchange(String given, boolean destination) {
        String name = clean(given);
        checkNotDefault(name);
        if (destination) {
            host.access().writeExchange(name);
        } else {
            host.access().readExchange(name);
        }
        return name;
    }

    /** Nothing happens if one of the ends does not exist. */
    private void unbind(
            String sourceName, @Nullable Destination destination, String key, Map<String, @Nullable Object> arguments) {
        Exchange source = virtualHost().findExchange(sourceName);
        if (source != null && destination != null) {
            virtualHost().unbind(new Binding(source, destination, key, arguments));
        }
    }

    void declare(QueueDeclare declare) {
        boolean named = !clean(declare.queue()).isEmpty();
        String name = named || declare.passive() ? clean(declare.queue()) : VirtualHost.newQueueName();
        if (DirectReplies.isQueue(name)) {
            declareReplies(name, declare.noWait());
            return;
        }
        if (declare.passive()) {
            respond(declare, queue(name));
            return;
        }
        if (named && name.startsWith("amq.")) {
            throw new AmqpException(
                    ReplyCode.ACCESS_REFUSED, "queue name '" + name + "' contains reserved prefix 'amq.*'");
        }
        host.access().configureQueue(name);
        QueueSettings settings =
                new QueueSettings(declare.durable(), declare.exclusive(), declare.autoDelete(), declare.arguments());
        if (virtualHost().findQueue(name) == null) {
            checkDeadLetterExchange(name, settings);
        }
        respond(declare, virtualHost().declareQueue(name, settings, settings.exclusive() ? host : null));
    }

    private void checkDeadLetterExchange(String queue, QueueSettings settings) {
        if (!settings.arguments().containsKey("x-dead-letter-exchange")) {
            return;
        }
        Object exchange = settings.arguments().get("x-dead-letter-exchange");
        if (!(exchange instanceof String deadLetterExchange)) {
            throw invalidType("x-dead-letter-exchange", exchange, virtualHost().describeQueue(queue));
        }
        host.access().readQueue(queue);
        host.access().writeExchange(deadLetterExchange);
    }

    private static AmqpException invalidType(String argument, @Nullable Object value, String where) {
        return new AmqpException(
                ReplyCode.PRECONDITION_FAILED,
                "invalid type '" + FieldTypes.name(value) + "' for arg '" + argument + "' in " + where);
    }

    /** The pseudo queue of direct replies or a reply address: it is not created, and has one consumer if it exists. */
    private void declareReplies(String name, boolean noWait) {
        if (!name.equals(DirectReplies.QUEUE) && !virtualHost().replyConsumers().containsKey(name)) {
            throw VirtualHost.notFound(virtualHost().describeQueue(name));
        }
        if (!noWait) {
            MethodWriter.queueDeclareOk(channel.frame(), channel.number(), name, 0, 1);
        }
    }

    private void respond(QueueDeclare declare, MessageQueue queue) {
        lastQueue = queue.name();
        queue.touch();
        if (!declare.noWait()) {
            MethodWriter.queueDeclareOk(
                    channel.frame(), channel.number(), queue.name(), queue.readyCount(), queue.consumerCount());
        }
    }

    void bind(QueueBind bind) {
        String key = key(bind.queue(), bind.routingKey());
        String name = boundQueue(bind.queue());
        Exchange source = virtualHost().exchange(checkedExchange(bind.exchange(), false));
        virtualHost().bind(new Binding(source, queue(name), key, bind.arguments()));
        respond(bind.noWait(), AmqpMethod.QUEUE_BIND_OK);
    }

    void unbind(QueueUnbind unbind) {
        String key = key(unbind.queue(), unbind.routingKey());
        MessageQueue queue = virtualHost().findQueue(boundQueue(unbind.queue()));
        if (queue != null) {
            queue.checkUser(host);
        }
        unbind(checkedExchange(unbind.exchange(), false), queue, key, unbind.arguments());
        respond(false, AmqpMethod.QUEUE_UNBIND_OK);
    }

    /** If both the queue and the key are empty, the key is the name of the queue declared last. */
    private String key(String queueName, String routingKey) {
        return queueName.isEmpty() && routingKey.isEmpty() ? lastQueue : routingKey;
    }

    private String boundQueue(String given) {
        String name = queueName(clean(given));
        host.access().writeQueue(name);
        return name;
    }

    void purge(QueuePurge purge) {
        MessageQueue queue = readable(purge.queue());
        int count = queue.purge();
        if (!purge.noWait()) {
            MethodWriter.queueCountOk(channel.frame(), channel.number(), AmqpMethod.QUEUE_PURGE_OK, count);
        }
    }

    void delete(QueueDelete delete) {
        String name = queueName(clean(delete.queue()));
        host.access().configureQueue(name);
        MessageQueue queue = virtualHost().findQueue(name);
        int messages = 0;
        if (queue != null) {
            queue.checkUser(host);
            messages = virtualHost().delete(queue, delete.ifUnused(), delete.ifEmpty());
        }
        if (!delete.noWait()) {
            MethodWriter.queueCountOk(channel.frame(), channel.number(), AmqpMethod.QUEUE_DELETE_OK, messages);
        }
    }
}
