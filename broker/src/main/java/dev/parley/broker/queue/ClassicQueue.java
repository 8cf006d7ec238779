package dev.parley.broker.queue;

import dev.parley.broker.profile.RabbitMqProfile;
import dev.parley.broker.queue.DeadLetters.Reason;
import io.netty.util.concurrent.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A queue whose messages go to one consumer each and are removed when they are acknowledged: RabbitMQ's classic queue,
 * and its quorum queue, which on a single node differs by the delivery limit and the order. Thread-safe.
 */
final class ClassicQueue extends MessageQueue {
    /** Of a message in a quorum queue that has none. */
    private static final int NORMAL_PRIORITY = 4;

    private final ReadyMessages ready;
    private final boolean singleActive;
    private final boolean quorum;
    private final int maxPriority;
    private final RabbitMqProfile profile;

    // What policies change; under the lock.
    private DeadLetters deadLetters;
    private long timeToLive;
    private long maxLength;
    private long maxBytes;
    private boolean rejectsWhenFull;
    private boolean deadLettersRejected;
    private long deliveryLimit;

    private long nextPosition;
    private int unacked;
    private long unackedBytes;
    private int persistent;
    private long persistentBytes;
    private volatile int readyCount;
    private @Nullable Future<?> ttlTimer;
    private long ttlTimerAt = QueuedMessage.NEVER;

    ClassicQueue(String name, QueueSettings settings, QueueHost host, @Nullable QueueOwner owner) {
        super(name, settings, host, owner);
        this.profile = host.profile();
        this.deadLetters = new DeadLetters(name, settings, host, timers());
        this.singleActive = settings.flag("x-single-active-consumer");
        this.quorum = settings.kind().equals("quorum");
        this.maxPriority = quorum ? 0 : (int) settings.number("x-max-priority", 0);
        this.ready = quorum ? ReadyMessages.of(profile.quorumPriorities()) : ReadyMessages.of(maxPriority);
        read(settings);
    }

    private void read(QueueSettings settings) {
        timeToLive = settings.number("x-message-ttl", -1);
        maxLength = settings.number("x-max-length", -1);
        maxBytes = settings.number("x-max-length-bytes", -1);
        String overflow = settings.text("x-overflow");
        rejectsWhenFull = overflow != null && overflow.startsWith("reject-publish");
        deadLettersRejected = "reject-publish-dlx".equals(overflow);
        deliveryLimit = quorum ? settings.number("x-delivery-limit", profile.defaultDeliveryLimit()) : -1;
    }

    /** The time to live of messages that it holds stays what it was, as in RabbitMQ. */
    @Override
    void configure(QueueSettings effective) {
        deadLetters = new DeadLetters(name(), effective, host(), timers());
        read(effective);
        dropOverflow();
        readyCount = ready.size();
        scheduleExpiry();
    }

    @Override
    public boolean offer(Message message) {
        lock.lock();
        try {
            if (isDeleted()) {
                return true; // As if it had been deleted just afterwards.
            }
            if (rejectsWhenFull && isFull(message)) {
                if (deadLettersRejected) {
                    deadLetters.add(message, Reason.MAXLEN);
                }
                return false;
            }
            count(MessageEvent.PUBLISH);
            long ttl = message.expiration() < 0
                    ? timeToLive
                    : timeToLive < 0 ? message.expiration() : Math.min(timeToLive, message.expiration());
            long expiresAt = ttl < 0 || ttl > MAX_DELAY_MILLIS
                    ? QueuedMessage.NEVER
                    : System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ttl);
            message.retain(memory());
            watermark().add(message.footprint());
            countPersistent(message, 1);
            ready.add(new QueuedMessage(message, nextPosition++, expiresAt, priority(message)));
            pump(true);
            dropOverflow();
        } finally {
            unlock();
        }
        return true;
    }

    private int priority(Message message) {
        if (!quorum) {
            return maxPriority == 0 ? 0 : Math.min(maxPriority, message.header().priority());
        }
        return switch (profile.quorumPriorities()) {
            case NONE -> 0;
            case TWO_LEVELS -> message.header().priority() > NORMAL_PRIORITY ? 1 : 0;
            case STRICT ->
                Math.min(ReadyMessages.HIGHEST_STRICT, message.header().priority(NORMAL_PRIORITY));
        };
    }

    /** Ends a section under the lock in which ready messages may have changed. */
    private void unlock() {
        readyCount = ready.size();
        scheduleExpiry();
        lock.unlock();
    }

    private boolean isFull(Message message) {
        return (maxLength >= 0 && ready.size() >= maxLength)
                || (maxBytes >= 0 && ready.bytes() + message.body().length > maxBytes);
    }

    private void dropOverflow() {
        while ((maxLength >= 0 && ready.size() > maxLength) || (maxBytes >= 0 && ready.bytes() > maxBytes)) {
            QueuedMessage oldest = ready.pollLeast();
            if (oldest == null) {
                return;
            }
            drop(oldest, Reason.MAXLEN);
        }
    }

    /** Counts a message that the queue holds from now on, or with -1 no longer. */
    private void countPersistent(Message message, int change) {
        if (message.header().persistent()) {
            persistent += change;
            persistentBytes += (long) change * message.body().length;
        }
    }

    private void countUnacked(QueuedMessage message, int change) {
        unacked += change;
        unackedBytes += (long) change * message.message.body().length;
    }

    private void drop(QueuedMessage message, @Nullable Reason reason) {
        if (reason != null) {
            deadLetters.add(message.message, reason);
        }
        watermark().remove(message.message.footprint());
        countPersistent(message.message, -1);
        message.message.release(memory());
    }

    private @Nullable QueuedMessage peekLive() {
        long now = 0;
        for (QueuedMessage next = ready.peek(); next != null; next = ready.peek()) {
            if (next.expiresAt == QueuedMessage.NEVER) {
                return next;
            }
            now = now == 0 ? System.nanoTime() : now;
            if (next.expiresAt - now > 0) {
                return next;
            }
            ready.poll();
            drop(next, Reason.EXPIRED);
        }
        return null;
    }

    /** Hands out ready messages while there is a consumer with room; under the lock. */
    private void pump(boolean offered) {
        while ((offered && justOffered()) || peekLive() != null) {
            QueueConsumer consumer = reserve();
            if (consumer == null) {
                return;
            }
            QueuedMessage message = Objects.requireNonNull(ready.poll());
            countDelivery(message, consumer.noAck() ? MessageEvent.DELIVER_NO_ACK : MessageEvent.DELIVER);
            if (consumer.noAck()) {
                watermark().remove(message.message.footprint());
                countPersistent(message.message, -1);
            } else {
                countUnacked(message, 1);
            }
            consumer.deliver(message);
        }
    }

    /** A message with a time to live of 0 can go to a consumer only at the moment it is published. */
    private boolean justOffered() {
        QueuedMessage next = ready.peek();
        return next != null && next.position == nextPosition - 1 && ready.size() == 1;
    }

    private @Nullable QueueConsumer reserve() {
        for (int i = 0; i < consumers.size(); i++) {
            QueueConsumer consumer = consumers.get(i);
            if (consumer.reserve()) {
                rotate(i, consumer);
                return consumer;
            }
            if (singleActive) {
                return null;
            }
        }
        return null;
    }

    /** Moves a consumer behind the others of its priority, so that they take turns. */
    private void rotate(int at, QueueConsumer consumer) {
        int last = at;
        while (last + 1 < consumers.size() && consumers.get(last + 1).priority() == consumer.priority()) {
            last++;
        }
        if (last > at && !singleActive) {
            consumers.remove(at);
            consumers.add(last, consumer);
        }
    }

    private void scheduleExpiry() {
        QueuedMessage next = ready.peek();
        if (next == null
                || next.expiresAt == QueuedMessage.NEVER
                || isDeleted()
                || (ttlTimer != null && next.expiresAt - ttlTimerAt >= 0)) {
            return;
        }
        if (ttlTimer != null) {
            ttlTimer.cancel(false);
        }
        ttlTimerAt = next.expiresAt;
        ttlTimer = timers().schedule(
                        this::expireMessages, Math.max(0, ttlTimerAt - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    private void expireMessages() {
        lock.lock();
        try {
            ttlTimer = null;
            peekLive();
        } finally {
            unlock();
        }
    }

    @Override
    public void subscribe(QueueConsumer consumer, Runnable added) {
        super.subscribe(consumer, added);
        deliver();
    }

    @Override
    public void deliver() {
        if (readyCount > 0) {
            lock.lock();
            try {
                pump(false);
            } finally {
                unlock();
            }
        }
    }

    @Override
    public @Nullable QueuedMessage take(boolean noAck) {
        lock.lock();
        try {
            touch();
            peekLive();
            QueuedMessage message = ready.poll();
            if (message == null) {
                count(MessageEvent.GET_EMPTY);
            } else {
                countUnacked(message, 1);
                countDelivery(message, noAck ? MessageEvent.GET_NO_ACK : MessageEvent.GET);
            }
            return message;
        } finally {
            unlock();
        }
    }

    @Override
    public void written(QueuedMessage message) {
        message.message.release(memory());
    }

    @Override
    public void fetched(QueuedMessage message) {
        settle(message);
    }

    @Override
    public void acknowledge(QueuedMessage message) {
        count(MessageEvent.ACK);
        settle(message);
    }

    private void settle(QueuedMessage message) {
        lock.lock();
        try {
            if (isDeleted()) {
                message.message.release(memory());
                return;
            }
            countUnacked(message, -1);
            drop(message, null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void requeue(Collection<QueuedMessage> messages, Return why) {
        lock.lock();
        try {
            for (QueuedMessage message : messages) {
                if (isDeleted()) {
                    message.message.release(memory());
                    continue;
                }
                countUnacked(message, -1);
                message.returned++;
                if (why != Return.NACKED || profile.countsNegativeAcknowledgements()) {
                    message.failed++;
                }
                if (deliveryLimit >= 0 && message.failed > deliveryLimit) {
                    drop(message, Reason.DELIVERY_LIMIT);
                } else if (quorum && deliveryLimit < 0 && why != Return.CHANNEL_ENDED && profile.returnsToTheEnd()) {
                    ready.add(message.at(nextPosition++));
                } else {
                    ready.restore(message);
                }
            }
            if (!isDeleted()) {
                dropOverflow();
                pump(false);
            }
        } finally {
            unlock();
        }
    }

    @Override
    public void reject(QueuedMessage message) {
        lock.lock();
        try {
            if (isDeleted()) {
                message.message.release(memory());
                return;
            }
            countUnacked(message, -1);
            drop(message, Reason.REJECTED);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int purge() {
        lock.lock();
        try {
            int count = ready.size();
            clearReady();
            return count;
        } finally {
            unlock();
        }
    }

    private void clearReady() {
        for (QueuedMessage next = ready.poll(); next != null; next = ready.poll()) {
            drop(next, null);
        }
    }

    @Override
    void clear() {
        clearReady();
        readyCount = 0;
        if (ttlTimer != null) {
            ttlTimer.cancel(false);
        }
    }

    @Override
    public int readyCount() {
        return readyCount;
    }

    @Override
    public int unackedCount() {
        lock.lock();
        try {
            return unacked;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public QueueContents contents() {
        lock.lock();
        try {
            // A durable queue alone would keep a message over a restart; a quorum queue keeps any.
            boolean keeps = settings().durable();
            long bytes = ready.bytes() + unackedBytes;
            int count = ready.size() + unacked;
            return new QueueContents(
                    ready.size(),
                    ready.bytes(),
                    unacked,
                    unackedBytes,
                    quorum ? count : keeps ? persistent : 0,
                    quorum ? bytes : keeps ? persistentBytes : 0);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isActive(QueueConsumer consumer) {
        List<QueueConsumer> all = consumers();
        return !singleActive || (!all.isEmpty() && all.get(0).equals(consumer));
    }

    @Override
    public Map<String, @Nullable Object> deliveryCounts(QueuedMessage message, boolean fetched) {
        if (!quorum || (message.returned == 0 && !(fetched && profile.tellsFirstFetchCount()))) {
            return Map.of();
        }
        Map<String, @Nullable Object> counts = new LinkedHashMap<>();
        if (profile.tellsAcquiredCount()) {
            counts.put("x-acquired-count", (long) message.returned);
        }
        if (!profile.tellsAcquiredCount() || message.failed > 0) {
            counts.put("x-delivery-count", (long) message.failed);
        }
        return counts;
    }
}
