package dev.parley.broker;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
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
abstract sealed class MessageQueue implements Destination permits ClassicQueue, StreamQueue {
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
    protected final List<Consumer> consumers = new ArrayList<>();
    protected final Watermark watermark;
    protected volatile boolean deleted;
    private boolean hadConsumer;

    protected final LongAdder published = new LongAdder();
    protected final LongAdder delivered = new LongAdder();
    protected final LongAdder acknowledged = new LongAdder();
    protected final LongAdder redelivered = new LongAdder();

    MessageQueue(String name, VirtualHost virtualHost, QueueSettings settings, @Nullable Connection owner) {
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

    static MessageQueue create(
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

    final VirtualHost virtualHost() {
        return virtualHost;
    }

    final QueueSettings settings() {
        return settings;
    }

    /** The only connection that may use it. */
    final @Nullable Connection owner() {
        return owner;
    }

    final Watermark watermark() {
        return watermark;
    }

    /** As RabbitMQ names it in its texts. */
    final String describe() {
        return "queue '" + name + "' in vhost '" + virtualHost.name() + "'";
    }

    final EventLoop timers() {
        return timers;
    }

    /** It was declared again or fetched from. */
    final void used() {
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

    final int consumerCount() {
        lock.lock();
        try {
            return consumers.size();
        } finally {
            lock.unlock();
        }
    }

    final List<Consumer> consumers() {
        lock.lock();
        try {
            return List.copyOf(consumers);
        } finally {
            lock.unlock();
        }
    }

    /** Adds a consumer, tells it so by {@code added}, then sends it what it may have. */
    void subscribe(Consumer consumer, Runnable added) {
        lock.lock();
        try {
            if (deleted) {
                throw VirtualHost.notFound(describe());
            }
            if ((consumer.exclusive() && !consumers.isEmpty())
                    || consumers.stream().anyMatch(Consumer::exclusive)) {
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
    void unsubscribe(Consumer consumer) {
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
    final void end() {
        List<Consumer> told;
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
        for (Consumer consumer : told) {
            consumer.channel().connection().outbox().add(new Outbox.Cancellation(consumer));
        }
    }

    /** Lets go of everything held; under the lock. */
    abstract void clear();

    /** Takes a message; false if the queue is full and refuses. */
    abstract boolean offer(Message message);

    /** Sends consumers what they may have. */
    abstract void deliver();

    /** Takes the next message for basic.get. */
    abstract @Nullable QueuedMessage take();

    /** A message was sent to a consumer that does not acknowledge. */
    abstract void written(QueuedMessage message);

    /** A message that was handed out is done with. */
    abstract void acknowledge(QueuedMessage message);

    /** Messages that were handed out come back, in the order of their delivery. */
    abstract void requeue(Collection<QueuedMessage> messages);

    /** A message that was handed out is refused for good. */
    abstract void reject(QueuedMessage message);

    /** Lets go of what waits; returns how many that were. */
    abstract int purge();

    /** How many messages wait for a consumer. */
    abstract int readyCount();

    /** How many were handed out and are not settled. */
    abstract int unackedCount();

    /** Who is sent messages now, of several. */
    boolean isActive(Consumer consumer) {
        return true;
    }
}
