package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.policy.AppliedPolicies;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue: what all types of queues share. Each queue has its own lock, which is never held while another queue's lock
 * is taken or a socket is written. Thread-safe.
 */
public abstract sealed class MessageQueue implements Destination permits ClassicQueue, StreamQueue {
    /** The longest delay of a timer: a clock in nanoseconds cannot express much longer ones. */
    static final long MAX_DELAY_MILLIS = TimeUnit.DAYS.toMillis(36_500);

    private final String name;
    private final QueueSettings settings;
    private final QueueHost host;
    private final @Nullable QueueOwner owner;
    private final Set<Binding> inbound = ConcurrentHashMap.newKeySet(2);
    private final EventLoop timers;
    private final Watermark watermark;
    private volatile AppliedPolicies policies = AppliedPolicies.NONE;
    private volatile long lastUsed = System.nanoTime();
    private volatile boolean deleted;

    final ReentrantLock lock = new ReentrantLock();
    /** In the order in which they are served; under the lock. */
    final List<QueueConsumer> consumers = new ArrayList<>();

    private long expiresNanos; // Under the lock.
    private @Nullable Future<?> expiryTimer; // Under the lock.

    private final MessageCounters counters = new MessageCounters();
    private volatile long activeAt = System.currentTimeMillis();

    MessageQueue(String name, QueueSettings settings, QueueHost host, @Nullable QueueOwner owner) {
        this.name = name;
        this.settings = settings;
        this.host = host;
        this.owner = owner;
        this.timers = host.nextLoop();
        this.watermark = new Watermark(describe(name, host), host.queueMemory());
        this.expiresNanos = expiresNanos(settings);
    }

    /** Creates a queue of the type that the settings name. {@link #start()} starts its timers. */
    public static MessageQueue create(String name, QueueSettings settings, QueueHost host, @Nullable QueueOwner owner) {
        return settings.kind().equals("stream")
                ? new StreamQueue(name, settings, host, owner)
                : new ClassicQueue(name, settings, host, owner);
    }

    /** Starts the timer of {@code x-expires}. Called once. */
    public final void start() {
        lock.lock();
        try {
            scheduleExpiry(expiresNanos);
        } finally {
            lock.unlock();
        }
    }

    private static long expiresNanos(QueueSettings settings) {
        return TimeUnit.MILLISECONDS.toNanos(Math.min(MAX_DELAY_MILLIS, settings.number("x-expires", 0)));
    }

    /** The policies that apply to it. */
    public final AppliedPolicies policies() {
        return policies;
    }

    /** Applies other policies than before; messages that exceed a new limit are dropped at once. */
    public final void apply(AppliedPolicies applied) {
        lock.lock();
        try {
            if (deleted || policies.equals(applied)) {
                return;
            }
            policies = applied;
            QueueSettings effective = settings.under(applied);
            long expires = expiresNanos(effective);
            if (expires != expiresNanos) {
                expiresNanos = expires;
                touch();
                scheduleExpiry(expires);
            }
            configure(effective);
        } finally {
            lock.unlock();
        }
    }

    /** Takes over settings that have changed; under the lock. */
    abstract void configure(QueueSettings effective);

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String kind() {
        return settings.kind();
    }

    @Override
    public final Set<Binding> inbound() {
        return inbound;
    }

    /** What it was declared with. */
    public final QueueSettings settings() {
        return settings;
    }

    /** The only connection that may use it; {@code null} if every connection may. */
    public final @Nullable QueueOwner owner() {
        return owner;
    }

    /**
     * Checks that a connection may use it.
     *
     * @throws AmqpException with {@link ReplyCode#RESOURCE_LOCKED} if it is exclusive to another one
     */
    public final void checkUser(@Nullable QueueOwner user) {
        if (owner != null && !owner.equals(user)) {
            throw locked();
        }
    }

    /** The error for a connection that may not use it. */
    public final AmqpException locked() {
        return new AmqpException(
                ReplyCode.RESOURCE_LOCKED,
                "cannot obtain exclusive access to locked " + describe()
                        + ". It could be originally declared on another connection or the exclusive property value"
                        + " does not match that of the original declaration.");
    }

    /** The count of bytes it holds, which blocks its publishers. */
    public final Watermark watermark() {
        return watermark;
    }

    /** Whether it was deleted: nothing can be published to it or consumed from it any more. */
    public final boolean isDeleted() {
        return deleted;
    }

    /** Its name in RabbitMQ's error texts: {@code queue 'q' in vhost '/'}. */
    public final String describe() {
        return describe(name, host);
    }

    private static String describe(String name, QueueHost host) {
        return "queue '" + name + "' in vhost '" + host.name() + "'";
    }

    /** How many messages it ever accepted. */
    public final long publishedCount() {
        return counters.get(MessageEvent.PUBLISH);
    }

    /** How many messages it ever handed out, redeliveries included. */
    public final long deliveredCount() {
        return counters.delivered();
    }

    /** How many messages were ever acknowledged. */
    public final long acknowledgedCount() {
        return counters.get(MessageEvent.ACK);
    }

    /** What happened to its messages. */
    public final MessageCounters counters() {
        return counters;
    }

    /** When it was last used in any way, in milliseconds since 1970. */
    public final long activeAtMillis() {
        return activeAt;
    }

    /** Counts an event, and that it is in use. */
    final void count(MessageEvent event) {
        counters.count(event);
        activeAt = System.currentTimeMillis();
    }

    /** Counts that a message was handed out. */
    final void countDelivery(QueuedMessage message, MessageEvent event) {
        count(event);
        if (message.redelivered()) {
            counters.count(MessageEvent.REDELIVER);
        }
    }

    final QueueHost host() {
        return host;
    }

    final EventLoop timers() {
        return timers;
    }

    final Watermark memory() {
        return host.memory();
    }

    /** The queue was declared again or fetched from, which restarts {@code x-expires}. */
    public final void touch() {
        lastUsed = System.nanoTime();
        activeAt = System.currentTimeMillis();
    }

    private void expireIfUnused() {
        lock.lock();
        try {
            long left = consumers.isEmpty() ? lastUsed + expiresNanos - System.nanoTime() : expiresNanos;
            if (left > 0 || expiresNanos == 0) {
                scheduleExpiry(left);
                return;
            }
        } finally {
            lock.unlock();
        }
        if (!deleted) {
            host.delete(this);
        }
    }

    /** Restarts the timer of its expiry, if it expires; under the lock. */
    private void scheduleExpiry(long nanos) {
        if (expiryTimer != null) {
            expiryTimer.cancel(false);
            expiryTimer = null;
        }
        if (!deleted && expiresNanos > 0) {
            expiryTimer = timers.schedule(this::expireIfUnused, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** How many consumers it has. */
    public final int consumerCount() {
        lock.lock();
        try {
            return consumers.size();
        } finally {
            lock.unlock();
        }
    }

    /** A copy of its consumers, in the order in which they are served. */
    public final List<QueueConsumer> consumers() {
        lock.lock();
        try {
            return List.copyOf(consumers);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a consumer, then delivers what it may have.
     *
     * @param added run before the first delivery, under the lock
     * @throws AmqpException if the queue does not accept the consumer; then {@code added} is not run
     */
    public void subscribe(QueueConsumer consumer, Runnable added) {
        lock.lock();
        try {
            if (deleted) {
                throw new AmqpException(ReplyCode.NOT_FOUND, "no " + describe());
            }
            if (knowsExclusiveConsumers()
                    && ((consumer.exclusive() && !consumers.isEmpty())
                            || consumers.stream().anyMatch(QueueConsumer::exclusive))) {
                throw new AmqpException(ReplyCode.ACCESS_REFUSED, describe() + " in exclusive use");
            }
            int at = consumers.size();
            while (at > 0
                    && consumers.get(at - 1).priority() < consumer.priority()
                    && !settings.flag("x-single-active-consumer")) {
                at--;
            }
            consumers.add(at, consumer);
            activeAt = System.currentTimeMillis();
            added.run();
        } finally {
            lock.unlock();
        }
    }

    /** Removes a consumer. An auto-delete queue is deleted with its last consumer. */
    public void unsubscribe(QueueConsumer consumer) {
        boolean last;
        lock.lock();
        try {
            last = consumers.remove(consumer) && consumers.isEmpty();
            touch();
        } finally {
            lock.unlock();
        }
        if (last && settings.autoDelete()) {
            host.delete(this);
        } else {
            deliver();
        }
    }

    /**
     * Drops its messages, notifies its consumers and refuses further use. May be called more than once.
     *
     * @return how many messages were ready
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if it has consumers and {@code ifUnused}, or
     *     ready messages and {@code ifEmpty}; then nothing happens
     */
    public final int end(boolean ifUnused, boolean ifEmpty) {
        List<QueueConsumer> notified;
        int messages;
        lock.lock();
        try {
            if (ifUnused && !consumers.isEmpty()) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, describe() + " in use");
            }
            messages = readyCount();
            if (ifEmpty && messages > 0) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, describe() + " not empty");
            }
            deleted = true;
            if (expiryTimer != null) {
                expiryTimer.cancel(false);
            }
            notified = List.copyOf(consumers);
            consumers.clear();
            clear();
        } finally {
            lock.unlock();
        }
        // Unacknowledged messages may still be counted, but nothing can be published to the queue any more.
        watermark.end();
        notified.forEach(QueueConsumer::queueDeleted);
        return messages;
    }

    /** Drops everything held; under the lock. */
    abstract void clear();

    /** Accepts a message; returns false if the queue is full and rejects it. */
    public abstract boolean offer(Message message);

    /** Delivers to consumers what they may have. */
    public abstract void deliver();

    /**
     * Takes the next message for basic.get.
     *
     * @param noAck whether the caller acknowledges it at once
     */
    public abstract @Nullable QueuedMessage take(boolean noAck);

    /** A message was sent to a consumer that does not acknowledge. */
    public abstract void written(QueuedMessage message);

    /** A message was taken by a client that does not acknowledge. */
    public abstract void fetched(QueuedMessage message);

    /** A message that was handed out is acknowledged. */
    public abstract void acknowledge(QueuedMessage message);

    /** Messages that were handed out are returned, in the order of their delivery. */
    public abstract void requeue(Collection<QueuedMessage> messages, Return why);

    /** A message that was handed out is rejected and not returned. */
    public abstract void reject(QueuedMessage message);

    /** Drops the messages that are ready; returns how many. */
    public abstract int purge();

    /** How many messages are ready for a consumer. */
    public abstract int readyCount();

    /** How many messages were handed out and are not settled. */
    public abstract int unackedCount();

    /** What it holds. */
    public abstract QueueContents contents();

    /** Whether a consumer is the one that gets messages, if only one does. */
    public boolean isActive(QueueConsumer consumer) {
        return true;
    }

    /** Whether a consumer can be the only one; RabbitMQ ignores that it wants to on other types of queues. */
    private boolean knowsExclusiveConsumers() {
        return kind().equals("classic");
    }

    /**
     * The headers that tell a consumer how often a message was delivered.
     *
     * @param fetched by basic.get
     */
    public Map<String, @Nullable Object> deliveryCounts(QueuedMessage message, boolean fetched) {
        return Map.of();
    }
}
