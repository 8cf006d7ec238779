package dev.parley.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A partition that this listener consumes: what was fetched, delivered and settled of it. What may be committed ends
 * before the first notification that is not settled. Fetching and delivering are confined to the consumer's thread;
 * settling is thread-safe.
 */
final class AssignedPartition {
    /** A notification that was delivered, and not all before it are settled. */
    static final class Slot {
        final long offset;
        private boolean settled;
        private int redeliveries;

        Slot(long offset, int redeliveries) {
            this.offset = offset;
            this.redeliveries = redeliveries;
        }
    }

    final TopicPartition id;
    private final int prefetch;
    private final int maxUncommitted;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private final Deque<Slot> window = new ArrayDeque<>();
    private int unsettled;
    private boolean lost;
    /** The offset to commit, -1 if nothing is settled yet. */
    private long commitOffset = -1;
    /** What was committed, or is being committed. */
    private @Nullable OffsetAndMetadata committed;

    // Of the consumer's thread.
    private final Queue<ConsumerRecord<byte[], byte[]>> fetched = new ArrayDeque<>();
    private final List<KafkaDelivery> overdue = new ArrayList<>();
    /** How often notifications were delivered before this listener had the partition. */
    private final Map<Long, Integer> earlierRedeliveries;
    /** The offset after the last one that was delivered, -1 if there is none. */
    private long next = -1;

    private boolean paused;

    AssignedPartition(TopicPartition id, int prefetch, int maxUncommitted, @Nullable OffsetAndMetadata committed) {
        this.id = id;
        this.prefetch = prefetch;
        this.maxUncommitted = maxUncommitted;
        this.committed = committed;
        this.earlierRedeliveries = RedeliveryCounts.decode(committed == null ? null : committed.metadata());
    }

    /** Takes a record that was fetched. */
    void fetched(ConsumerRecord<byte[], byte[]> record) {
        fetched.add(record);
    }

    /** The next record to deliver; {@code null} if there is none, or too many are not settled. */
    @Nullable
    ConsumerRecord<byte[], byte[]> nextToDeliver() {
        return fetched.isEmpty() || !hasRoom() ? null : fetched.poll();
    }

    /** Notes that a record is delivered now, for the first time. */
    Slot deliver(ConsumerRecord<byte[], byte[]> record) {
        Integer earlier = earlierRedeliveries.remove(record.offset());
        Slot slot = new Slot(record.offset(), earlier == null ? 0 : earlier);
        next = record.offset() + 1;
        lock.lock();
        try {
            window.add(slot);
            unsettled++;
        } finally {
            lock.unlock();
        }
        return slot;
    }

    /** Notes that a notification is to be delivered again. */
    void countRedelivery(Slot slot) {
        lock.lock();
        try {
            slot.redeliveries++;
        } finally {
            lock.unlock();
        }
    }

    /** How often a notification was delivered before. */
    int redeliveries(Slot slot) {
        lock.lock();
        try {
            return slot.redeliveries;
        } finally {
            lock.unlock();
        }
    }

    /** Settles a notification. Whether the consumer's thread should look, because there is room again. */
    boolean settle(Slot slot) {
        lock.lock();
        try {
            if (lost || slot.settled) {
                return false;
            }
            slot.settled = true;
            unsettled--;
            boolean wasLong = window.size() >= maxUncommitted;
            while (!window.isEmpty() && window.getFirst().settled) {
                commitOffset = window.removeFirst().offset + 1;
            }
            return unsettled == prefetch / 2 || wasLong && window.size() < maxUncommitted;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom() {
        lock.lock();
        try {
            return unsettled < prefetch && window.size() < maxUncommitted;
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing further should be fetched now. */
    boolean isFull() {
        return !fetched.isEmpty() || !hasRoom();
    }

    /** Sets whether fetching is paused; whether that is a change. */
    boolean pause(boolean pause) {
        boolean changed = paused != pause;
        paused = pause;
        return changed;
    }

    /** Whether something is delivered and not committed. */
    boolean isBusy() {
        lock.lock();
        try {
            return !window.isEmpty() || toCommitLocked() != null;
        } finally {
            lock.unlock();
        }
    }

    /** What to commit, which counts as committed then; {@code null} if there is nothing new. */
    @Nullable
    OffsetAndMetadata takeCommit() {
        lock.lock();
        try {
            OffsetAndMetadata commit = toCommitLocked();
            if (commit != null) {
                committed = commit;
            }
            return commit;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable OffsetAndMetadata toCommitLocked() {
        long offset = window.isEmpty() ? commitOffset : window.getFirst().offset;
        if (offset < 0) {
            return null;
        }
        OffsetAndMetadata commit = new OffsetAndMetadata(offset, RedeliveryCounts.encode(counts()));
        return commit.equals(committed) ? null : commit;
    }

    private List<long[]> counts() {
        return window.stream()
                .filter(slot -> !slot.settled && slot.redeliveries > 0)
                .map(slot -> new long[] {slot.offset, slot.redeliveries})
                .toList();
    }

    /** A commit failed: what it would have committed is committed again later. */
    void commitFailed(OffsetAndMetadata commit) {
        lock.lock();
        try {
            if (commit.equals(committed)) {
                committed = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The partition is revoked, and perhaps comes back. */
    void suspend() {
        fetched.clear();
        paused = false;
    }

    /**
     * The partition came back at once. Whether nobody else has consumed it meanwhile, so that it goes on where it was.
     *
     * @param now what is committed now
     */
    boolean canResume(@Nullable OffsetAndMetadata now) {
        lock.lock();
        try {
            return next >= 0 && now != null && committed != null && now.offset() == committed.offset();
        } finally {
            lock.unlock();
        }
    }

    /** The offset to go on with, -1 if nothing was delivered. */
    long next() {
        return next;
    }

    /** The partition is another listener's now: what is settled later means nothing. */
    void lose() {
        lock.lock();
        try {
            lost = true;
            window.clear();
        } finally {
            lock.unlock();
        }
        fetched.clear();
        overdue.clear();
    }

    boolean isLost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a redelivery until the partition came back. */
    void defer(KafkaDelivery delivery) {
        overdue.add(delivery);
    }

    /** The redeliveries that were kept. */
    List<KafkaDelivery> takeOverdue() {
        List<KafkaDelivery> taken = List.copyOf(overdue);
        overdue.clear();
        return taken;
    }
}
