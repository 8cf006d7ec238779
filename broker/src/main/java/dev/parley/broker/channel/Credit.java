package dev.parley.broker.channel;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A number of messages that may be unacknowledged at the same time, and how many are: for a consumer, or for all
 * consumers of a channel together (basic.qos with global=true). Thread-safe.
 */
final class Credit {
    private final AtomicInteger used = new AtomicInteger();
    private volatile int limit;

    /** Sets the limit; 0 is no limit, the default. */
    void limit(int count) {
        limit = count;
    }

    int limit() {
        return limit;
    }

    int used() {
        return used.get();
    }

    /** Whether the limit is reached. Consumers that do not acknowledge wait then, too, but use no credit. */
    boolean exhausted() {
        int now = limit;
        return now > 0 && used.get() >= now;
    }

    /** Takes one; false if the limit is reached. */
    boolean tryAcquire() {
        // The count never exceeds the limit, not even for a moment: another queue would be turned away and not asked
        // again.
        while (true) {
            int now = used.get();
            int max = limit;
            if (max > 0 && now >= max) {
                return false;
            }
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    /** Gives one back. */
    void release() {
        used.decrementAndGet();
    }
}
