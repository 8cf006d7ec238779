package dev.parley.broker.channel;

import java.util.concurrent.atomic.AtomicInteger;

/** What all consumers of a channel together may have unacknowledged (basic.qos with global=true). Thread-safe. */
public final class Credit {
    private final AtomicInteger used = new AtomicInteger();
    private volatile int limit;

    /** 0 is no limit. */
    public void limit(int count) {
        limit = count;
    }

    public int limit() {
        return limit;
    }

    /** Whether there is none left; consumers that do not acknowledge wait for others then, and use none up. */
    public boolean exhausted() {
        int most = limit;
        return most > 0 && used.get() >= most;
    }

    public boolean take() {
        return ChannelConsumer.take(used, limit);
    }

    public void giveBack() {
        used.decrementAndGet();
    }
}
