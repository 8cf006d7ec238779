package dev.parley.jsonrpc.session;

import dev.parley.RpcTimeoutException;
import dev.parley.spi.CallSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Starts the messages of one connection in their order, and holds those that have to wait: for room in the dispatcher,
 * for the peer to read responses, or, if they are to be handled in order, for the end of those before them. Once callers
 * give up before it is their turn, the newest requests start first. Thread-safe.
 */
final class Backlog {
    /** A message that waits. */
    private record Item(Incoming message, int size) {}

    private final int maxMessages;
    private final long maxBytes;
    private final Connection connection;
    private final Runnable onChange;
    /** Set before the first message. */
    private @Nullable CallSource source;

    private final ReentrantLock lock = new ReentrantLock();
    /** What waits for the dispatcher. Guarded by {@code lock}, as all that follows. */
    private final Deque<Item> waiting = new ArrayDeque<>(0);
    /**
     * Whether the newest request starts first: callers gave up before the turn of their requests, and with the oldest
     * first the next ones would do so too.
     */
    private boolean newestFirst;
    /** What waits for the end of what came before. */
    private final Deque<Item> inOrder = new ArrayDeque<>(0);
    /** Whether one of those is handled now. */
    private boolean handling;
    /** A message of which not all calls are started, before those that wait. */
    private @Nullable Incoming begun;
    /** Whether the source knows that anything waits here. */
    private boolean told;

    private long bytes;
    /** Whether a thread is starting messages. */
    private boolean starting;
    /** Whether the dispatcher is full. */
    private boolean full;

    /** How often it had room again. Written under {@code lock}. */
    private volatile long resumed;

    /** Whether all that waits is passed on, even to a full dispatcher. Written under {@code lock}. */
    private volatile boolean flushed;

    /**
     * A backlog.
     *
     * @param onChange runs when {@link #isCongested} may have changed
     */
    Backlog(int maxMessages, long maxBytes, Connection connection, Runnable onChange) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.connection = connection;
        this.onChange = onChange;
    }

    /** Sets where its calls go; this backlog is resumed by it. */
    void source(CallSource to) {
        source = to;
    }

    /** Whether a message of this size must not be added, since too much waits. */
    boolean isFull(int size) {
        lock.lock();
        try {
            int messages = waiting.size() + inOrder.size();
            return messages >= maxMessages || (messages > 0 && bytes + size > maxBytes);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether no more should be read, since half of what may wait does. Until then reading goes on though the dispatcher
     * is full: only a cancellation that is read keeps a call from being run for nobody.
     */
    boolean isCongested() {
        lock.lock();
        try {
            int messages = waiting.size() + inOrder.size();
            return messages > 0 && (messages >= maxMessages / 2 || bytes > maxBytes / 2);
        } finally {
            lock.unlock();
        }
    }

    /** Starts a message, now or when there is room. */
    void add(Incoming message, int size) {
        if (!beginStarting(message, size)) {
            onChange.run();
            return;
        }
        start(message);
        drain();
    }

    /** Lets this thread start the message, or else lets the message wait. */
    private boolean beginStarting(Incoming message, int size) {
        lock.lock();
        try {
            if (!starting && begun == null && waiting.isEmpty() && mayStart(message)) {
                starting = true;
                return true;
            }
            waiting.add(new Item(message, size));
            bytes += size;
            tellKept();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is room in the dispatcher, and for a response. */
    private boolean mayStart(Incoming message) {
        return flushed || (!full && (message.isNotification() || connection.isWritable()));
    }

    /** Starts a message without a response when those before it have ended. */
    void addInOrder(Incoming message, int size) {
        boolean waits;
        lock.lock();
        try {
            inOrder.add(new Item(message, size));
            bytes += size;
            tellKept();
            waits = handling;
            handling = true;
        } finally {
            lock.unlock();
        }
        if (waits) {
            onChange.run();
        } else {
            handleNext();
        }
    }

    /** Handles one after another, on this thread as long as each ends at once. */
    private void handleNext() {
        Item next = takeInOrder();
        while (next != null) {
            AtomicBoolean first = new AtomicBoolean(true);
            next.message().whenFinished(() -> {
                if (!first.compareAndSet(true, false)) {
                    handleNext();
                }
            });
            add(next.message(), next.size());
            if (first.compareAndSet(true, false)) {
                return; // It goes on elsewhere, and so does what follows it.
            }
            next = takeInOrder();
        }
    }

    private @Nullable Item takeInOrder() {
        Item next;
        lock.lock();
        try {
            next = inOrder.poll();
            handling = next != null;
            bytes -= next == null ? 0 : next.size();
            if (next == null) {
                tellKept();
            }
        } finally {
            lock.unlock();
        }
        onChange.run();
        return next;
    }

    private void start(Incoming message) {
        CallSource to = Objects.requireNonNull(source, "source");
        long before = resumed;
        if (message.hasSeveral()) {
            // Before the first one, which may end before the last one is dispatched.
            lock.lock();
            try {
                tellKept(true);
            } finally {
                lock.unlock();
            }
        }
        if (flushed) {
            message.startAll(to);
        } else if (!message.start(to)) {
            lock.lock();
            try {
                full = resumed == before;
                begun = message;
                tellKept();
            } finally {
                lock.unlock();
            }
            onChange.run();
        }
    }

    /** Starts what waits, as far as there is room, and lets other threads start messages again. */
    private void drain() {
        boolean changed = false;
        for (Incoming next = nextWaiting(); next != null; next = nextWaiting()) {
            start(next);
            changed = true;
        }
        if (changed) {
            onChange.run();
        }
    }

    private @Nullable Incoming nextWaiting() {
        lock.lock();
        try {
            Incoming next = null;
            if (begun != null) {
                if (flushed || !full) {
                    next = begun;
                    begun = null;
                }
            } else {
                boolean newest = newestIsNext();
                Item item = newest ? waiting.peekLast() : waiting.peekFirst();
                if (item != null && mayStart(item.message())) {
                    next = item.message();
                    bytes -= (newest ? waiting.removeLast() : waiting.removeFirst()).size();
                }
                newestFirst &= !waiting.isEmpty();
            }
            starting = next != null;
            if (next == null) {
                tellKept();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. Notifications start in their order in any case. */
    private boolean newestIsNext() {
        Item newest = newestFirst ? waiting.peekLast() : null;
        return newest != null && !newest.message().isNotification();
    }

    /** A request has been cancelled: refuses the oldest ones of those that wait as long as nobody waits for them. */
    void dropCancelled() {
        List<Incoming> dropped = new ArrayList<>();
        lock.lock();
        try {
            for (Item oldest = waiting.peek();
                    oldest != null && oldest.message().isCancelled();
                    oldest = waiting.peek()) {
                waiting.remove();
                bytes -= oldest.size();
                newestFirst = true;
                dropped.add(oldest.message());
            }
            if (!dropped.isEmpty()) {
                tellKept();
            }
        } finally {
            lock.unlock();
        }
        dropped.forEach(message -> message.refuse(new RpcTimeoutException("the caller waits no longer")));
        if (!dropped.isEmpty()) {
            onChange.run();
        }
    }

    /** Tells the source whether anything is left here, unless something is being started. Under the lock. */
    private void tellKept() {
        boolean keeps = begun != null || !waiting.isEmpty() || !inOrder.isEmpty();
        if (keeps || !starting) {
            tellKept(keeps);
        }
    }

    private void tellKept(boolean keeps) {
        if (source != null && keeps != told) {
            told = keeps;
            source.keepsCalls(keeps);
        }
    }

    /** The dispatcher has room again. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // Under the lock.
    void resume() {
        lock.lock();
        try {
            resumed++;
            full = false;
        } finally {
            lock.unlock();
        }
        connection.execute(this::continueStarting);
    }

    /** Starts what waits, as far as there is room. */
    void continueStarting() {
        lock.lock();
        try {
            if (starting) {
                return;
            }
            starting = true;
        } finally {
            lock.unlock();
        }
        drain();
        onChange.run();
    }

    /** Passes on all that waits for the dispatcher, which queues it. */
    void flush() {
        CallSource to = source;
        if (to != null) {
            to.refuseNone();
        }
        lock.lock();
        try {
            flushed = true;
        } finally {
            lock.unlock();
        }
        continueStarting();
    }

    /** Drops what waits. */
    void clear() {
        lock.lock();
        try {
            begun = null;
            waiting.clear();
            inOrder.clear();
            bytes = 0;
            tellKept();
        } finally {
            lock.unlock();
        }
    }

    /** What may wait, for errors. */
    @Override
    public String toString() {
        return maxMessages + " requests or " + maxBytes + " bytes";
    }
}
