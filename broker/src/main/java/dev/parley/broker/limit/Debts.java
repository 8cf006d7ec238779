package dev.parley.broker.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of a broker hold that no consumer can take away: messages that are not complete or not committed,
 * frames that are not complete, and what their clients do not read. Blocking publishers does not end it, so it has a limit
 * of its own, beyond which the connection that holds most is closed. Thread-safe.
 */
public final class Debts {
    /** A connection that holds less is not closed for it. */
    private static final long SMALL = 64 << 10;

    private final long limit;
    private final AtomicLong total = new AtomicLong();
    private final Set<Debt> large = ConcurrentHashMap.newKeySet();

    /**
     * Debts of 0.
     *
     * @param limit in bytes
     */
    public Debts(long limit) {
        this.limit = limit;
    }

    /** The bytes held now. */
    public long bytes() {
        return total.get();
    }

    /** The reason given to a client whose connection is closed. */
    public String reason() {
        return "low on memory: unfinished messages, transactions and unread output hold " + total.get()
                + " bytes, limit " + limit + ", and this connection holds most of them";
    }

    /** Decides who is closed; returns {@code false} if it is the one that asks. */
    private boolean makeRoom(Debt asking) {
        List<Debt> closed = new ArrayList<>();
        boolean self = false;
        synchronized (this) {
            long excess = total.get() - limit;
            for (Debt debt : large) {
                excess -= debt.shed ? debt.bytes : 0;
            }
            while (excess > 0 && !self) {
                Debt largest = largest();
                if (largest == null) {
                    break;
                }
                largest.shed = true;
                excess -= largest.bytes;
                self = largest == asking;
                if (!self) {
                    closed.add(largest);
                }
            }
        }
        closed.forEach(debt -> debt.close.run());
        return !self;
    }

    private @Nullable Debt largest() {
        Debt largest = null;
        for (Debt debt : large) {
            if (!debt.shed && (largest == null || debt.bytes > largest.bytes)) {
                largest = debt;
            }
        }
        return largest;
    }

    /** The debt of one connection. Used on its event loop; what other threads read is volatile. */
    public final class Debt {
        private final Runnable close;
        private volatile long bytes;
        private volatile boolean shed;

        /**
         * A debt of 0.
         *
         * @param close closes the connection with {@link #reason}; called by any thread, must not block
         */
        public Debt(Runnable close) {
            this.close = close;
        }

        /** The bytes held now. */
        public long bytes() {
            return bytes;
        }

        /**
         * Counts bytes that are held from now on.
         *
         * @return {@code false} if the connection must be closed, since it holds most; they are counted all the same
         */
        public boolean hold(long count) {
            change(count);
            return total.get() <= limit || bytes < SMALL || makeRoom(this);
        }

        /** Counts bytes that are no longer held. */
        public void release(long count) {
            change(-count);
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // Written by one thread.
        private void change(long count) {
            if (count == 0) {
                return;
            }
            long before = bytes;
            bytes = before + count;
            if (before < SMALL && bytes >= SMALL) {
                large.add(this);
            } else if (before >= SMALL && bytes < SMALL) {
                large.remove(this);
            }
            total.addAndGet(count);
        }

        /** The reason given to the client. */
        public String reason() {
            return Debts.this.reason();
        }
    }
}
