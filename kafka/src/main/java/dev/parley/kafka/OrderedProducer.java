package dev.parley.kafka;

import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.RpcException;
import dev.parley.spi.Backoff;
import dev.parley.spi.Guard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes records in the order in which they are handed over, each with a deadline of its own. Thread-safe.
 *
 * <p>A thread owns Kafka's producer, since making one, and its {@code send} while it does not know the topic, would
 * block the caller. Until the broker is reachable, records wait here, where a deadline that passes takes them away for
 * good. Kafka's own producer keeps what it has accepted and sends it whenever it can, without duplicates; only if it
 * has made no progress when the deadline of such a record passes, it is replaced, so that nothing is sent that was
 * reported as failed, and what has time left is sent again by its successor.
 */
final class OrderedProducer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OrderedProducer.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Nothing happens by itself then. */
    private static final long IDLE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    /** How long a record that was sent may wait for its confirm at least, whatever its deadline. */
    private static final long MIN_CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final String broker;
    private final Supplier<Producer<byte[], byte[]>> factory;
    private final boolean ordered;
    private final int seed = System.identityHashCode(this);
    private final Backoff backoff = Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10));
    private final Queue<Publication> inbox = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean parked;
    private volatile boolean closed;
    private volatile boolean ended;
    private volatile boolean mustReplace;
    private final AtomicInteger generation = new AtomicInteger();
    private volatile long lastConfirm = System.nanoTime();
    private volatile @Nullable Throwable lastError;
    private volatile @Nullable Metric connections;

    // Of the thread alone.
    private final Map<String, Deque<Publication>> waiting = new HashMap<>();
    private final Deque<Publication> sent = new ArrayDeque<>();
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable Throwable sendError;
    private int failures;
    private long nextProducer = System.nanoTime();
    private long nextTick = System.nanoTime();
    private long retryPause = FIRST_RETRY_NANOS;

    /**
     * A producer, not started yet.
     *
     * @param broker the address for people
     * @param factory makes Kafka's producer; its {@code send} must not block
     * @param ordered whether all records of a topic go to one partition, which keeps their order
     */
    OrderedProducer(String broker, Supplier<Producer<byte[], byte[]>> factory, boolean ordered) {
        this.broker = broker;
        this.factory = factory;
        this.ordered = ordered;
        this.thread =
                Thread.ofPlatform().daemon().name("parley-kafka-publisher").unstarted(this::run);
    }

    /** Starts to connect. Returns at once. */
    void start() {
        thread.start();
    }

    /** Publishes a record; its future tells the outcome. Never blocks. */
    void publish(Publication publication) {
        inbox.add(publication);
        if (ended) {
            failAll(inbox);
        } else if (parked) {
            LockSupport.unpark(thread);
        }
    }

    /** Whether there is a connection to a broker now. */
    boolean isConnected() {
        Metric count = connections;
        return count != null && count.metricValue() instanceof Number number && number.doubleValue() > 0;
    }

    private void run() {
        while (!closed) {
            Guard.run("parley-kafka-publisher", this::step, error -> {
                // No other thread would go on. The pause is one that publishing and closing do not end.
                lastError = error;
                mustReplace = true;
                LockSupport.parkNanos(TICK_NANOS);
            });
        }
        generation.incrementAndGet();
        closeProducer();
        ended = true;
        failAll(sent);
        waiting.values().forEach(OrderedProducer::failAll);
        failAll(inbox);
    }

    private void step() {
        take();
        if (mustReplace) {
            replace("it failed", lastError);
        }
        boolean retry = !ensureProducer() || !send();
        forgetConfirmed();
        long now = System.nanoTime();
        if (now - nextTick >= 0) {
            expire(now);
            nextTick = now + TICK_NANOS;
        }
        park(retry);
    }

    private void take() {
        for (Publication next = inbox.poll(); next != null; next = inbox.poll()) {
            waiting.computeIfAbsent(next.topic, topic -> new ArrayDeque<>()).add(next);
        }
    }

    private void park(boolean retry) {
        long nanos = TICK_NANOS;
        if (retry && !waiting.isEmpty()) {
            nanos = retryPause;
            retryPause = Math.min(2 * retryPause, TICK_NANOS);
        } else {
            retryPause = FIRST_RETRY_NANOS;
            if (sent.isEmpty() && producer != null) {
                nanos = IDLE_NANOS;
            }
        }
        parked = true;
        if (inbox.isEmpty() && !closed && !mustReplace) {
            LockSupport.parkNanos(this, nanos);
        }
        parked = false;
    }

    private boolean ensureProducer() {
        if (producer != null) {
            return true;
        } else if (System.nanoTime() - nextProducer < 0) {
            return false;
        }
        try {
            Producer<byte[], byte[]> made = factory.get();
            producer = made;
            connections = made.metrics().entrySet().stream()
                    .filter(entry -> entry.getKey().name().equals("connection-count")
                            && entry.getKey().group().equals("producer-metrics"))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
            return true;
        } catch (RuntimeException e) {
            failed(e);
            log.warn(
                    "failed to set up a producer for {}, retrying: {}",
                    broker,
                    Errors.of("it", e).getMessage());
            return false;
        }
    }

    private void failed(Throwable error) {
        lastError = error;
        nextProducer = System.nanoTime() + backoff.pauseNanos(failures++);
    }

    /** Hands over what it can; whether that is everything. */
    private boolean send() {
        boolean all = true;
        for (Iterator<Deque<Publication>> queues = waiting.values().iterator(); queues.hasNext(); ) {
            Deque<Publication> queue = queues.next();
            while (!queue.isEmpty() && trySend(queue.getFirst())) {
                queue.removeFirst();
            }
            if (queue.isEmpty()) {
                queues.remove();
            } else {
                all = false;
            }
        }
        return all;
    }

    /** Whether a record was handed over or has failed for good. */
    private boolean trySend(Publication publication) {
        Producer<byte[], byte[]> kafka = producer;
        if (kafka == null || mustReplace) {
            return false;
        } else if (publication.isDone()) {
            return true;
        }
        publication.sentAt = System.nanoTime();
        publication.producer = generation.get();
        sendError = null;
        try {
            Integer partition = ordered ? partition(kafka, publication.topic) : null;
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(publication.topic, partition, publication.key, publication.body);
            publication.headers.forEach((name, value) -> record.headers().add(name, value));
            kafka.send(record, (metadata, error) -> completed(publication, error));
        } catch (KafkaException | IllegalStateException e) {
            sendError = e;
        }
        Throwable error = sendError;
        if (error == null) {
            sent.add(publication);
            retryPause = FIRST_RETRY_NANOS;
            return true;
        } else if (Errors.isFinal(error)) {
            publication.fail(Errors.of("failed to publish to topic " + publication.topic, error));
            return true;
        } else if (Errors.isDenied(error)) {
            lastError = error;
        } else if (!(error instanceof TimeoutException)) {
            // Not a topic that is unknown so far, or a full buffer: it will not work any more.
            lastError = error;
            mustReplace = true;
        }
        return false;
    }

    private int partition(Producer<byte[], byte[]> kafka, String topic) {
        int partitions = kafka.partitionsFor(topic).size();
        return partitions <= 1 ? 0 : Math.floorMod(31 * seed + topic.hashCode(), partitions);
    }

    /** On a thread of Kafka's, or within {@code send}. */
    private void completed(Publication publication, @Nullable Throwable error) {
        if (error == null) {
            lastConfirm = System.nanoTime();
            lastError = null;
            publication.confirm();
        } else if (Thread.currentThread() == thread && producer != null && publication.producer == generation.get()) {
            sendError = error;
        } else if (publication.producer == generation.get()) {
            if (Errors.isFinal(error)) {
                publication.fail(Errors.of("failed to publish to topic " + publication.topic, error));
            } else {
                lastError = error;
                mustReplace = true;
                LockSupport.unpark(thread);
            }
        }
    }

    private void forgetConfirmed() {
        while (!sent.isEmpty() && sent.getFirst().isDone()) {
            sent.removeFirst();
            failures = 0;
        }
    }

    private void expire(long now) {
        for (Deque<Publication> queue : waiting.values()) {
            queue.removeIf(publication -> {
                if (now - publication.deadline >= 0) {
                    publication.fail(notSent(publication.topic));
                }
                return publication.isDone();
            });
        }
        waiting.values().removeIf(Deque::isEmpty);
        boolean stuck = false;
        for (Publication publication : sent) {
            if (!publication.isDone()
                    && now - publication.deadline >= 0
                    && now - publication.sentAt >= MIN_CONFIRM_NANOS) {
                stuck |= lastConfirm - publication.sentAt < 0;
                publication.fail(new ConnectionLostException("the broker did not confirm a notification to topic "
                        + publication.topic + " before its deadline: it is unknown whether it was published"));
            }
        }
        if (stuck) {
            replace("it made no progress", null);
        }
    }

    private RpcException notSent(String topic) {
        String what = "a notification to topic " + topic + " was not sent before its deadline: ";
        Throwable error = lastError;
        if (error != null && Errors.isDenied(error)) {
            return Errors.of(what + broker, error);
        } else if (!isConnected()) {
            return new ConnectionLostException(
                    what + "no broker of " + broker + " is reachable"
                            + (error == null ? "" : " (" + error.getMessage() + ")"),
                    error);
        }
        return new DeliveryException(
                what + "the broker does not know the topic, or does not take more at the moment", error);
    }

    /** Kafka's producer is given up, and what it has not confirmed is sent again by the next one, in order. */
    private void replace(String why, @Nullable Throwable error) {
        log.warn(
                "replacing the producer for {}, because {}{}",
                broker,
                why,
                error == null ? "" : ": " + error.getMessage());
        // What the old one still reports is not heard.
        generation.incrementAndGet();
        mustReplace = false;
        closeProducer();
        while (!sent.isEmpty()) {
            Publication last = sent.removeLast();
            if (!last.isDone()) {
                waiting.computeIfAbsent(last.topic, topic -> new ArrayDeque<>()).addFirst(last);
            }
        }
        if (error == null) {
            nextProducer = System.nanoTime();
        } else {
            failed(error);
        }
    }

    private void closeProducer() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        connections = null;
        if (old != null) {
            try {
                old.close(Duration.ZERO);
            } catch (KafkaException e) {
                log.debug("closing a producer failed", e);
            }
        }
    }

    private static void failAll(Queue<Publication> queue) {
        for (Publication next = queue.poll(); next != null; next = queue.poll()) {
            next.fail(new ConnectionLostException("the connection to Kafka is closed"));
        }
    }

    /** Ends the connection. What is not confirmed yet fails. */
    @Override
    public void close() {
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            ended = true;
            failAll(inbox);
            return;
        }
        LockSupport.unpark(thread);
        try {
            // Not longer: what hears of a confirm, on a thread that this one waits for, may close it.
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
