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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The encoded notifications that the broker has not confirmed yet, in order, limited in number and size. The first ones
 * of them are with the publisher; with a {@link Spill} some are on disk. Thread-safe; nothing waits for the broker but
 * {@link #flush} and {@link #close}.
 */
final class Outbox {
    /** How many notifications and bytes the publisher has at most: enough to keep the broker busy. */
    private static final int WINDOW = 4096;

    private static final long WINDOW_BYTES = 16 << 20;
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** A notification with deadline zero is sent only if there is a connection; the confirm may take this long. */
    private static final Duration CONFIRM = Duration.ofSeconds(5);

    /** What can be kept on disk does not wait longer than this for a connection when the notifier is closed. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

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
    private final @Nullable Spill spill;
    private final ArrayDeque<OutboxEntry> waiting = new ArrayDeque<>(); // Guarded by lock, as all that follows.
    private final NavigableMap<Long, OutboxEntry> sent = new TreeMap<>();
    private long sentBytes;
    private long numbers;
    /** Of those in memory alone. */
    private int count;

    private long bytes;
    private long confirmed;
    private long failed;
    private boolean pumping;
    private boolean closed;
    private @Nullable ScheduledFuture<?> sweep;
    /** Failures to report once the lock is free. */
    private final Queue<Runnable> failures = new ConcurrentLinkedQueue<>();

    /**
     * An outbox, not started yet.
     *
     * @param store what is on disk, {@code null} if nothing is kept there
     */
    Outbox(
            NotificationPublisher publisher,
            @Nullable String exchange,
            Size max,
            FailureReports reports,
            @Nullable SpillStore store) {
        this.publisher = publisher;
        this.exchange = exchange;
        this.max = max;
        this.reports = reports;
        numbers = Spill.lastNumber(store);
        spill = store == null ? null : new Spill(store, this, lock, max);
    }

    void start() {
        publisher.start();
        sweep = Timers.every(SWEEP_NANOS, this::expire);
        if (spill != null) {
            spill.start();
        }
    }

    /** Adds a notification, or fails it. */
    void add(String topic, String priority, byte[] body, Duration deadline) {
        OutboxEntry toDisk = null;
        long nanos = nanos(deadline.isZero() ? CONFIRM : deadline);
        lock.lock();
        try {
            OutboxEntry entry = new OutboxEntry(++numbers, exchange, topic, priority, body, System.nanoTime() + nanos);
            boolean connected = publisher.isConnected();
            boolean behind = spill != null && spill.isBehind();
            boolean full = count >= max.count() || bytes + body.length > max.bytes();
            if (closed) {
                reject(entry, new ConnectionLostException("the notifier is closed"));
            } else if (spill != null && (behind || full || !connected) && spill.take(entry)) {
                toDisk = entry;
            } else if (behind || full) {
                reject(
                        entry,
                        new OverloadedException("the outbox is full: " + count + " notifications of " + bytes
                                + " bytes are waiting for the broker"));
            } else if (deadline.isZero() && !connected) {
                reject(entry, new ConnectionLostException("no connection to the broker, and the deadline is zero"));
            } else {
                count++;
                bytes += body.length;
                waiting.add(entry);
                pump();
            }
        } finally {
            unlock();
        }
        if (toDisk != null) {
            Spill.await(toDisk.written());
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
            for (OutboxEntry entry = waiting.peek(); entry != null && hasRoomFor(entry); entry = waiting.peek()) {
                waiting.remove();
                send(entry);
            }
        } finally {
            pumping = false;
        }
    }

    private boolean hasRoomFor(OutboxEntry entry) {
        return sent.isEmpty() || sent.size() < WINDOW && sentBytes + entry.body().length <= WINDOW_BYTES;
    }

    private void send(OutboxEntry entry) {
        sent.put(entry.number(), entry);
        sentBytes += entry.body().length;
        // What is kept on disk is not given up.
        long nanos = spill == null ? Math.max(0, entry.remainingNanos()) : OutboxEntry.MAX_NANOS;
        publisher
                .publish(entry.exchange(), entry.topic(), entry.priority(), entry.body(), Duration.ofNanos(nanos))
                .whenComplete((nothing, error) -> settled(entry, error));
    }

    private void settled(OutboxEntry entry, @Nullable Throwable error) {
        lock.lock();
        try {
            sent.remove(entry.number());
            sentBytes -= entry.body().length;
            if (error == null) {
                confirmed++;
                leave(entry);
            } else {
                notSent(entry, rpcException(error));
            }
            pump();
            if (spill != null && spill.isBehind()) {
                spill.wakeUp();
            }
        } finally {
            unlock();
        }
    }

    private void notSent(OutboxEntry entry, RpcException error) {
        boolean temporary = error instanceof ConnectionLostException
                || error instanceof RpcTimeoutException
                || error instanceof OverloadedException;
        if (spill != null && temporary && entry.onDisk) {
            spill.back(entry);
        } else if (spill != null && temporary && !closed && spill.take(entry)) {
            forget(entry);
        } else {
            leave(entry);
            reject(entry, error);
        }
    }

    private static RpcException rpcException(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof RpcException rpc
                ? rpc
                : new ConnectionLostException("failed to publish: " + cause, cause);
    }

    /** An entry is confirmed, or has failed finally. */
    private void leave(OutboxEntry entry) {
        entry.settled = true;
        if (entry.onDisk && spill != null) {
            spill.settled(entry);
        } else {
            forget(entry);
        }
        signalIfEmpty();
    }

    /** An entry is not in memory any more. */
    private void forget(OutboxEntry entry) {
        count--;
        bytes -= entry.body().length;
    }

    private boolean isEmpty() {
        return count == 0 && (spill == null || spill.stored() + spill.writing() == 0);
    }

    private void signalIfEmpty() {
        if (isEmpty() || closed) {
            emptied.signalAll();
        }
    }

    /** Fails an entry that counts nowhere. With the lock. */
    void reject(OutboxEntry entry, RpcException error) {
        failed++;
        failures.add(() -> reports.report(entry, error));
        signalIfEmpty();
    }

    /** What should be written to disk now. With the lock. */
    List<OutboxEntry> entriesToPersist(boolean all) {
        List<OutboxEntry> entries = new ArrayList<>();
        if (spill != null && !spill.isFull() && (all || !publisher.isConnected() || anyLate())) {
            for (OutboxEntry entry : sent.values()) {
                if (!entry.onDisk) {
                    entries.add(entry);
                }
            }
            entries.addAll(waiting);
        }
        return entries;
    }

    private boolean anyLate() {
        return sent.values().stream().anyMatch(entry -> !entry.onDisk && entry.isLate())
                || waiting.stream().anyMatch(OutboxEntry::isLate);
    }

    /** An entry was written to disk; returns whether that is the only place where it is now. With the lock. */
    boolean persisted(OutboxEntry entry) {
        entry.onDisk = true;
        forget(entry);
        return waiting.remove(entry);
    }

    /** Whether something from the disk may be sent now. With the lock. */
    boolean canSendStored() {
        return waiting.isEmpty()
                && publisher.isConnected()
                && sent.size() < WINDOW
                && (sent.isEmpty() || sentBytes < WINDOW_BYTES);
    }

    /** Sends an entry from the disk unless it is with the publisher already; returns whether it did. With the lock. */
    boolean sendStored(OutboxEntry entry) {
        if (sent.containsKey(entry.number())) {
            return false;
        }
        send(entry);
        return true;
    }

    private void expire() {
        lock.lock();
        try {
            if (spill != null && !spill.isFull()) {
                return; // They go to disk instead.
            }
            for (Iterator<OutboxEntry> each = waiting.iterator(); each.hasNext(); ) {
                OutboxEntry entry = each.next();
                if (entry.isLate()) {
                    each.remove();
                    leave(entry);
                    reject(
                            entry,
                            new RpcTimeoutException("the notification could not be sent in time"
                                    + (publisher.isConnected() ? "" : ": there is no connection to the broker")));
                }
            }
        } finally {
            unlock();
        }
    }

    /** Releases the lock, and reports failures without it, since a handler may publish. */
    void unlock() {
        lock.unlock();
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
            while (!isEmpty() && left > 0) {
                left = emptied.awaitNanos(left);
            }
            return isEmpty();
        } finally {
            lock.unlock();
        }
    }

    NotifierCounts counts() {
        lock.lock();
        try {
            return spill == null
                    ? new NotifierCounts(confirmed, failed, count, 0)
                    : new NotifierCounts(confirmed, failed, count + spill.writing(), spill.stored());
        } finally {
            lock.unlock();
        }
    }

    /** Waits for what is left, fails the rest or leaves it on disk, and closes the publisher. */
    void close(Duration timeout) throws InterruptedException {
        try {
            Duration connecting = spill == null || timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT;
            if (!flush(connecting) && publisher.isConnected()) {
                flush(timeout.minus(connecting));
            }
        } finally {
            end();
        }
    }

    private void end() {
        lock.lock();
        try {
            closed = true;
            if (sweep != null) {
                sweep.cancel(false);
            }
        } finally {
            lock.unlock();
        }
        if (spill == null) {
            closePublisher();
        } else {
            spill.close();
        }
        lock.lock();
        try {
            for (OutboxEntry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
                leave(entry);
                reject(entry, new ConnectionLostException("closed before the broker confirmed the notification"));
            }
        } finally {
            unlock();
        }
    }

    /** Before the start: closes everything. */
    void abandon() {
        publisher.close();
        if (spill != null) {
            spill.abandon();
        }
    }

    void closePublisher() {
        publisher.close();
    }
}
