package dev.parley.oslo.notify.send;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.notify.NotifierCounts;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The encoded notifications that the broker has not confirmed yet, in order, limited in number and size. The first ones
 * of them are with the publisher. Thread-safe; nothing blocks but {@link #flush} and {@link #close}.
 */
final class Outbox {
    /** How many notifications and bytes the publisher has at most: enough to keep the broker busy. */
    private static final int WINDOW = 4096;

    private static final long WINDOW_BYTES = 16 << 20;
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A notification with deadline zero is sent only if there is a connection; the confirm may take this long. */
    private static final Duration CONFIRM = Duration.ofSeconds(5);

    /**
     * The size of an outbox.
     *
     * @param count the maximum number of notifications
     * @param bytes the maximum number of bytes of their messages
     */
    record Size(int count, long bytes) {}

    private final NotificationPublisher publisher;
    private final @Nullable String exchange;
    private final Size max;
    private final FailureReports reports;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<OutboxEntry> waiting = new ArrayDeque<>(); // Guarded by lock, as all that follows.
    private long numbers;
    private int count;
    private long bytes;
    private int sent;
    private long sentBytes;
    private long confirmed;
    private long failed;
    private boolean pumping;
    private boolean closed;
    private @Nullable ScheduledFuture<?> sweep;
    /** Failures to report once the lock is free. */
    private final Queue<Runnable> failures = new ConcurrentLinkedQueue<>();

    Outbox(NotificationPublisher publisher, @Nullable String exchange, Size max, FailureReports reports) {
        this.publisher = publisher;
        this.exchange = exchange;
        this.max = max;
        this.reports = reports;
    }

    void start() {
        publisher.start();
        sweep = Timers.every(SWEEP_NANOS, this::expire);
    }

    /** Adds a notification, or fails it. */
    void add(String topic, String priority, byte[] body, Duration deadline) {
        lock.lock();
        try {
            long nanos = nanos(deadline.isZero() ? CONFIRM : deadline);
            OutboxEntry entry = new OutboxEntry(++numbers, topic, priority, body, System.nanoTime() + nanos);
            count++;
            bytes += body.length;
            if (closed) {
                fail(entry, new ConnectionLostException("the notifier is closed"));
            } else if (count > max.count() || bytes > max.bytes()) {
                fail(
                        entry,
                        new OverloadedException("the outbox is full: " + (count - 1) + " notifications of "
                                + (bytes - body.length) + " bytes are waiting for the broker"));
            } else if (deadline.isZero() && !publisher.isConnected()) {
                fail(entry, new ConnectionLostException("no connection to the broker, and the deadline is zero"));
            } else {
                waiting.add(entry);
                pump();
            }
        } finally {
            unlock();
        }
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofNanos(OutboxEntry.MAX_NANOS)) > 0
                ? OutboxEntry.MAX_NANOS
                : duration.toNanos();
    }

    /** Hands over as many notifications as the window allows. */
    private void pump() {
        if (pumping) {
            return; // A publisher that confirms at once has called back; the loop below continues.
        }
        pumping = true;
        try {
            for (OutboxEntry entry = waiting.peek();
                    entry != null && (sent == 0 || sent < WINDOW && sentBytes + entry.body().length <= WINDOW_BYTES);
                    entry = waiting.peek()) {
                waiting.remove();
                send(entry);
            }
        } finally {
            pumping = false;
        }
    }

    private void send(OutboxEntry entry) {
        sent++;
        sentBytes += entry.body().length;
        publisher
                .publish(
                        exchange,
                        entry.topic(),
                        entry.priority(),
                        entry.body(),
                        Duration.ofNanos(Math.max(0, entry.remainingNanos())))
                .whenComplete((nothing, error) -> settled(entry, error));
    }

    private void settled(OutboxEntry entry, @Nullable Throwable error) {
        lock.lock();
        try {
            sent--;
            sentBytes -= entry.body().length;
            if (error == null) {
                confirmed++;
                leave(entry);
            } else {
                fail(entry, rpcException(error));
            }
            pump();
        } finally {
            unlock();
        }
    }

    private static RpcException rpcException(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof RpcException rpc
                ? rpc
                : new ConnectionLostException("failed to publish: " + cause, cause);
    }

    private void fail(OutboxEntry entry, RpcException error) {
        failed++;
        leave(entry);
        failures.add(() -> reports.report(entry, error));
    }

    private void leave(OutboxEntry entry) {
        count--;
        bytes -= entry.body().length;
        if (count == 0) {
            emptied.signalAll();
        }
    }

    private void expire() {
        lock.lock();
        try {
            for (Iterator<OutboxEntry> each = waiting.iterator(); each.hasNext(); ) {
                OutboxEntry entry = each.next();
                if (entry.remainingNanos() <= 0) {
                    each.remove();
                    fail(
                            entry,
                            new RpcTimeoutException("the notification could not be sent in time"
                                    + (publisher.isConnected() ? "" : ": there is no connection to the broker")));
                }
            }
        } finally {
            unlock();
        }
    }

    private void unlock() {
        lock.unlock();
        // Not under the lock: a handler may publish.
        if (!lock.isHeldByCurrentThread()) {
            for (Runnable failure = failures.poll(); failure != null; failure = failures.poll()) {
                failure.run();
            }
        }
    }

    /** Waits until nothing is left, but no longer than this; returns whether nothing is left. */
    boolean flush(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos(timeout);
            while (count > 0 && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return count == 0;
        } finally {
            lock.unlock();
        }
    }

    NotifierCounts counts() {
        lock.lock();
        try {
            return new NotifierCounts(confirmed, failed, count, 0);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for what is left, fails the rest, and closes the publisher. */
    void close(Duration timeout) throws InterruptedException {
        try {
            flush(timeout);
        } finally {
            lock.lock();
            try {
                closed = true;
                if (sweep != null) {
                    sweep.cancel(false);
                }
                for (OutboxEntry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
                    fail(entry, new ConnectionLostException("closed before the broker confirmed the notification"));
                }
            } finally {
                unlock();
            }
            publisher.close();
        }
    }
}
