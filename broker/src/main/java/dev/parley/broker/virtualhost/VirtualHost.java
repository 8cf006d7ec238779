package dev.parley.broker.virtualhost;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.channel.ChannelSession;
import dev.parley.broker.connection.BrokerCore;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.DefaultExchange;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.Exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.exchange.HeadersExchange;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueArguments;
import dev.parley.broker.queue.QueueSettings;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges, queues and bindings under one name. Declaring, binding and deleting take turns; publishing and consuming do not pass through
 * here but for a look-up. Thread-safe.
 */
public final class VirtualHost {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final BrokerCore broker;
    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Map<String, MessageQueue> queues = new ConcurrentHashMap<>();
    private final Map<String, ChannelSession> replyConsumers = new ConcurrentHashMap<>();
    private final ReentrantLock topology = new ReentrantLock();

    public VirtualHost(String name, BrokerCore broker) {
        this.name = name;
        this.broker = broker;
        exchanges.put("", new DefaultExchange(queues));
        for (ExchangeType type : ExchangeType.values()) {
            predeclare("amq." + type.text(), type);
        }
        predeclare("amq.match", ExchangeType.HEADERS);
        exchanges.put(
                "amq.rabbitmq.trace",
                ExchangeType.TOPIC.create("amq.rabbitmq.trace", new ExchangeSettings(true, false, true, Map.of())));
    }

    private void predeclare(String exchange, ExchangeType type) {
        exchanges.put(exchange, type.create(exchange, ExchangeSettings.PREDECLARED));
    }

    public String name() {
        return name;
    }

    public BrokerCore broker() {
        return broker;
    }

    public Collection<Exchange> exchanges() {
        return exchanges.values();
    }

    public Collection<MessageQueue> queues() {
        return queues.values();
    }

    /** Channels that await direct replies, by the secret part of their reply address. */
    public Map<String, ChannelSession> replyConsumers() {
        return replyConsumers;
    }

    public static AmqpException notFound(String what) {
        return new AmqpException(ReplyCode.NOT_FOUND, "no " + what);
    }

    /** The name of a queue whose client leaves that to the broker. */
    public static String newQueueName() {
        return "amq.gen-" + randomName();
    }

    public static String randomName() {
        byte[] octets = new byte[16];
        RANDOM.nextBytes(octets);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    public String describeExchange(String exchange) {
        return "exchange '" + exchange + "' in vhost '" + name + "'";
    }

    @Nullable
    public Exchange findExchange(String exchange) {
        return exchanges.get(exchange);
    }

    public Exchange exchange(String exchange) {
        Exchange found = exchanges.get(exchange);
        if (found == null) {
            throw notFound(describeExchange(exchange));
        }
        return found;
    }

    @Nullable
    public MessageQueue findQueue(String queue) {
        return queues.get(queue);
    }

    public MessageQueue queue(String queue) {
        MessageQueue found = queues.get(queue);
        if (found == null) {
            throw notFound("queue '" + queue + "' in vhost '" + name + "'");
        }
        return found;
    }

    public void declareExchange(String exchange, String typeName, ExchangeSettings settings) {
        ExchangeType type = ExchangeType.of(typeName);
        topology.lock();
        try {
            Exchange found = exchanges.get(exchange);
            if (found == null) {
                if (exchange.startsWith("amq.")) {
                    throw new AmqpException(
                            ReplyCode.ACCESS_REFUSED,
                            "exchange name '" + exchange + "' contains reserved prefix 'amq.*'");
                }
                exchanges.put(exchange, type.create(exchange, settings));
                return;
            }
            String what = describeExchange(exchange);
            if (found.type() != type) {
                throw QueueArguments.inequivalent(
                        what, "type", "'" + typeName + "'", "'" + found.type().text() + "'");
            }
            QueueArguments.checkEquivalent(what, "durable", found.settings().durable(), settings.durable());
            QueueArguments.checkEquivalent(what, "auto_delete", found.settings().autoDelete(), settings.autoDelete());
            QueueArguments.checkEquivalent(what, "internal", found.settings().internal(), settings.internal());
            QueueArguments.checkEquivalent(
                    what, "alternate-exchange", found.settings().arguments(), settings.arguments());
        } finally {
            topology.unlock();
        }
    }

    public void deleteExchange(String exchange, boolean ifUnused) {
        topology.lock();
        try {
            Exchange found = exchanges.get(exchange);
            if (found != null) {
                if (exchange.startsWith("amq.")) {
                    throw new AmqpException(
                            ReplyCode.ACCESS_REFUSED,
                            "deletion of system " + describeExchange(exchange) + " not allowed");
                }
                if (ifUnused && !found.bindings().isEmpty()) {
                    throw new AmqpException(ReplyCode.PRECONDITION_FAILED, describeExchange(exchange) + " in use");
                }
                remove(found);
            }
        } finally {
            topology.unlock();
        }
    }

    private void remove(Exchange exchange) {
        exchanges.remove(exchange.name());
        for (Binding binding : List.copyOf(exchange.bindings())) {
            exchange.unbind(binding);
        }
        unbindAll(exchange);
    }

    private void unbindAll(Destination destination) {
        for (Binding binding : List.copyOf(destination.inbound())) {
            unbind(binding);
        }
    }

    /** The queue of that name, made if there is none. */
    public MessageQueue declareQueue(String queue, QueueSettings settings, @Nullable Connection owner) {
        topology.lock();
        try {
            MessageQueue found = queues.get(queue);
            if (found != null) {
                QueueArguments.checkEquivalent(found.describe(), found.settings(), settings);
                found.used();
                return found;
            }
            QueueArguments.check("queue '" + queue + "' in vhost '" + name + "'", settings);
            int limit = broker.limits().maxQueues();
            if (queues.size() >= limit) {
                throw new AmqpException(
                        ReplyCode.PRECONDITION_FAILED,
                        "cannot declare queue '" + queue + "': queue limit in vhost '" + name + "' (" + limit
                                + ") is reached");
            }
            MessageQueue made = MessageQueue.create(queue, this, settings, owner);
            queues.put(queue, made);
            if (owner != null) {
                owner.owned().add(made);
            }
            return made;
        } finally {
            topology.unlock();
        }
    }

    /** Deletes a queue if it meets the conditions, and returns how many messages waited in it. */
    public int delete(MessageQueue queue, boolean ifUnused, boolean ifEmpty) {
        if (ifUnused && queue.consumerCount() > 0) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, queue.describe() + " in use");
        }
        int messages = queue.readyCount();
        if (ifEmpty && messages > 0) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, queue.describe() + " not empty");
        }
        delete(queue);
        return messages;
    }

    /** Deletes a queue; its consumers are told. */
    public void delete(MessageQueue queue) {
        topology.lock();
        try {
            if (queues.remove(queue.name(), queue)) {
                unbindAll(queue);
            }
        } finally {
            topology.unlock();
        }
        if (!queue.deleted) {
            queue.end();
            if (queue.owner() != null) {
                queue.owner().owned().remove(queue);
            }
        }
    }

    public void bind(Binding binding) {
        topology.lock();
        try {
            if (binding.source() instanceof HeadersExchange) {
                HeadersExchange.check(binding.arguments());
            }
            // What a client looked up may have been deleted since.
            exchange(binding.source().name());
            binding.source().bind(binding);
        } finally {
            topology.unlock();
        }
    }

    public void unbind(Binding binding) {
        topology.lock();
        try {
            Exchange source = binding.source();
            if (source.unbind(binding)
                    && source.settings().autoDelete()
                    && source.bindings().isEmpty()
                    && exchanges.get(source.name()) == source) {
                remove(source);
            }
        } finally {
            topology.unlock();
        }
    }

    /** The queues for a message published to an exchange by name; none if there is no such exchange. */
    public Collection<MessageQueue> route(String exchange, Message message) {
        Exchange found = exchanges.get(exchange);
        return found == null ? List.of() : route(found, message);
    }

    /** The queues for a message, each once. */
    public Collection<MessageQueue> route(Exchange exchange, Message message) {
        Set<MessageQueue> found = new HashSet<>(4);
        Set<Exchange> seen = new HashSet<>(4);
        List<Exchange> left = new ArrayList<>(List.of(exchange));
        List<String> keys = message.routingKeys();
        while (!left.isEmpty()) {
            Exchange next = left.remove(left.size() - 1);
            if (!seen.add(next)) {
                continue;
            }
            int[] matches = {0};
            for (String key : keys) {
                next.match(message, key, destination -> {
                    matches[0]++;
                    switch (destination) {
                        case MessageQueue queue -> found.add(queue);
                        case Exchange further -> left.add(further);
                    }
                });
            }
            String alternate = next.alternate();
            Exchange other = matches[0] == 0 && alternate != null ? exchanges.get(alternate) : null;
            if (other != null) {
                left.add(other);
            }
        }
        return found;
    }

    /** Ends all queues. */
    public void close() {
        for (MessageQueue queue : List.copyOf(queues.values())) {
            delete(queue);
        }
    }
}
