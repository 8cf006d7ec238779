package dev.parley.oslo.notify.bridge.log;

import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Publishes log records as notifications, on a thread of its own: whoever logs only puts the record in a bounded queue,
 * and a record that finds it full is dropped and counted.
 *
 * <p>Publishing may log, and must not cause itself: {@link #accepts} refuses the records of the loggers that take part
 * in publishing, and those made on the publishing thread or by a handler of failures. Thread-safe.
 */
public final class RecordPublisher implements AutoCloseable {
    /** The name of the publishing thread. */
    public static final String THREAD = "parley-log-notifications";

    /** The loggers of Parley, of the broker clients, and of the notification driver {@code log}. */
    private static final List<String> PUBLISHING_LOGGERS =
            List.of("dev.parley", "com.rabbitmq.client", "org.apache.kafka", "oslo.messaging.notification");

    /** The thread on which a notifier tells of failures; a handler that logs each one would cause the next one. */
    private static final String FAILURES_THREAD = "parley-notify-failures";

    private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Supplier<Notifier> supplier;
    private final boolean closesNotifier;
    private final RecordEvent event;
    private final int maxLength;
    private final Duration closeTimeout;
    private final List<String> skipped;

    /** One permit for each free place in the queue, which itself is unbounded so that the end always fits in. */
    private final Semaphore free;

    private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.ofPlatform().daemon().name(THREAD).unstarted(this::run);
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean abandoned;
    private volatile @Nullable Throwable lastFailure;

    // Confined to the publishing thread.
    private @Nullable Notifier notifier;
    private boolean ended;
    private long reportedLost;
    private long lastReport;

    private RecordPublisher(Builder builder) {
        supplier = builder.supplier;
        closesNotifier = builder.closesNotifier;
        event = builder.event;
        maxLength = builder.maxLength;
        closeTimeout = builder.closeTimeout;
        skipped = List.copyOf(builder.skipped);
        free = new Semaphore(builder.queueSize);
    }

    /** Starts the publishing thread. Does nothing the second time, or after {@link #close}. */
    public void start() {
        if (!closed.get() && started.compareAndSet(false, true)) {
            thread.start();
        }
    }

    /** Whether a record that this thread makes with this logger is to be published. */
    public boolean accepts(String logger) {
        Thread current = Thread.currentThread();
        if (closed.get() || current == thread || current.getName().equals(FAILURES_THREAD)) {
            return false;
        }
        for (String prefix : skipped) {
            if (logger.startsWith(prefix)
                    && (logger.length() == prefix.length() || logger.charAt(prefix.length()) == '.')) {
                return false;
            }
        }
        return true;
    }

    /** Publishes a record, or drops it if the queue is full. Never blocks and never throws. */
    public void publish(LoggedRecord record) {
        if (closed.get()) {
            return;
        }
        if (free.tryAcquire()) {
            queue.add(() -> send(record));
        } else {
            dropped.increment();
        }
    }

    /** Counts a record that could not be read, because of this error. Never blocks and never throws. */
    public void unreadable(Throwable error) {
        failed.increment();
        lastFailure = error;
        if (!closed.get() && free.tryAcquire()) {
            queue.add(free::release); // The thread reports after it.
        }
    }

    /** How many records were dropped because the queue was full. */
    public long dropped() {
        return dropped.sum();
    }

    /** How many records could not be handed to the notifier. */
    public long failed() {
        return failed.sum();
    }

    /**
     * Publishes what is in the queue, for at most the close timeout, and closes the notifier if it is this object's own.
     * If the thread is interrupted it does not wait, and stays interrupted. Does nothing the second time.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true) || !started.get()) {
            return;
        }
        queue.add(() -> ended = true);
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            if (!thread.join(closeTimeout)) {
                abandon();
            }
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
        }
    }

    private void abandon() {
        abandoned = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!ended && !abandoned) {
                queue.take().run();
                report();
            }
        } catch (InterruptedException e) {
            abandoned = true;
        }
        // The end of the queue is no record.
        failed.add(Math.max(0, queue.size() - 1));
        // A leftover interrupt must not cut short what the notifier does to close.
        abandoned |= Thread.interrupted();
        report();
        closeNotifier();
    }

    private void send(LoggedRecord record) {
        free.release();
        try {
            Notifier target = notifier;
            if (target == null) {
                target = supplier.get();
                notifier = target;
            }
            if (event == RecordEvent.ERROR) {
                target.send(Priority.ERROR, "error_notification", record.errorPayload(maxLength));
            } else {
                target.send(record.level().priority(), "logrecord", record.payload(maxLength));
            }
        } catch (Throwable e) { // Whatever it is, the next record deserves its try.
            failed.increment();
            lastFailure = e;
        }
    }

    /** Tells of lost records, once a minute at most; the record is not published since this thread makes it. */
    private void report() {
        long lost = dropped.sum() + failed.sum();
        long now = System.nanoTime();
        if (lost == reportedLost || (reportedLost > 0 && now - lastReport < REPORT_NANOS && !closed.get())) {
            return;
        }
        // Looked up here and not in a field: those who log early must not wait until SLF4J is initialized.
        LoggerFactory.getLogger(RecordPublisher.class)
                .warn(
                        "{} log records did not become notifications ({} found the queue full, {} failed)",
                        lost - reportedLost,
                        dropped.sum(),
                        failed.sum(),
                        lastFailure);
        reportedLost = lost;
        lastReport = now;
        lastFailure = null;
    }

    private void closeNotifier() {
        Notifier own = notifier;
        if (own == null || !closesNotifier) {
            return;
        }
        try {
            own.close();
        } catch (RuntimeException e) {
            LoggerFactory.getLogger(RecordPublisher.class).warn("Cannot close the notifier of log records", e);
        }
    }

    /** A builder for a notifier that somebody else closes. */
    public static Builder with(Notifier notifier) {
        Objects.requireNonNull(notifier, "notifier");
        return new Builder(() -> notifier, false);
    }

    /** A builder for a notifier of its own, which is made on the publishing thread for the first record. */
    public static Builder owning(Supplier<Notifier> supplier) {
        return new Builder(Objects.requireNonNull(supplier, "supplier"), true);
    }

    /** Builds a publisher. Not thread-safe. */
    public static final class Builder {
        private final Supplier<Notifier> supplier;
        private final boolean closesNotifier;
        private final List<String> skipped = new ArrayList<>(PUBLISHING_LOGGERS);
        private RecordEvent event = RecordEvent.RECORD;
        private int queueSize = 1_000;
        private int maxLength = 32_768;
        private Duration closeTimeout = Duration.ofSeconds(5);

        private Builder(Supplier<Notifier> supplier, boolean closesNotifier) {
            this.supplier = supplier;
            this.closesNotifier = closesNotifier;
        }

        /** What a record becomes. The default is {@link RecordEvent#RECORD}. */
        public Builder event(RecordEvent value) {
            event = Objects.requireNonNull(value, "event");
            return this;
        }

        /** The maximum number of records in the queue, at least 1. The default is 1,000. */
        public Builder queueSize(int records) {
            if (records < 1) {
                throw new IllegalArgumentException("the queue size must be at least 1: " + records);
            }
            queueSize = records;
            return this;
        }

        /** The maximum length of a text in characters, at least 1; the rest is cut off. The default is 32,768. */
        public Builder maxLength(int characters) {
            if (characters < 1) {
                throw new IllegalArgumentException("the maximum length must be at least 1: " + characters);
            }
            maxLength = characters;
            return this;
        }

        /** How long {@link RecordPublisher#close} waits for the queue. The default is 5 seconds. */
        public Builder closeTimeout(Duration timeout) {
            if (timeout.isNegative()) {
                throw new IllegalArgumentException("the close timeout must not be negative: " + timeout);
            }
            closeTimeout = timeout;
            return this;
        }

        /** Skips the records of this logger and those below it, in addition to those that take part in publishing. */
        public Builder skip(String logger) {
            skipped.add(Objects.requireNonNull(logger, "logger"));
            return this;
        }

        /** Builds the publisher. */
        public RecordPublisher build() {
            return new RecordPublisher(this);
        }
    }
}
