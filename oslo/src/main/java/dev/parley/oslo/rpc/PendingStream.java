package dev.parley.oslo.rpc;

import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.oslo.message.MessageIds;
import dev.parley.oslo.message.Reply;
import dev.parley.spi.ClientCall;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The items of a streaming call, as they arrive. The server sends no more items than the window before it gets credit,
 * so no more are buffered here. The methods of {@link PendingReply} are safe for use by any thread, all others are for
 * the thread that iterates.
 */
final class PendingStream implements PendingReply, Iterator<@Nullable Object> {
    /** How many items the server may send ahead of the reader. */
    static final int WINDOW = 64;

    /**
     * More than the number of replies that can be unacknowledged when a connection breaks, which the broker then
     * delivers again.
     */
    private static final int DUPLICATE_WINDOW = 1024;

    private sealed interface Event {}

    private record Item(Reply reply) implements Event {}

    /** The last reply: it ends the stream, or is a list from a server that does not stream. */
    private record End(Reply reply) implements Event {}

    private record Failed(RpcException error) implements Event {}

    private final String id = MessageIds.unique();
    private final ClientCall call;
    private final Function<Reply, @Nullable Object> readItem;
    private final Function<Reply, Iterator<?>> readList;
    private final DuplicateWindow window = new DuplicateWindow(DUPLICATE_WINDOW);
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private @Nullable IntConsumer credit;
    private @Nullable String creditQueue;
    private @Nullable Reply next;
    private @Nullable Iterator<?> list;
    private boolean ended;
    private int taken;

    /**
     * A stream.
     *
     * @param readItem reads the value of an item
     * @param readList reads the values of a reply that is a list; throws the failure of a reply that is one
     */
    PendingStream(ClientCall call, Function<Reply, @Nullable Object> readItem, Function<Reply, Iterator<?>> readList) {
        this.call = call;
        this.readItem = readItem;
        this.readList = readList;
    }

    /** Sets how to grant the server credit for more items. */
    void grantBy(IntConsumer granter) {
        credit = granter;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public void received(Reply message) {
        String unique = message.uniqueId();
        if (unique != null && !window.add(unique)) {
            return;
        }
        if (message.isEnding() || message.failure() != null) {
            events.add(new End(message));
        } else if (message.creditQueue() != null || !isHeartbeat(message)) {
            events.add(new Item(message));
        }
    }

    /**
     * Without a call monitor there are no heartbeats: then an empty reply is a null item of openstack.common.rpc's
     * multicall.
     */
    private boolean isHeartbeat(Reply message) {
        return message.isEmpty() && call.options().monitorTimeout() != null;
    }

    @Override
    public void fail(RpcException error) {
        events.add(new Failed(error));
    }

    @Override
    public void stopListening() {
        // There are no timers.
    }

    /** The queue on which the server takes credit; {@code null} before the first item. */
    @Nullable
    String creditQueue() {
        return creditQueue;
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public boolean hasNext() {
        if (list != null) {
            return list.hasNext();
        }
        if (!ended && next == null) {
            advance();
        }
        return list != null ? list.hasNext() : next != null;
    }

    private void advance() {
        try {
            // The timeout applies to each item.
            switch (events.poll(call.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                case null -> throw call.timedOut();
                case Item item -> {
                    next = item.reply();
                    creditQueue = item.reply().creditQueue();
                }
                case End end -> {
                    ended = true;
                    if (end.reply().failure() == null && end.reply().items() > taken) {
                        throw new ConnectionLostException((end.reply().items() - taken) + " of "
                                + end.reply().items() + " items of " + call.qualifiedMethod() + " were lost");
                    }
                    list = end.reply().isEmpty() ? null : readList.apply(end.reply());
                }
                case Failed failed -> {
                    ended = true;
                    throw failed.error();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while waiting for " + call.qualifiedMethod(), e);
        }
    }

    @Override
    public @Nullable Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (list != null) {
            return list.next();
        }
        Reply item = next;
        if (item == null) {
            throw new NoSuchElementException();
        }
        // Half a window at a time, so that the server need not wait.
        if (++taken % (WINDOW / 2) == 0 && credit != null) {
            credit.accept(WINDOW / 2);
        }
        next = null;
        return readItem.apply(item);
    }
}
