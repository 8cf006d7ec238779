package dev.parley.broker.virtualhost;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.exchange.Exchange;
import dev.parley.broker.exchange.ExchangeSettings;
import dev.parley.broker.exchange.ExchangeType;
import dev.parley.broker.limit.Limits;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.policy.Policies;
import dev.parley.broker.policy.StoredPolicy;
import dev.parley.broker.policy.Target;
import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.MessageCounters;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueueArguments;
import dev.parley.broker.queue.QueueHost;
import dev.parley.broker.queue.QueueOwner;
import dev.parley.broker.queue.QueueSettings;
import io.netty.channel.EventLoop;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges, queues and bindings under one name. Declaring, binding and deleting are serialized by the topology
 * lock, which is taken before a queue's lock; publishing and consuming only look names up. Thread-safe.
 */
public final class VirtualHost implements QueueHost {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String name;
    private final RabbitMqProfile profile;
    private final Limits limits;
    private final Watermark memory;
    private final Supplier<EventLoop> loops;
    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();
    private final Map<String, MessageQueue> queues = new ConcurrentHashMap<>();
    private final Map<String, ReplyConsumer> replyConsumers = new ConcurrentHashMap<>();
    private final Policies policies = new Policies();
    private final DelayedMessages delayed = new DelayedMessages(this);
    private final ReentrantLock topology = new ReentrantLock();
    private final MessageCounters counters = new MessageCounters();
    private volatile VirtualHostMetadata metadata;
    private boolean closed; // Under the lock.

    /**
     * Creates a virtual host with RabbitMQ's predeclared exchanges.
     *
     * @param profile the RabbitMQ that it behaves as
     * @param memory the count of bytes held by the whole broker
     * @param loops gives each queue the event loop for its timers
     */
    public VirtualHost(
            String name, RabbitMqProfile profile, Limits limits, Watermark memory, Supplier<EventLoop> loops) {
        this.name = name;
        this.profile = profile;
        this.limits = limits;
        this.memory = memory;
        this.loops = loops;
        this.metadata = new VirtualHostMetadata(name.equals("/") ? "Default virtual host" : "", List.of());
        exchanges.put("", Exchange.defaultExchange(queues::get));
        for (ExchangeType type : ExchangeType.STANDARD) {
            predeclare("amq." + type.text(), type);
        }
        predeclare("amq.match", ExchangeType.HEADERS);
        exchanges.put(
                "amq.rabbitmq.trace",
                ExchangeType.TOPIC.create("amq.rabbitmq.trace", new ExchangeSettings(true, false, true, Map.of())));
    }

    private void predeclare(String exchange, ExchangeType type) {
        exchanges.put(exchange, type.create(exchange, ExchangeSettings.DURABLE));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public RabbitMqProfile profile() {
        return profile;
    }

    @Override
    public Watermark memory() {
        return memory;
    }

    @Override
    public long queueMemory() {
        return limits.queueMemory();
    }

    @Override
    public EventLoop nextLoop() {
        return loops.get();
    }

    /** What users say about it. */
    public VirtualHostMetadata metadata() {
        return metadata;
    }

    /** Sets what users say about it. */
    public void metadata(VirtualHostMetadata changed) {
        metadata = changed;
    }

    /** What its channels did. */
    public MessageCounters counters() {
        return counters;
    }

    /** The exchanges, the predeclared ones included. */
    public Collection<Exchange> exchanges() {
        return exchanges.values();
    }

    /** The queues. */
    public Collection<MessageQueue> queues() {
        return queues.values();
    }

    /** The consumers of direct replies by their reply address; a concurrent map. */
    public Map<String, ReplyConsumer> replyConsumers() {
        return replyConsumers;
    }

    /** The error for a queue or exchange that does not exist; {@code what} describes it. */
    public static AmqpException notFound(String what) {
        return new AmqpException(ReplyCode.NOT_FOUND, "no " + what);
    }

    /** A name for a queue whose client lets the broker choose it. */
    public static String newQueueName() {
        return "amq.gen-" + randomName();
    }

    /** A name that cannot be guessed. */
    public static String randomName() {
        byte[] octets = new byte[16];
        RANDOM.nextBytes(octets);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
    }

    /** A queue of this name in RabbitMQ's error texts: {@code queue 'q' in vhost '/'}. */
    public String describeQueue(String queue) {
        return "queue '" + queue + "' in vhost '" + name + "'";
    }

    /** An exchange of this name in RabbitMQ's error texts: {@code exchange 'e' in vhost '/'}. */
    public String describeExchange(String exchange) {
        return "exchange '" + exchange + "' in vhost '" + name + "'";
    }

    /** The exchange of this name. */
    public @Nullable Exchange findExchange(String exchange) {
        return exchanges.get(exchange);
    }

    /**
     * The exchange of this name.
     *
     * @throws AmqpException with {@link ReplyCode#NOT_FOUND} if there is none
     */
    public Exchange exchange(String exchange) {
        Exchange found = exchanges.get(exchange);
        if (found == null) {
            throw notFound(describeExchange(exchange));
        }
        return found;
    }

    /** The queue of this name. */
    public @Nullable MessageQueue findQueue(String queue) {
        return queues.get(queue);
    }

    /**
     * The queue of this name.
     *
     * @throws AmqpException with {@link ReplyCode#NOT_FOUND} if there is none
     */
    public MessageQueue queue(String queue) {
        MessageQueue found = queues.get(queue);
        if (found == null) {
            throw notFound(describeQueue(queue));
        }
        return found;
    }

    /**
     * Creates an exchange if there is none of this name.
     *
     * @throws AmqpException if the type is unknown, the name is reserved, or an exchange of this name differs
     */
    public void declareExchange(String exchange, String typeName, ExchangeSettings settings) {
        ExchangeType type = ExchangeType.of(typeName, profile);
        topology.lock();
        try {
            Exchange found = exchanges.get(exchange);
            if (found == null) {
                if (exchange.startsWith("amq.")) {
                    throw new AmqpException(
                            ReplyCode.ACCESS_REFUSED,
                            "exchange name '" + exchange + "' contains reserved prefix 'amq.*'");
                }
                Exchange made = type.create(exchange, settings);
                made.apply(policies.of(Target.EXCHANGE, exchange));
                exchanges.put(exchange, made);
                return;
            }
            Redeclaration.check(found, describeExchange(exchange), typeName, settings, profile);
        } finally {
            topology.unlock();
        }
    }

    /**
     * Deletes an exchange if it exists.
     *
     * @throws AmqpException if it is predeclared, or if it is in use and {@code ifUnused}
     */
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

    /**
     * Returns the queue of this name, which is created if there is none.
     *
     * @param owner of an exclusive queue
     * @throws AmqpException if the declaration is invalid, differs from the queue that exists, or exceeds the limit
     */
    public MessageQueue declareQueue(String queue, QueueSettings settings, @Nullable QueueOwner owner) {
        topology.lock();
        try {
            MessageQueue found = queues.get(queue);
            if (found != null) {
                // Under the lock: of two connections that declare an exclusive queue at a time, one gets it.
                if (found.settings().exclusive() != settings.exclusive()) {
                    throw found.locked();
                }
                found.checkUser(owner);
                Redeclaration.check(found, settings, profile);
                found.touch();
                return found;
            }
            if (closed) {
                throw notFound("vhost '" + name + "'");
            }
            QueueArguments.check(describeQueue(queue), settings, profile);
            int limit = limits.maxQueues();
            if (queues.size() >= limit) {
                throw new AmqpException(
                        ReplyCode.PRECONDITION_FAILED,
                        "cannot declare queue '" + queue + "': queue limit in vhost '" + name + "' (" + limit
                                + ") is reached");
            }
            MessageQueue made = MessageQueue.create(queue, settings, this, owner);
            made.apply(policies.of(Target.ofQueue(settings.kind()), queue));
            made.start();
            queues.put(queue, made);
            if (owner != null) {
                owner.addOwned(made);
            }
            return made;
        } finally {
            topology.unlock();
        }
    }

    /**
     * Deletes a queue, notifies its consumers, and returns how many messages were ready in it.
     *
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if it does not meet the conditions
     */
    public int delete(MessageQueue queue, boolean ifUnused, boolean ifEmpty) {
        int messages;
        topology.lock();
        try {
            messages = queue.end(ifUnused, ifEmpty);
            if (queues.remove(queue.name(), queue)) {
                unbindAll(queue);
            }
        } finally {
            topology.unlock();
        }
        if (queue.owner() != null) {
            queue.owner().removeOwned(queue);
        }
        return messages;
    }

    @Override
    public void delete(MessageQueue queue) {
        delete(queue, false, false);
    }

    /**
     * Adds a binding; nothing happens if it exists.
     *
     * @throws AmqpException if its exchange or destination was deleted, or its arguments are invalid
     */
    public void bind(Binding binding) {
        topology.lock();
        try {
            // They may have been deleted since the client looked them up.
            checkExists(binding.source());
            checkExists(binding.destination());
            binding.source().bind(binding);
        } finally {
            topology.unlock();
        }
    }

    private void checkExists(Destination destination) {
        boolean isQueue = destination instanceof MessageQueue;
        String name = destination.name();
        if (!destination.equals(isQueue ? queues.get(name) : exchanges.get(name))) {
            throw notFound(isQueue ? describeQueue(name) : describeExchange(name));
        }
    }

    /** Removes a binding if it exists. An auto-delete exchange is deleted with its last binding. */
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

    @Override
    public Collection<MessageQueue> route(String exchange, Message message) {
        Exchange found = exchanges.get(exchange);
        return found == null ? List.of() : route(found, message);
    }

    /** The queues for a message that is published to an exchange, each once. */
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
            for (String key : delayed.hold(next, message) ? List.<String>of() : next.relevant(keys)) {
                next.match(key, message.header(), destination -> {
                    matches[0]++;
                    if (destination instanceof MessageQueue queue) {
                        found.add(queue);
                    } else if (destination instanceof Exchange further) {
                        left.add(further);
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

    /** The policies; they are changed by {@link #setPolicy} and {@link #removePolicy}. */
    public Policies policies() {
        return policies;
    }

    /** Adds a policy, or replaces the one of its name, and applies it; returns whether it replaced one. */
    public boolean setPolicy(StoredPolicy policy) {
        topology.lock();
        try {
            boolean replaced = policies.put(policy);
            applyPolicies();
            return replaced;
        } finally {
            topology.unlock();
        }
    }

    /** Removes a policy; returns false if there is none of this name. */
    public boolean removePolicy(String policy, boolean ofOperator) {
        topology.lock();
        try {
            boolean removed = policies.remove(policy, ofOperator);
            applyPolicies();
            return removed;
        } finally {
            topology.unlock();
        }
    }

    private void applyPolicies() {
        queues.values()
                .forEach(queue ->
                        queue.apply(policies.of(Target.ofQueue(queue.settings().kind()), queue.name())));
        // Not to the default exchange, which has no alternate exchange in RabbitMQ either.
        exchanges.values().stream()
                .filter(exchange -> !exchange.name().isEmpty())
                .forEach(exchange -> exchange.apply(policies.of(Target.EXCHANGE, exchange.name())));
    }

    /** How many messages a delayed exchange holds back. */
    public int delayedCount(Exchange exchange) {
        return delayed.count(exchange.name());
    }

    /** Deletes all queues, and drops what delayed exchanges hold back; no further queues can be declared. */
    public void close() {
        topology.lock();
        try {
            closed = true;
        } finally {
            topology.unlock();
        }
        delayed.end();
        for (MessageQueue queue : List.copyOf(queues.values())) {
            delete(queue);
        }
    }
}
