package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTable.Timestamp;
import dev.parley.broker.amqp.ReplyCode;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A queue that keeps its messages after they were read: each consumer has its own position in the log. Messages older
 * than {@code x-max-age} or beyond {@code x-max-length-bytes} are removed one by one (RabbitMQ: segment by segment).
 * Thread-safe.
 */
final class StreamQueue extends MessageQueue {
    private record Entry(QueuedMessage message, long storedAtMillis) {}

    private final ArrayDeque<Entry> log = new ArrayDeque<>();
    private final Map<QueueConsumer, Long> positions = new HashMap<>();
    // What policies change; under the lock.
    private long maxAgeMillis;
    private long maxBytes;
    private @Nullable Future<?> ageTimer;
    private long first;
    private long next;
    private long bytes;

    StreamQueue(String name, QueueSettings settings, QueueHost host, @Nullable QueueOwner owner) {
        super(name, settings, host, owner);
        read(settings);
    }

    private void read(QueueSettings settings) {
        String age = settings.text("x-max-age");
        maxAgeMillis = age == null ? -1 : QueueArguments.ageMillis(age);
        maxBytes = settings.number("x-max-length-bytes", -1);
    }

    @Override
    void configure(QueueSettings effective) {
        read(effective);
        truncate();
        scheduleExpiry();
    }

    @Override
    public boolean offer(Message message) {
        lock.lock();
        try {
            if (isDeleted()) {
                return true;
            }
            Map<String, @Nullable Object> headers =
                    new LinkedHashMap<>(message.header().headers());
            headers.put("x-stream-offset", next);
            Message stored = message.derive(
                    message.exchange(),
                    message.routingKey(),
                    message.header().withoutExpiration().withHeaders(headers));
            stored.retain(memory());
            watermark().add(stored.footprint());
            bytes += stored.body().length;
            log.add(new Entry(new QueuedMessage(stored, next++, QueuedMessage.NEVER, 0), System.currentTimeMillis()));
            count(MessageEvent.PUBLISH);
            if (log.size() == 1) {
                scheduleExpiry();
            }
            truncate();
            pump();
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void truncate() {
        long oldest = maxAgeMillis < 0 ? Long.MIN_VALUE : System.currentTimeMillis() - maxAgeMillis;
        for (Entry head = log.peek(); head != null; head = log.peek()) {
            boolean tooMuch = maxBytes >= 0 && bytes > maxBytes && log.size() > 1;
            if (!tooMuch && head.storedAtMillis > oldest) {
                return;
            }
            log.poll();
            first++;
            drop(head);
        }
    }

    private void drop(Entry entry) {
        Message message = entry.message.message;
        bytes -= message.body().length;
        watermark().remove(message.footprint());
        message.release(memory());
    }

    private void expire() {
        lock.lock();
        try {
            truncate();
            scheduleExpiry();
        } finally {
            lock.unlock();
        }
    }

    private void scheduleExpiry() {
        if (ageTimer != null) {
            ageTimer.cancel(false);
            ageTimer = null;
        }
        Entry head = log.peek();
        if (head != null && maxAgeMillis >= 0 && !isDeleted()) {
            long left = head.storedAtMillis + maxAgeMillis - System.currentTimeMillis();
            ageTimer = timers().schedule(this::expire, Math.max(1, left), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void subscribe(QueueConsumer consumer, Runnable added) {
        if (consumer.noAck()) {
            throw new AmqpException(
                    ReplyCode.NOT_IMPLEMENTED,
                    "automatic acknowledgement not supported by stream queues " + describe());
        }
        if (!consumer.limited()) {
            throw new AmqpException(
                    ReplyCode.PRECONDITION_FAILED, "consumer prefetch count is not set for '" + describe() + "'");
        }
        lock.lock();
        try {
            long position = position(consumer.arguments().get("x-stream-offset"));
            super.subscribe(consumer, added);
            positions.put(consumer, position);
            pump();
        } finally {
            lock.unlock();
        }
    }

    private long position(@Nullable Object offset) {
        return switch (offset) {
            case null -> next;
            case Timestamp at -> since(at.seconds() * 1000);
            case Number number -> Math.max(first, number.longValue());
            case String text ->
                switch (text) {
                    case "first" -> first;
                    case "last" -> Math.max(first, next - 1);
                    case "next" -> next;
                    default -> since(System.currentTimeMillis() - QueueArguments.ageMillis(text));
                };
            default -> throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "invalid x-stream-offset " + offset);
        };
    }

    private long since(long millis) {
        for (Entry entry : log) {
            if (entry.storedAtMillis >= millis) {
                return entry.message.position;
            }
        }
        return next;
    }

    private void pump() {
        positions.replaceAll(this::pump);
    }

    private long pump(QueueConsumer consumer, long position) {
        long at = Math.max(position, first);
        if (at >= next || !consumers.contains(consumer)) {
            return position;
        }
        var entries = log.iterator();
        // A consumer that keeps up is near the end: search from there.
        if (at - first > log.size() / 2) {
            var back = log.descendingIterator();
            ArrayDeque<Entry> rest = new ArrayDeque<>();
            while (back.hasNext() && rest.size() < next - at) {
                rest.push(back.next());
            }
            entries = rest.iterator();
        }
        while (entries.hasNext()) {
            QueuedMessage message = entries.next().message;
            if (message.position < at) {
                continue;
            }
            if (!consumer.reserve()) {
                break;
            }
            at = message.position + 1;
            countDelivery(message, MessageEvent.DELIVER);
            consumer.deliver(message);
        }
        return at;
    }

    @Override
    public void unsubscribe(QueueConsumer consumer) {
        lock.lock();
        try {
            positions.remove(consumer);
        } finally {
            lock.unlock();
        }
        super.unsubscribe(consumer);
    }

    @Override
    public void deliver() {
        lock.lock();
        try {
            pump();
        } finally {
            lock.unlock();
        }
    }

    @Override
    void clear() {
        for (Entry entry = log.poll(); entry != null; entry = log.poll()) {
            drop(entry);
        }
        positions.clear();
    }

    @Override
    public @Nullable QueuedMessage take(boolean noAck) {
        throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "basic.get not supported by stream queues " + describe());
    }

    @Override
    public void written(QueuedMessage message) {}

    @Override
    public void fetched(QueuedMessage message) {}

    @Override
    public void acknowledge(QueuedMessage message) {
        count(MessageEvent.ACK);
    }

    @Override
    public void requeue(Collection<QueuedMessage> messages) {}

    @Override
    public void reject(QueuedMessage message) {}

    @Override
    public int purge() {
        throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "purge not supported by stream queues " + describe());
    }

    @Override
    public int readyCount() {
        lock.lock();
        try {
            return log.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int unackedCount() {
        return 0;
    }

    @Override
    public QueueContents contents() {
        lock.lock();
        try {
            return new QueueContents(log.size(), bytes, 0, 0, log.size(), bytes);
        } finally {
            lock.unlock();
        }
    }
}
