package dev.parley.oslo.notify.send;

import dev.parley.RpcException;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Content;
import dev.parley.oslo.message.ReceivedNotification;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Priority;
import dev.parley.spi.Guard;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the notifications that were given up, and tells the user's handler, one after the other on a thread of its own,
 * so that a handler that blocks in spite of its contract delays nothing else. Thread-safe.
 */
final class FailureReports {
    private static final Logger log = LoggerFactory.getLogger(FailureReports.class);
    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final @Nullable BiConsumer<Notification<?>, RpcException> handler;
    private final Codec codec;
    private final LinkedBlockingQueue<Failure> waiting;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong unlogged = new AtomicLong();
    /** The thread that is in the handler. */
    private volatile @Nullable Thread telling;

    private record Failure(OutboxEntry entry, RpcException error) {}

    /** The content of an encoded notification. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Encoded(byte[] body) implements Content {
        @Override
        public @Nullable String contentType() {
            return null;
        }

        @Override
        public @Nullable String contentEncoding() {
            return null;
        }

        @Override
        public @Nullable String compression() {
            return null;
        }
    }

    /**
     * Reports.
     *
     * @param capacity how many failures may wait for the handler; it is not told of more
     */
    FailureReports(@Nullable BiConsumer<Notification<?>, RpcException> handler, Codec codec, int capacity) {
        this.handler = handler;
        this.codec = codec;
        this.waiting = new LinkedBlockingQueue<>(capacity);
    }

    /** Reports a notification. Does not block. */
    void report(OutboxEntry entry, RpcException error) {
        logSometimes(entry, error);
        // A handler is not told of what it published itself, which would never end.
        if (handler != null && Thread.currentThread() != telling) {
            if (!waiting.offer(new Failure(entry, error))) {
                log.debug("the failure handler is too slow and not told of a notification to topic {}", entry.topic());
            }
            tellInBackground();
        }
    }

    private void logSometimes(OutboxEntry entry, RpcException error) {
        long due = nextLogNanos.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextLogNanos.compareAndSet(due, now + LOG_NANOS)) {
            long others = unlogged.getAndSet(0);
            log.warn(
                    "gave up a notification to topic {}, priority {}{}: {}",
                    entry.topic(),
                    entry.priority(),
                    others == 0 ? "" : ", and " + others + " others since the last such message",
                    error.getMessage());
        } else {
            unlogged.incrementAndGet();
        }
    }

    private void tellInBackground() {
        if (!waiting.isEmpty() && running.compareAndSet(false, true)) {
            Guard.start("parley-notify-failures", () -> {
                try {
                    for (Failure failure = waiting.poll(); failure != null; failure = waiting.poll()) {
                        tell(failure);
                    }
                } finally {
                    running.set(false);
                }
                // A failure that was added in between has found this thread running.
                tellInBackground();
            });
        }
    }

    private void tell(Failure failure) {
        if (handler != null) {
            telling = Thread.currentThread();
            try {
                handler.accept(decode(failure.entry()), failure.error());
            } catch (RuntimeException e) {
                log.warn("the failure handler of a notifier failed", e);
            } finally {
                telling = null;
            }
        }
    }

    @SuppressWarnings("NullAway") // It does not see that T is nullable.
    private Notification<?> decode(OutboxEntry entry) {
        ReceivedNotification read = ReceivedNotification.parse(codec.open(new Encoded(entry.body())), codec.mapper());
        Priority priority = Priority.of(entry.priority());
        return new Notification<>(
                read.messageId(),
                read.publisherId(),
                read.eventType(),
                priority == null ? Priority.INFO : priority,
                read.timestamp(),
                read.payload(Object.class),
                read.context());
    }

    /** Waits until the handler was told of everything. */
    void await(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while ((running.get() || !waiting.isEmpty()) && System.nanoTime() - end < 0) {
            Thread.sleep(1);
        }
        if (unlogged.get() > 0) {
            log.warn("gave up {} more notifications", unlogged.getAndSet(0));
        }
    }
}
