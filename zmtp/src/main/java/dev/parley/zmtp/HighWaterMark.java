package dev.parley.zmtp;

import java.util.concurrent.atomic.AtomicLong;

/** How much waits to be sent to a peer, in messages and bytes, and whether there is room for more. Thread-safe. */
final class HighWaterMark {
    /** One message in {@link #pending}. */
    private static final long MESSAGE = 1L << 40;

    private final ZmtpLimits limits;
    /** The bytes that wait, and above {@link #MESSAGE} their messages. */
    private final AtomicLong pending = new AtomicLong();
    /** Whether there was no room for a message, and nobody has been told since that there is. */
    private volatile boolean refused;

    HighWaterMark(ZmtpLimits limits) {
        this.limits = limits;
    }

    /** Adds a message of this size, whatever waits. */
    void add(long size) {
        pending.addAndGet(MESSAGE + size);
    }

    /** Adds a message of this size if there is room for it, or nothing waits. */
    boolean tryAdd(long size) {
        if (reserve(size)) {
            return true;
        }
        refused = true;
        // What waited may just have been sent, so that nobody would be told any more.
        return reserve(size);
    }

    private boolean reserve(long size) {
        long before = pending.getAndAdd(MESSAGE + size);
        long after = before + MESSAGE + size;
        if (before != 0
                && (after >>> 40 > limits.maxPendingMessages() || (after & MESSAGE - 1) > limits.maxPendingBytes())) {
            pending.addAndGet(-MESSAGE - size);
            return false;
        }
        return true;
    }

    /** Removes a message of this size, which is sent or given up. */
    void remove(long size) {
        pending.addAndGet(-MESSAGE - size);
    }

    /** The bytes that wait. */
    long bytes() {
        return pending.get() & MESSAGE - 1;
    }

    /** Whether somebody is to be told, once, that there may be room; to be called when messages have been sent. */
    boolean endRefusal() {
        boolean was = refused;
        if (was) {
            refused = false;
        }
        return was;
    }
}
