package dev.parley.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what finally failed to the topic of dead letters, unchanged, with headers for where it came from and why.
 * Connects when there is a first one. Thread-safe.
 */
final class DeadLetters implements AutoCloseable {
    // As in the dead letter queues on AMQP.
    private static final String ORIGIN = "x-first-death-queue";
    private static final String REASON = "x-first-death-reason";
    private static final String ERROR = "x-parley-error";
    private static final String PARTITION = "x-parley-partition";
    private static final String OFFSET = "x-parley-offset";

    private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(30);
    private static final byte[] EMPTY = new byte[0];

    private final String broker;
    private final Supplier<Producer<byte[], byte[]>> factory;
    private final @Nullable String topic;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable OrderedProducer producer;
    private boolean closed;

    /**
     * Dead letters.
     *
     * @param topic the topic for all of them, {@code null} for one per topic
     */
    DeadLetters(String broker, Supplier<Producer<byte[], byte[]>> factory, @Nullable String topic) {
        this.broker = broker;
        this.factory = factory;
        this.topic = topic;
    }

    /** Publishes a record; completes when it is confirmed. */
    CompletableFuture<@Nullable Void> publish(ConsumerRecord<byte[], byte[]> message, String reason, String error) {
        Map<String, byte[]> headers = new HashMap<>();
        for (Header header : message.headers()) {
            headers.put(header.key(), header.value() == null ? EMPTY : header.value());
        }
        // The first death counts: a dead letter that dies again keeps where it came from.
        headers.putIfAbsent(ORIGIN, bytes(message.topic()));
        headers.putIfAbsent(PARTITION, bytes(Integer.toString(message.partition())));
        headers.putIfAbsent(OFFSET, bytes(Long.toString(message.offset())));
        headers.put(REASON, bytes(reason));
        headers.put(ERROR, bytes(error));
        Publication publication = new Publication(
                topic == null ? Topics.deadLetters(message.topic()) : topic,
                message.key(),
                message.value() == null ? EMPTY : message.value(),
                headers,
                System.nanoTime() + CONFIRM_TIMEOUT.toNanos());
        lock.lock();
        try {
            if (closed) {
                publication.fail(new dev.parley.ConnectionLostException("the listener is closed"));
            } else {
                OrderedProducer started = producer;
                if (started == null) {
                    started = new OrderedProducer(broker, factory, true);
                    started.start();
                    producer = started;
                }
                started.publish(publication);
            }
        } finally {
            lock.unlock();
        }
        return publication.confirmed;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        OrderedProducer started;
        lock.lock();
        try {
            closed = true;
            started = producer;
        } finally {
            lock.unlock();
        }
        if (started != null) {
            started.close();
        }
    }
}
