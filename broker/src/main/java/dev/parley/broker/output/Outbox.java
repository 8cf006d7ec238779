package dev.parley.broker.output;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What queues hand to a connection to be written on its event loop, in order. Bounded: while it holds 1 MiB or more, or
 * while the socket accepts nothing more, {@link #ready()} is false and queues keep their messages.
 *
 * <p>Thread-safe, except that {@link #drain()} is called on the event loop only.
 */
public final class Outbox {
    private static final long MAX_BYTES = 1 << 20;

    /** Something to write. */
    public interface Item {
        /** Its size in bytes, which counts towards the bound; always the same. */
        int size();

        /** Writes it. Called once, on the event loop. */
        void write();
    }

    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean starved = new AtomicBoolean();
    private final EventLoop loop;
    private final Runnable whenFilled;
    private final Consumer<? super Throwable> onError;
    private volatile boolean writable = true;

    /**
     * Creates an empty outbox.
     *
     * @param whenFilled run on the loop after items were added; it is expected to call {@link #drain()}
     * @param onError is told what that has thrown
     */
    public Outbox(EventLoop loop, Runnable whenFilled, Consumer<? super Throwable> onError) {
        this.onError = onError;
        this.loop = loop;
        this.whenFilled = whenFilled;
    }

    /** Whether there is room for another item. If not, {@link #takeStarved()} becomes true once there is. */
    public boolean ready() {
        if (hasRoom()) {
            return true;
        }
        starved.set(true); // Before the second check, so that the thread that makes room sees it.
        return hasRoom();
    }

    private boolean hasRoom() {
        return writable && bytes.get() < MAX_BYTES;
    }

    /** Adds an item, even if there is no room. */
    public void add(Item item) {
        items.add(item);
        bytes.addAndGet(item.size());
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(() -> {
                scheduled.set(false);
                try {
                    whenFilled.run();
                } catch (Throwable e) {
                    // What was to be sent is lost: the client must not wait for it.
                    onError.accept(e);
                }
            });
        }
    }

    /** Writes all items. */
    public void drain() {
        for (Item item = items.poll(); item != null; item = items.poll()) {
            bytes.addAndGet(-item.size());
            item.write();
        }
    }

    /** Sets whether the socket accepts more. */
    public void writable(boolean writable) {
        this.writable = writable;
    }

    /** Whether a queue was turned away since the last call and there is room now. */
    public boolean takeStarved() {
        return starved.get() && hasRoom() && starved.getAndSet(false);
    }
}
