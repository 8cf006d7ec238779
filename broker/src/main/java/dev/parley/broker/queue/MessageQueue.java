package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.channel.ChannelConsumer;
import dev.parley.broker.connection.Connection;
import dev.parley.broker.exchange.Binding;
import dev.parley.broker.exchange.Destination;
import dev.parley.broker.limit.Watermark;
import dev.parley.broker.output.Outbox;
import dev.parley.broker.virtualhost.VirtualHost;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue: what every kind has. Each has a lock of its own, never held while another queue's is taken or anything is written to a socket.
 * Thread-safe.
 */
public abstract sealed class MessageQueue implements Destination permits ClassicQueue, StreamQueue {
    private final String name;
    private final VirtualHost virtualHost;
    private final QueueSettings settings;
    private final @Nullable Connection owner;
    private final Set<Binding> inbound = ConcurrentHashMap.newKeySet(2);
    private final EventLoop timers;
    private final long expires;
    private volatile long lastUsed = System.nanoTime();
    private @Nullable Future<?> expiry;

    protected final ReentrantLock lock = new ReentrantLock();
    protected final List<ChannelConsumer> consumers = new ArrayList<>();
    protected final Watermark watermark;
    public volatile boolean deleted;
    private boolean hadConsumer;

    public final LongAdder published = new LongAdder();
    public final LongAdder delivered = new LongAdder();
    public final LongAdder acknowledged = new LongAdder();
    public final LongAdder redelivered = new LongAdder();

    public MessageQueue(String name, VirtualHost virtualHost, QueueSettings settings, @Nullable Connection owner) {
        this.name = name;
        this.virtualHost = virtualHost;
        this.settings = settings;
        this.owner = owner;
        this.timers = virtualHost.broker().nextLoop();
        this.watermark = new Watermark(describe(), virtualHost.broker().limits().queueMemory());
        this.expires = TimeUnit.MILLISECONDS.toNanos(
                Math.min(TimeUnit.DAYS.toMillis(36_500), settings.number("x-expires", 0)));
        if (expires > 0) {
            expiry = timers.schedule(this::expireIfUnused, expires, TimeUnit.NANOSECONDS);
        }
    }

    public static MessageQueue create(
            String name, VirtualHost virtualHost, QueueSettings settings, @Nullable Connection owner) {
        return settings.kind().equals("stream")
                ? new StreamQueue(name, virtualHost, settings, owner)
                : new ClassicQueue(name, virtualHost, settings, owner);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Set<Binding> inbound() {
        return inbound;
    }

    public final VirtualHost virtualHost() {
        return virtualHost;
    }

    public final QueueSettings settings() {
        return settings;
    }

    /** The only connection that may use it. */
    public final @Nullable Connection owner() {
        return owner;
    }

    public final Watermark watermark() {
        return watermark;
    }

    /** As RabbitMQ names it in its texts. */
    public final String describe() {
        return "queue '" + name + "' in vhost '" + virtualHost.name() + "'";
    }

    public final EventLoop timers() {
        return timers;
    }

    /** It was declared again or fetched from. */
    public final void used() {
        lastUsed = System.nanoTime();
    }

    private void expireIfUnused() {
        if (deleted) {
            return;
        }
        long left = consumerCount() > 0 ? expires : lastUsed + expires - System.nanoTime();
        if (left <= 0) {
            virtualHost.delete(this);
        } else {
            expiry = timers.schedule(this::expireIfUnused, left, TimeUnit.NANOSECONDS);
        }
    }

    public final int consumerCount() {
        lock.lock();
        try {
            return consumers.size();
        } finally {
            lock.unlock();
        }
    }

    public final List<ChannelConsumer> consumers() {
        lock.lock();
        try {
            return List.copyOf(consumers);
        } finally {
            lock.unlock();
        }
    }

    /** Adds a consumer, tells it so by {@code added}, then sends it what it may have. */
    public void subscribe(ChannelConsumer consumer, Runnable added) {
        lock.lock();
        try {
            if (deleted) {
                throw VirtualHost.notFound(describe());
            }
            if ((consumer.exclusive() && !consumers.isEmpty())
                    || consumers.stream().anyMatch(ChannelConsumer::exclusive)) {
                throw new AmqpException(ReplyCode.ACCESS_REFUSED, describe() + " in exclusive use");
            }
            int at = consumers.size();
            while (at > 0
                    && consumers.get(at - 1).priority() < consumer.priority()
                    && !settings.flag("x-single-active-consumer")) {
                at--;
            }
            consumers.add(at, consumer);
            hadConsumer = true;
            added.run();
        } finally {
            lock.unlock();
        }
    }

    /** Takes a consumer away; the queue goes with its last one if it is an auto-delete queue. */
    public void unsubscribe(ChannelConsumer consumer) {
        boolean last;
        lock.lock();
        try {
            boolean was = consumers.remove(consumer);
            last = was && consumers.isEmpty();
            used();
        } finally {
            lock.unlock();
        }
        if (last && settings.autoDelete() && hadConsumer) {
            virtualHost.delete(this);
        } else {
            deliver();
        }
    }

    /** Ends the queue: its messages are let go, its consumers told. */
    public final void end() {
        List<ChannelConsumer> told;
        lock.lock();
        try {
            deleted = true;
            if (expiry != null) {
                expiry.cancel(false);
            }
            told = List.copyOf(consumers);
            consumers.clear();
            clear();
        } finally {
            lock.unlock();
        }
        // Some of it may be unacknowledged still, but nobody can publish to it.
        watermark.end();
        for (ChannelConsumer consumer : told) {
            consumer.channel().connection().outbox().add(new Outbox.Cancellation(consumer));
        }
    }

    /** Lets go of everything held; under the lock. */
    public abstract void clear();

    /** Takes a message; false if the queue is full and refuses. */
    public abstract boolean offer(Message message);

    /** Sends consumers what they may have. */
    public abstract void deliver();

    /** Takes the next message for basic.get. */
    public abstract @Nullable QueuedMessage take();

    /** A message was sent to a consumer that does not acknowledge. */
    public abstract void written(QueuedMessage message);

    /** A message that was handed out is done with. */
    public abstract void acknowledge(QueuedMessage message);

    /** Messages that were handed out come back, in the order of their delivery. */
    public abstract void requeue(Collection<QueuedMessage> messages);

    /** A message that was handed out is refused for good. */
    public abstract void reject(QueuedMessage message);

    /** Lets go of what waits; returns how many that were. */
    public abstract int purge();

    /** How many messages wait for a consumer. */
    public abstract int readyCount();

    /** How many were handed out and are not settled. */
    public abstract int unackedCount();

    /** Who is sent messages now, of several. */
    public boolean isActive(ChannelConsumer consumer) {
        return true;
    }
}
