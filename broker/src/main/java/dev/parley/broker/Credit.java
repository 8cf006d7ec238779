package dev.parley.broker;

import java.util.concurrent.atomic.AtomicInteger;

/** What all consumers of a channel together may have unacknowledged (basic.qos with global=true). Thread-safe. */
final class Credit {
    private final AtomicInteger used = new AtomicInteger();
    private volatile int limit;

    /** 0 is no limit. */
    void limit(int count) {
        limit = count;
    }

    int limit() {
        return limit;
    }

    /** Whether there is none left; consumers that do not acknowledge wait for others then, and use none up. */
    boolean exhausted() {
        int most = limit;
        return most > 0 && used.get() >= most;
    }

    boolean take() {
        return Consumer.take(used, limit);
    }

    void giveBack() {
        used.decrementAndGet();
    }
}
