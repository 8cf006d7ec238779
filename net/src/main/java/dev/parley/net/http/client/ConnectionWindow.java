package dev.parley.net.http.client;

import java.util.concurrent.TimeUnit;

/**
 * How many connections without a response there may be: few at first, since the queue of a small server holds about
 * five and more would have to connect again after a second. It grows while the server shows that it serves several
 * connections at a time, and shrinks when its queue turns out to be full. Confined to the lock of its pool.
 */
final class ConnectionWindow {
    private static final int INITIAL = 4;

    /** A connection that takes so long to open, where others do not, was dropped by a full queue and sent again. */
    private static final long STALLED_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

    /** For so long the window does not grow after that. */
    private static final long FULL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** A peer that closes its connections and responds within this time is fast enough without more of them. */
    private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final int max;
    private int size;
    private long fastestNanos = Long.MAX_VALUE;
    /** How often a peer that closes its connections seemed to serve several at a time, less how often it did not. */
    private int evidence;

    private boolean parallel;
    private boolean full;
    private long fullSince;

    ConnectionWindow(int max) {
        this.max = max;
        this.size = Math.min(INITIAL, max);
    }

    /** Whether the server has been seen to serve several connections that it keeps at a time. */
    boolean isParallel() {
        return parallel;
    }

    int size() {
        return size;
    }

    /** A connection has been opened in this time. */
    void connected(long now, long nanos) {
        fastestNanos = Math.min(fastestNanos, nanos);
        if (nanos >= STALLED_NANOS && fastestNanos < STALLED_NANOS / 4) {
            queueIsFull(now);
        }
    }

    /** A connection could not be opened. */
    void connectFailed(long now) {
        if (fastestNanos != Long.MAX_VALUE) {
            queueIsFull(now);
        }
    }

    private void queueIsFull(long now) {
        full = true;
        fullSince = now;
        reset();
    }

    /**
     * The first response on a connection.
     *
     * @param kept whether the connection stays open
     * @param others whether other connections that have had a response are open
     * @param nanos the time since the call could be sent
     * @param gapNanos the time since the response before, on any connection
     * @param waiting how many connections waited for a response, this one included
     */
    void answered(long now, boolean kept, boolean others, long nanos, long gapNanos, int waiting) {
        if (kept) {
            // A server of one connection at a time would not have come to this one while it had another.
            parallel |= others;
            size = others ? Math.min(size + 1, limit(now)) : size;
        } else if (nanos > QUICK_NANOS) {
            // Such a server responds at intervals, in equal shares of the time that each call waits; others do not.
            boolean alike = waiting > 1 && gapNanos < nanos / (2L * waiting);
            evidence = Math.max(0, evidence + (alike ? 1 : -1));
            if (evidence >= INITIAL) {
                evidence = 0;
                size = Math.min(size + 1, limit(now));
            }
        }
    }

    /**
     * Calls wait and nothing comes: perhaps they wait for each other.
     *
     * @param stalled whether a connection is being opened for long
     */
    void grow(long now, boolean stalled) {
        if (stalled) {
            queueIsFull(now);
        } else {
            size = Math.min(size * 2, limit(now));
        }
    }

    private int limit(long now) {
        if (full && now - fullSince > FULL_NANOS) {
            full = false;
        }
        return full ? Math.min(INITIAL, max) : max;
    }

    void reset() {
        parallel = false;
        size = Math.min(INITIAL, max);
    }
}
