package dev.parley.jsonrpc.stream;

import dev.parley.net.socket.ConnectionMemory;
import dev.parley.spi.Guard;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a pipe, in order, on a daemon thread of its own, so that no other thread waits for a reader that
 * is slow. Thread-safe.
 */
public final class PipeWriter {
    /** As many bytes may wait before there is no room for more, until half of them are written. */
    private static final long HIGH_WATER = 1 << 20;

    private final OutputStream out;
    private final ConnectionMemory memory;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Item> queue = new ArrayDeque<>();
    private long queued;
    private volatile boolean full;
    private volatile Runnable onChange = () -> {};
    private boolean writing;
    private boolean closed;
    private @Nullable IOException failure;

    /** A message that waits. Immutable. */
    private static final class Item {
        private final byte[] bytes;
        private final boolean charged;
        private final Consumer<@Nullable Throwable> done;

        Item(byte[] bytes, boolean charged, Consumer<@Nullable Throwable> done) {
            this.bytes = bytes;
            this.charged = charged;
            this.done = done;
        }
    }

    /** A writer; call {@link #start}. It closes the stream at the end. */
    public PipeWriter(OutputStream out, ConnectionMemory memory, String threadName) {
        this.memory = memory;
        this.out = out;
        this.thread =
                Thread.ofPlatform().daemon().name(threadName).unstarted(Guard.of(threadName, this::run, this::failed));
    }

    /** Starts the thread. */
    public PipeWriter start() {
        thread.start();
        return this;
    }

    /**
     * Queues a message.
     *
     * @param done is told, on the writer's thread or the caller's, when it is written, or why not
     */
    public void write(Framing framing, byte[] message, Consumer<@Nullable Throwable> done) {
        ByteBuf framed = framing.frame(message);
        byte[] bytes = new byte[framed.readableBytes()];
        framed.readBytes(bytes);
        framed.release();
        // What there is no room for is sent all the same: there is only one peer, which waits for it.
        boolean charged = memory.charge(bytes.length);
        IOException refusal;
        boolean becomesFull = false;
        lock.lock();
        try {
            refusal = closed ? new IOException("the stream is closed") : failure;
            if (refusal == null) {
                queue.add(new Item(bytes, charged, done));
                queued += bytes.length;
                becomesFull = !full && queued > HIGH_WATER;
                full |= becomesFull;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            if (charged) {
                memory.release(bytes.length);
            }
            done.accept(refusal);
        } else if (becomesFull) {
            onChange.run();
        }
    }

    /** Whether not too much is queued. */
    public boolean hasRoom() {
        return !full;
    }

    /** What runs when {@link #hasRoom} has changed. */
    public void onChange(Runnable action) {
        onChange = action;
    }

    /** Takes no more, and closes the stream when what is queued is written. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is written that was queued; returns whether it is. */
    public boolean awaitWritten(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lock();
        try {
            while ((writing || !queue.isEmpty()) && failure == null) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return failure == null;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try (out) {
            for (Item item = next(); item != null; item = next()) {
                write(item);
            }
        } catch (IOException e) {
            // The reader is gone already.
        }
    }

    /** The thread ends: what waits for it fails, and what comes later. */
    private void failed(Throwable error) {
        List<Item> left;
        lock.lock();
        try {
            failure = new IOException("writing failed: " + error, error);
            left = List.copyOf(queue);
            queue.clear();
            writing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(item -> item.done.accept(failure));
    }

    private void write(Item item) {
        IOException error = null;
        boolean hasRoom = false;
        try {
            out.write(item.bytes);
            out.flush();
        } catch (IOException e) {
            error = e;
        }
        lock.lock();
        try {
            writing = false;
            queued -= item.bytes.length;
            failure = error == null ? failure : error;
            hasRoom = full && queued <= HIGH_WATER / 2;
            full &= !hasRoom;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (item.charged) {
            memory.release(item.bytes.length);
        }
        if (hasRoom) {
            onChange.run();
        }
        item.done.accept(error);
    }

    /** The next message; {@code null} at the end. After a failure the rest fails too. */
    private @Nullable Item next() {
        lock.lock();
        try {
            while (queue.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            Item item = queue.poll();
            writing = item != null;
            return item;
        } finally {
            lock.unlock();
        }
    }
}
