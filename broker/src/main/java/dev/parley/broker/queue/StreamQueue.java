package dev.parley.broker.queue;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.FieldTable.Timestamp;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.profile.RabbitMqProfile;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A queue that keeps its messages after they were read: each consumer has its own position in the log. Messages older
 * than {@code x-max-age} or beyond {@code x-max-length-bytes} are removed one by one (RabbitMQ: segment by segment).
 * Thread-safe.
 */
final class StreamQueue extends MessageQueue {
    /** A message that is stored; {@code filterValue} is empty if it has none. */
    private record Entry(QueuedMessage message, long storedAtMillis, String filterValue) {}

    private final ArrayDeque<Entry> log = new ArrayDeque<>();
    private final Map<QueueConsumer, Long> positions = new HashMap<>();
    private final Map<QueueConsumer, StreamFilter> filters = new HashMap<>();
    private final RabbitMqProfile profile;
    // What policies change; under the lock.
    private long maxAgeMillis;
    private long maxBytes;
    private @Nullable Future<?> ageTimer;
    private long first;
    private long next;
    private long bytes;

    StreamQueue(String name, QueueSettings settings, QueueHost host, @Nullable QueueOwner owner) {
        super(name, settings, host, owner);
        this.profile = host.profile();
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
                    storedHeaders(message.header().headers());
            String filterValue = headers.get("x-stream-filter-value") instanceof String text ? text : "";
            headers.put("x-stream-offset", next);
            Message stored = message.derive(
                    message.exchange(), message.routingKey(), message.header().withHeaders(headers));
            stored.retain(memory());
            watermark().add(stored.footprint());
            bytes += stored.body().length;
            log.add(new Entry(
                    new QueuedMessage(stored, next++, QueuedMessage.NEVER, 0),
                    System.currentTimeMillis(),
                    filterValue));
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

    /** A stream keeps no nested values, except for the copies that a newer RabbitMQ keeps. */
    private Map<String, @Nullable Object> storedHeaders(Map<String, @Nullable Object> headers) {
        Map<String, @Nullable Object> stored = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            boolean nested = value instanceof Map || value instanceof List;
            if (!nested || (name.equals("CC") && profile.streamsKeepCopies())) {
                stored.put(name, value);
            }
        });
        return stored;
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
            throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, profile.noAutomaticAcknowledgement(describe()));
        }
        if (consumer.prefetch() == 0) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, profile.noPrefetch(describe()));
        }
        StreamFilter filter = profile.filtersStreams() ? StreamFilter.of(consumer.arguments()) : StreamFilter.NONE;
        lock.lock();
        try {
            long position = position(consumer.arguments());
            super.subscribe(consumer, added);
            filters.put(consumer, filter);
            positions.put(consumer, position);
            pump();
        } finally {
            lock.unlock();
        }
    }

    private long position(Map<String, @Nullable Object> arguments) {
        if (!arguments.containsKey("x-stream-offset")) {
            return next;
        }
        Object offset = arguments.get("x-stream-offset");
        return switch (offset) {
            case Timestamp at -> since(at.seconds() * 1000);
            case Number number -> Math.max(first, number.longValue());
            case String text ->
                switch (text) {
                    case "first" -> first;
                    case "last" -> Math.max(first, next - 1);
                    case "next" -> next;
                    default -> {
                        if (!QueueArguments.isAge(text)) {
                            throw QueueArguments.invalidOffset(describe(), text, profile);
                        }
                        yield since(System.currentTimeMillis() - QueueArguments.ageMillis(text));
                    }
                };
            case null, default -> throw QueueArguments.invalidOffset(describe(), offset, profile);
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
        StreamFilter filter = filters.getOrDefault(consumer, StreamFilter.NONE);
        while (entries.hasNext()) {
            Entry entry = entries.next();
            QueuedMessage message = entry.message;
            if (message.position < at) {
                continue;
            }
            if (!filter.accepts(entry.filterValue)) {
                at = message.position + 1;
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
            filters.remove(consumer);
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
        filters.clear();
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
    public void requeue(Collection<QueuedMessage> messages, Return why) {
        if (why != Return.CHANNEL_ENDED) {
            negativelyAcknowledge();
        }
    }

    @Override
    public void reject(QueuedMessage message) {
        negativelyAcknowledge();
    }

    private void negativelyAcknowledge() {
        if (!profile.acceptsNegativeAcknowledgementsOfStreams()) {
            throw new AmqpException(
                    ReplyCode.NOT_IMPLEMENTED,
                    "basic.nack and basic.reject not supported by stream queues " + describe());
        }
    }

    @Override
    public int purge() {
        throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, "queue.purge not supported by stream queues " + describe());
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
