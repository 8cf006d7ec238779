package dev.parley.kafka;

import dev.parley.AccessDeniedException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.oslo.notify.spi.NotificationSubscriber.Receiver;
import dev.parley.spi.Backoff;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that owns Kafka's consumer: fetches, delivers, commits what is settled, and replaces the consumer when it
 * fails. It never waits for a notification to be settled, so that the group does not take it for dead. Thread-safe.
 */
final class ConsumerLoop {
    private static final Logger log = LoggerFactory.getLogger(ConsumerLoop.class);
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KafkaOptions options;
    private final Supplier<Consumer<byte[], byte[]>> factory;
    private final List<String> topics;
    private final Receiver receiver;
    private final DeadLetters deadLetters;
    private final Backoff backoff = Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10));
    private final Thread thread;
    /** Completes when the group has given this listener its partitions for the first time. */
    private final CompletableFuture<@Nullable Void> joined = new CompletableFuture<>();

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean polling = new AtomicBoolean();
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean stopped;
    private volatile boolean closed;

    // Of the thread alone.
    private final Partitions partitions;
    private long nextCommit = System.nanoTime();
    private boolean delivered;

    /**
     * A loop, not started yet.
     *
     * @param factory makes Kafka's consumer
     * @param fromNow whether a new group starts with what is published from now on
     * @param prefetch how many unsettled notifications a partition may deliver
     */
    ConsumerLoop(
            KafkaOptions options,
            Supplier<Consumer<byte[], byte[]>> factory,
            List<String> topics,
            boolean fromNow,
            int prefetch,
            Receiver receiver,
            DeadLetters deadLetters) {
        this.options = options;
        this.factory = factory;
        this.topics = topics;
        this.receiver = receiver;
        this.deadLetters = deadLetters;
        this.partitions = new Partitions(options, fromNow, prefetch, joined, this::receive);
        this.thread = Thread.ofPlatform().name("parley-kafka-listener").unstarted(this::run);
    }

    /** Starts; the result completes when notifications are delivered, or fails if the broker refuses. */
    CompletableFuture<@Nullable Void> start() {
        thread.start();
        return joined;
    }

    private void run() {
        int failures = 0;
        while (!closed) {
            boolean failed = false;
            try {
                Consumer<byte[], byte[]> made = factory.get();
                consumer = made;
                partitions.use(made);
                made.subscribe(topics, partitions);
                while (!closed) {
                    step(made);
                    failures = 0;
                }
            } catch (RuntimeException | Error e) {
                // Also an error such as a lack of memory: no other thread would go on.
                RpcException error = Errors.of("failed to consume from " + options.shown(), e);
                boolean refused = error instanceof AccessDeniedException || error instanceof InvalidTargetException;
                if (refused && joined.completeExceptionally(error)) {
                    break;
                }
                log.warn("{}; consuming again soon", error.getMessage());
                log.debug("consuming failed", e);
                failed = true;
            } finally {
                closeConsumer();
            }
            if (failed) {
                pause(failures++);
            }
        }
        partitions.loseSuspended();
    }

    private void step(Consumer<byte[], byte[]> kafka) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        deliver();
        if (delivered) {
            delivered = false;
            receiver.endOfBatch();
        }
        pausePartitions(kafka);
        if (!options.autoCommit() && System.nanoTime() - nextCommit >= 0) {
            partitions.commit();
            nextCommit = System.nanoTime() + COMMIT_INTERVAL.toNanos();
        }
        polling.set(true);
        try {
            Duration timeout = options.consumerTimeout();
            if (!tasks.isEmpty() || closed) {
                timeout = Duration.ZERO;
            } else if (partitions.areBusy() && COMMIT_INTERVAL.compareTo(timeout) < 0) {
                timeout = COMMIT_INTERVAL;
            }
            for (ConsumerRecord<byte[], byte[]> message : kafka.poll(timeout)) {
                partitions.fetched(message);
            }
        } catch (WakeupException e) {
            // Something was settled or is to be delivered again.
        } finally {
            polling.set(false);
        }
    }

    private void deliver() {
        for (AssignedPartition partition : partitions.active()) {
            while (!stopped) {
                ConsumerRecord<byte[], byte[]> message = partition.nextToDeliver();
                if (message == null) {
                    break;
                }
                receive(new KafkaDelivery(this, partition, partition.deliver(message), message));
            }
        }
    }

    private void receive(KafkaDelivery delivery) {
        if (stopped) {
            return;
        }
        delivered = true;
        try {
            receiver.received(delivery);
        } catch (RuntimeException e) {
            log.error("failed to take notification {}, delivering it again", delivery, e);
            delivery.requeue(RETRY);
        }
    }

    private void pausePartitions(Consumer<byte[], byte[]> kafka) {
        List<TopicPartition> full = new ArrayList<>();
        List<TopicPartition> ready = new ArrayList<>();
        for (AssignedPartition partition : partitions.active()) {
            boolean pause = stopped || partition.isFull();
            if (partition.pause(pause)) {
                (pause ? full : ready).add(partition.id);
            }
        }
        if (!full.isEmpty()) {
            kafka.pause(full);
        }
        if (!ready.isEmpty()) {
            kafka.resume(ready);
        }
    }

    private void pause(int failures) {
        long end = System.nanoTime() + backoff.pauseNanos(failures);
        while (!closed && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(this, end - System.nanoTime());
        }
    }

    private void closeConsumer() {
        Consumer<byte[], byte[]> old = consumer;
        consumer = null;
        if (old != null) {
            try {
                // Commits what is settled, and leaves the group.
                old.close(CloseOptions.timeout(CLOSE_TIMEOUT));
            } catch (KafkaException e) {
                log.debug("closing a consumer failed", e);
            }
        }
        partitions.closed();
    }

    // --- from any thread -------------------------------------------------------------------------------------------

    private void wake() {
        if (polling.compareAndSet(true, false)) {
            Consumer<byte[], byte[]> kafka = consumer;
            if (kafka != null) {
                kafka.wakeup();
            }
        }
        LockSupport.unpark(thread);
    }

    void settle(KafkaDelivery delivery) {
        if (delivery.partition.settle(delivery.slot)) {
            wake();
        }
    }

    void redeliver(KafkaDelivery delivery, Duration delay) {
        delivery.partition.countRedelivery(delivery.slot);
        Timers.after(delay.toNanos(), () -> deliverAgain(delivery));
    }

    /** Delivers it again, unless nothing is delivered any more: then the next listener of the group gets it. */
    void deliverAgain(KafkaDelivery delivery) {
        tasks.add(() -> partitions.deliverAgain(delivery));
        wake();
    }

    void deadLetter(KafkaDelivery delivery, String reason, String error) {
        deadLetters.publish(delivery.message(), reason, error).whenComplete((nothing, failure) -> {
            if (failure == null) {
                settle(delivery);
            } else {
                log.warn("failed to dead-letter {}, delivering it again: {}", delivery, failure.getMessage());
                redeliver(delivery, RETRY);
            }
        });
    }

    /** Delivers nothing more once this has returned. */
    void stop() {
        stopped = true;
        if (Thread.currentThread() == thread || !thread.isAlive()) {
            return;
        }
        CountDownLatch passed = new CountDownLatch(1);
        tasks.add(passed::countDown);
        wake();
        try {
            passed.await(CLOSE_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Commits what is settled, leaves the group and ends the thread. */
    void close() {
        stopped = true;
        closed = true;
        wake();
        if (Thread.currentThread() == thread || !thread.isAlive()) {
            return;
        }
        try {
            // It commits and leaves the group in this time, with some to spare.
            thread.join(CLOSE_TIMEOUT.multipliedBy(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
