package dev.parley.spi;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the messages of all wires may take together. A wire charges the account of a connection before it
 * buffers, inflates or parses something, and before it lets something wait to be written.
 *
 * <p>There is one budget per process, a quarter of the largest heap unless the system property {@value #PROPERTY} says
 * otherwise. When three quarters of it are used, connections that hold much should {@linkplain Account#pause pause}
 * reading. When all of it is used, the account that holds most is shed: its connection refuses its message in the words
 * of its protocol, or closes. Thread-safe.
 */
public final class MemoryBudget {
    /**
     * The system property that sets the budget of the process when this class is loaded: bytes, with an optional suffix
     * {@code k}, {@code m} or {@code g}, or a share of the heap such as {@code 25%}.
     */
    public static final String PROPERTY = "parley.memory";

    private static final MemoryBudget PROCESS =
            new MemoryBudget(parse("the system property " + PROPERTY, System.getProperty(PROPERTY, "25%"), heap()));

    /** An account with less than this is not paused. */
    private static final long SMALL = 64 << 10;

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile long limit;
    private volatile long pauseMark;
    private final AtomicLong used = new AtomicLong();
    /** What accounts hold that are being shed: it will be free soon. */
    private final AtomicLong shedding = new AtomicLong();

    private final LongAdder refused = new LongAdder();
    private final LongAdder shed = new LongAdder();
    private final Set<Account> accounts = ConcurrentHashMap.newKeySet();
    private final Queue<Pause> paused = new ConcurrentLinkedQueue<>();
    private final ReentrantLock exhausted = new ReentrantLock();

    /**
     * A budget of its own, apart from that of the process.
     *
     * @param limit in bytes, at least 1
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public MemoryBudget(long limit) {
        setLimit(limit);
    }

    /**
     * Changes the budget, from the next charge on.
     *
     * @param bytes at least 1
     * @throws IllegalArgumentException if it is less than 1
     */
    public void setLimit(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("the memory budget must be at least 1 byte, not " + bytes);
        }
        limit = bytes;
        pauseMark = bytes - bytes / 4;
    }

    /** The budget of this process. */
    public static MemoryBudget process() {
        return PROCESS;
    }

    /**
     * Reads a size as {@link #PROPERTY} has it.
     *
     * @param name what has the text, for the error
     * @throws IllegalArgumentException if it is malformed or 0
     */
    public static long parse(String name, String text) {
        return parse(name, text, heap());
    }

    private static long heap() {
        return Runtime.getRuntime().maxMemory();
    }

    static long parse(String name, String text, long heap) {
        String trimmed = text.strip();
        int end = trimmed.length() - 1;
        try {
            char unit = trimmed.isEmpty() ? ' ' : Character.toLowerCase(trimmed.charAt(end));
            long bytes = switch (unit) {
                case '%' -> {
                    double share = Double.parseDouble(trimmed.substring(0, end));
                    yield share <= 100 ? (long) (heap * (share / 100)) : 0;
                }
                case 'k' -> Math.multiplyExact(Long.parseLong(trimmed.substring(0, end)), 1L << 10);
                case 'm' -> Math.multiplyExact(Long.parseLong(trimmed.substring(0, end)), 1L << 20);
                case 'g' -> Math.multiplyExact(Long.parseLong(trimmed.substring(0, end)), 1L << 30);
                default -> Long.parseLong(trimmed);
            };
            if (bytes > 0) {
                return bytes;
            }
        } catch (NumberFormatException | ArithmeticException e) {
            // Reported below.
        }
        throw new IllegalArgumentException(
                name + " must be a size such as 64m or a share of the heap such as 25%, not \"" + text + "\"");
    }

    /**
     * Opens an account, usually of a connection. It must be closed.
     *
     * @param shed runs when the account holds more than any other and must give its memory back: it refuses the message
     *     or closes the connection, and releases what was charged for it. May run on any thread, must not block, and
     *     may run when the account holds nothing any more
     */
    public Account open(Runnable shed) {
        Account account = new Account(shed);
        accounts.add(account);
        return account;
    }

    /** The budget in bytes. */
    public long limit() {
        return limit;
    }

    /** The bytes that are charged now. */
    public long used() {
        return used.get();
    }

    /** How many charges were refused. */
    public long refused() {
        return refused.sum();
    }

    /** How many accounts were shed. */
    public long shed() {
        return shed.sum();
    }

    private void lower(long bytes) {
        if (used.addAndGet(-bytes) < pauseMark && !paused.isEmpty()) {
            resumeAll();
        }
    }

    private void resumeAll() {
        for (Pause next = paused.poll(); next != null; next = paused.poll()) {
            next.end();
        }
    }

    /** The budget is used up: decides which accounts are shed so that this charge fits, or refuses it. */
    private boolean makeRoom(Account debtor, long bytes) {
        List<Account> largest = new ArrayList<>();
        boolean room = true;
        exhausted.lock();
        try {
            while (room && used.get() - shedding.get() > limit) {
                Account next = largest();
                if (next == null || next == debtor || next.sheddable() <= debtor.sheddable() + bytes) {
                    room = false;
                } else {
                    next.startShedding();
                    largest.add(next);
                }
            }
        } finally {
            exhausted.unlock();
        }
        for (Account account : largest) {
            shed.increment();
            account.shed.run();
        }
        return room;
    }

    private @Nullable Account largest() {
        Account largest = null;
        for (Account account : accounts) {
            if (!account.isShedding() && (largest == null || account.sheddable() > largest.sheddable())) {
                largest = account;
            }
        }
        return largest;
    }

    /** What one connection holds of the budget. Thread-safe. */
    public final class Account implements AutoCloseable {
        private final Runnable shed;
        private long charged;
        /** How much of it shedding would not free, because a method works with it. */
        private long pinned;

        private boolean shedding;
        private boolean closed;

        private Account(Runnable shed) {
            this.shed = shed;
        }

        /**
         * Charges bytes that are about to be taken.
         *
         * @return {@code false} if the budget has no room for them: nothing is charged, and the message must be refused
         */
        public boolean charge(long bytes) {
            if (used.addAndGet(bytes) - MemoryBudget.this.shedding.get() > limit && !makeRoom(this, bytes)) {
                refused.increment();
                lower(bytes);
                return false;
            }
            synchronized (this) {
                if (!closed) {
                    charged += bytes;
                    if (shedding) {
                        MemoryBudget.this.shedding.addAndGet(bytes);
                    }
                    return true;
                }
            }
            lower(bytes);
            return false;
        }

        /** Gives back bytes that were charged. Does nothing once the account is closed. */
        public void release(long bytes) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                if (bytes > charged) {
                    throw new IllegalStateException(bytes + " bytes are released, but only " + charged + " charged");
                }
                subtract(bytes);
            }
            lower(bytes);
        }

        private void subtract(long bytes) {
            charged -= bytes;
            pinned = Math.min(pinned, charged);
            if (shedding) {
                MemoryBudget.this.shedding.addAndGet(-bytes);
                shedding = charged > 0;
            }
        }

        /**
         * Marks bytes that the account holds as in use by a method that runs: shedding the account would not free them,
         * so they do not make it one of the largest.
         */
        void pin(long bytes) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                pinned = Math.min(charged, pinned + bytes);
                if (shedding) {
                    // It will not be free soon, after all.
                    MemoryBudget.this.shedding.addAndGet(-charged);
                    shedding = false;
                }
            }
        }

        /** Releases bytes that are {@linkplain #pin pinned}. */
        void releasePinned(long bytes) {
            synchronized (this) {
                pinned = Math.max(0, pinned - bytes);
            }
            release(bytes);
        }

        private synchronized long sheddable() {
            return charged - pinned;
        }

        /** The bytes that the account holds. */
        public synchronized long charged() {
            return charged;
        }

        /**
         * Whether the connection should stop reading for a while, because most of the budget is used and the account
         * holds more than a little.
         *
         * @param resume runs once if this is {@code true}: when there is room again, at the latest after a second; on
         *     any thread, perhaps before this method returns. Then read on: what does not fit is refused
         */
        public boolean pause(Runnable resume) {
            if (used.get() < pauseMark || charged() < SMALL) {
                return false;
            }
            Pause pause = new Pause(resume);
            paused.add(pause);
            Timers.after(PAUSE_NANOS, pause::end);
            if (used.get() < pauseMark) {
                pause.end();
            }
            return true;
        }

        private synchronized void startShedding() {
            if (!shedding && charged > 0) {
                shedding = true;
                MemoryBudget.this.shedding.addAndGet(charged);
            }
        }

        private synchronized boolean isShedding() {
            return shedding;
        }

        /** Gives back all that is charged. What is charged later is refused. */
        @Override
        public void close() {
            long rest;
            synchronized (this) {
                if (closed) {
                    return;
                }
                closed = true;
                rest = charged;
                subtract(rest);
            }
            accounts.remove(this);
            lower(rest);
        }
    }

    /** A connection that waits for room. */
    private final class Pause {
        private @Nullable Runnable resume;

        Pause(Runnable resume) {
            this.resume = resume;
        }

        void end() {
            Runnable once;
            synchronized (this) {
                once = resume;
                resume = null;
            }
            if (once != null) {
                paused.remove(this);
                once.run();
            }
        }
    }
}
