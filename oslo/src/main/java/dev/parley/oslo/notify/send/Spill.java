package dev.parley.oslo.notify.send;

import dev.parley.OverloadedException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of an {@link Outbox} that is on disk: notifications that were added while there was no connection or no room
 * in memory, and those that have waited too long in memory. One thread of its own does all that touches the disk, since
 * a disk may be slow, and the interrupt of a caller would close the file.
 *
 * <p>Everything on disk that is not with the publisher is newer than what waits in memory, so the outbox sends the
 * latter first. Thread-safe; the methods that say so need the lock of the outbox.
 */
final class Spill {
    private static final Logger log = LoggerFactory.getLogger(Spill.class);
    private static final long TICK_MILLIS = 100;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A caller waits so long for the disk, so that its notification survives the process. */
    private static final int WRITE_SECONDS = 1;

    private static final int CLOSE_MILLIS = 30_000;

    private final SpillStore store; // Confined to the thread.
    private final Outbox outbox;
    private final ReentrantLock lock;
    private final Outbox.Size max;
    private final Semaphore wakeUps = new Semaphore(0);
    private final Thread thread;
    private final ArrayDeque<OutboxEntry> toWrite = new ArrayDeque<>(); // Guarded by lock, as all that follows.
    private final Set<Long> toRemove = new LinkedHashSet<>();
    private long toWriteBytes;
    private int stored;
    private long unsent; // How many are neither with the publisher nor in memory, those to be written included.
    private long next; // The first one of them has at least this number.
    private long pausedUntilNanos = System.nanoTime();
    private boolean full;
    private boolean broken;
    private volatile boolean closing;

    Spill(SpillStore store, Outbox outbox, ReentrantLock lock, Outbox.Size max) {
        this.store = store;
        this.outbox = outbox;
        this.lock = lock;
        this.max = max;
        stored = store.count();
        unsent = stored;
        thread = Thread.ofPlatform().daemon().name("parley-notify-spill").unstarted(this::run);
    }

    void start() {
        if (stored > 0) {
            log.info("{} notifications of an earlier run are on disk and will be sent", stored);
        }
        thread.start();
    }

    /** Whether something on disk must be sent before what comes now. With the lock. */
    boolean isBehind() {
        return unsent > 0 && !broken;
    }

    /** Whether the disk takes no more. With the lock. */
    boolean isFull() {
        return full || broken;
    }

    /** How many are on disk. With the lock. */
    int stored() {
        return stored;
    }

    /** How many are about to be written. With the lock. */
    int writing() {
        return toWrite.size();
    }

    /** Takes an entry to write it to disk; returns whether it did. With the lock. */
    boolean take(OutboxEntry entry) {
        if (broken || toWrite.size() >= max.count() || toWriteBytes + entry.body().length > max.bytes()) {
            return false;
        }
        toWrite.add(entry);
        toWriteBytes += entry.body().length;
        unsent++;
        wakeUp();
        return true;
    }

    /** An entry on disk was confirmed, or failed finally. With the lock. */
    void settled(OutboxEntry entry) {
        stored--;
        toRemove.add(entry.number());
        wakeUp();
    }

    /** An entry on disk could not be sent and is to be sent again, a little later. With the lock. */
    void back(OutboxEntry entry) {
        unsent++;
        next = Math.min(next, entry.number());
        pausedUntilNanos = System.nanoTime() + PAUSE_NANOS;
    }

    void wakeUp() {
        if (wakeUps.availablePermits() == 0) {
            wakeUps.release();
        }
    }

    /** Waits until an entry is on disk, but not longer than a second. Without the lock. */
    static void await(CountDownLatch written) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WRITE_SECONDS);
        try {
            while (true) {
                try {
                    written.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try {
            while (!closing) {
                if (wakeUps.tryAcquire(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
                    wakeUps.drainPermits();
                }
                step();
            }
            // First to disk, so that nothing is lost if the process ends now; then no more confirms can come.
            step();
            outbox.closePublisher();
            step();
            store.close();
        } catch (InterruptedException e) {
            // Nothing interrupts this thread, which is our own.
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void step() {
        write();
        remove();
        persist();
        feed();
        store.tick();
    }

    /** Writes what callers wait for. */
    private void write() {
        List<OutboxEntry> batch;
        lock.lock();
        try {
            batch = List.copyOf(toWrite);
        } finally {
            lock.unlock();
        }
        if (batch.isEmpty()) {
            return;
        }
        Set<OutboxEntry> rejected = Set.copyOf(store.put(batch));
        lock.lock();
        try {
            full = !rejected.isEmpty();
            for (OutboxEntry entry : batch) {
                toWrite.remove();
                toWriteBytes -= entry.body().length;
                if (rejected.contains(entry)) {
                    unsent--;
                    outbox.reject(entry, new OverloadedException("the notifications on disk have reached the limit"));
                } else {
                    entry.onDisk = true;
                    stored++;
                    next = Math.min(next, entry.number());
                }
            }
        } finally {
            outbox.unlock();
        }
        batch.forEach(entry -> entry.written().countDown());
    }

    private void remove() {
        List<Long> batch;
        lock.lock();
        try {
            batch = List.copyOf(toRemove);
        } finally {
            lock.unlock();
        }
        if (!batch.isEmpty()) {
            store.remove(batch);
            lock.lock();
            try {
                // Not before: they must not be sent again in the meantime.
                batch.forEach(toRemove::remove);
                full = false;
            } finally {
                lock.unlock();
            }
        }
    }

    /** Copies to disk what is in memory if there is no connection, or it has waited too long. */
    private void persist() {
        List<OutboxEntry> batch;
        lock.lock();
        try {
            batch = outbox.entriesToPersist(closing);
        } finally {
            lock.unlock();
        }
        if (batch.isEmpty()) {
            return;
        }
        Set<OutboxEntry> rejected = Set.copyOf(store.put(batch));
        lock.lock();
        try {
            full = !rejected.isEmpty();
            for (OutboxEntry entry : batch) {
                if (rejected.contains(entry)) {
                    continue;
                }
                stored++;
                if (entry.settled) {
                    settled(entry); // In the meantime; its memory is free already.
                } else if (outbox.persisted(entry)) {
                    unsent++;
                    next = Math.min(next, entry.number());
                }
            }
        } finally {
            outbox.unlock();
        }
    }

    /** Hands what is on disk to the publisher. */
    private void feed() {
        while (true) {
            long from;
            lock.lock();
            try {
                if (unsent == 0 || closing || System.nanoTime() - pausedUntilNanos < 0 || !outbox.canSendStored()) {
                    return;
                }
                from = next;
            } finally {
                lock.unlock();
            }
            OutboxEntry entry = store.read(from);
            lock.lock();
            try {
                if (entry == null) {
                    unsent = toWrite.size();
                    return;
                }
                next = entry.number() + 1;
                if (!toRemove.contains(entry.number()) && outbox.sendStored(entry)) {
                    unsent--;
                }
            } finally {
                outbox.unlock();
            }
        }
    }

    /** The disk does not work: what is on it stays there for the next run; everything else stays in memory. */
    private void fail(Throwable cause) {
        log.error(
                "the folder for notifications failed; {} notifications on disk wait for the next start", stored, cause);
        store.abandon();
        List<OutboxEntry> left;
        lock.lock();
        try {
            broken = true;
            unsent = 0;
            left = List.copyOf(toWrite);
            toWrite.clear();
            toWriteBytes = 0;
            for (OutboxEntry entry : left) {
                outbox.reject(
                        entry, new OverloadedException("the notification could not be written to disk: " + cause));
            }
        } finally {
            outbox.unlock();
        }
        left.forEach(entry -> entry.written().countDown());
    }

    /** Before the start: closes the file. */
    void abandon() {
        store.close();
    }

    /** Writes what is left and closes the file. Blocks. */
    void close() {
        closing = true;
        wakeUp();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The number of the last notification of an earlier run. */
    static long lastNumber(@Nullable SpillStore store) {
        return store == null ? 0 : store.lastNumber();
    }
}
