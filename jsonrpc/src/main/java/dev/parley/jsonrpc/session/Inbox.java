package dev.parley.jsonrpc.session;

import dev.parley.net.http.rpc.HttpRpcListener;
import dev.parley.spi.Guard;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes messages on in the order of their arrival: large ones on a virtual thread, since the thread that brings them
 * has others to read, together with those that arrive meanwhile. {@code received} is called by one thread at a time;
 * everything else is thread-safe.
 */
final class Inbox {
    private final Consumer<byte[]> to;
    private final Consumer<Throwable> onFailure;
    private final Runnable onChange;
    private final ReentrantLock lock = new ReentrantLock();
    /**
     * What waits for a large message; {@code null} if none is being taken. Changed under {@code lock}, and set only by
     * the thread that brings the messages.
     */
    private volatile @Nullable Deque<byte[]> waiting;

    private volatile @Nullable Thread thread;

    /**
     * An inbox.
     *
     * @param to takes the messages, one at a time
     * @param onFailure is told what that has thrown for a large message
     * @param onChange runs when {@link #isBusy} may have changed
     */
    Inbox(Consumer<byte[]> to, Consumer<Throwable> onFailure, Runnable onChange) {
        this.to = to;
        this.onFailure = onFailure;
        this.onChange = onChange;
    }

    void received(byte[] message) {
        boolean large = message.length > HttpRpcListener.LARGE;
        if (!large && waiting == null) {
            to.accept(message);
            return;
        }
        lock.lock();
        try {
            Deque<byte[]> queue = waiting;
            if (queue != null) {
                queue.add(message);
                return;
            }
            waiting = new ArrayDeque<>();
        } finally {
            lock.unlock();
        }
        onChange.run();
        Guard.start("parley-jsonrpc", () -> takeLarge(message), onFailure);
    }

    private void takeLarge(byte[] large) {
        thread = Thread.currentThread();
        try {
            for (byte[] next = large; next != null; next = next()) {
                to.accept(next);
            }
        } catch (RuntimeException | Error e) {
            onFailure.accept(e);
        }
        onChange.run();
    }

    private byte @Nullable [] next() {
        lock.lock();
        try {
            Deque<byte[]> queue = waiting;
            byte[] next = queue == null ? null : queue.poll();
            if (next == null) {
                thread = null;
                waiting = null;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Whether a large message is being taken, so that no more should be read. */
    boolean isBusy() {
        return waiting != null;
    }

    /** Whether the current thread is the one that takes large messages. */
    boolean isTaking() {
        return Thread.currentThread().equals(thread);
    }
}
