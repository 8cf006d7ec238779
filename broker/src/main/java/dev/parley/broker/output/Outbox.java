package dev.parley.broker.output;

import dev.parley.broker.channel.ChannelConsumer;
import dev.parley.broker.channel.ChannelSession;
import dev.parley.broker.queue.Message;
import dev.parley.broker.queue.QueuedMessage;
import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What queues hand to a connection, on its way to the connection's event loop; in order, and bounded: past the bound, or while the socket does not
 * take more, {@link #ready()} says no and queues keep their messages. Thread-safe.
 */
public final class Outbox {
    private static final long MAX_BYTES = 1 << 20;

    /** Something to write. */
    public sealed interface Item {
        int size();
    }

    /** A message for a consumer that has reserved it. */
    public record Delivery(ChannelConsumer consumer, QueuedMessage message) implements Item {
        @Override
        public int size() {
            return message.message.footprint();
        }
    }

    /** The queue of a consumer is gone. */
    public record Cancellation(ChannelConsumer consumer) implements Item {
        @Override
        public int size() {
            return 0;
        }
    }

    /** A message for a consumer on the pseudo queue of direct replies. */
    public record DirectReply(ChannelSession channel, Message message) implements Item {
        @Override
        public int size() {
            return message.footprint();
        }
    }

    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private final AtomicBoolean starved = new AtomicBoolean();
    private final EventLoop loop;
    private final Runnable drain;
    private volatile boolean writable = true;

    public Outbox(EventLoop loop, Runnable drain) {
        this.loop = loop;
        this.drain = drain;
    }

    public boolean ready() {
        if (writable && bytes.get() < MAX_BYTES) {
            return true;
        }
        starved.set(true); // Before the second look, so that whoever makes room sees it.
        return writable && bytes.get() < MAX_BYTES;
    }

    public void add(Item item) {
        items.add(item);
        bytes.addAndGet(item.size());
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(() -> {
                scheduled.set(false);
                drain.run();
            });
        }
    }

    @Nullable
    public Item poll() {
        Item item = items.poll();
        if (item != null) {
            bytes.addAndGet(-item.size());
        }
        return item;
    }

    public void writable(boolean writable) {
        this.writable = writable;
    }

    /** Whether a queue was turned away since the last call, and would not be now. */
    public boolean takeStarved() {
        return starved.get() && writable && bytes.get() < MAX_BYTES && starved.getAndSet(false);
    }
}
