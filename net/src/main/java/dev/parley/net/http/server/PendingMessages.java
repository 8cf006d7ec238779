package dev.parley.net.http.server;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Messages that have been received and wait for the response before them. What waits longer than for its turn on the
 * event loop is charged to the connection. Confined to the event loop.
 */
final class PendingMessages {
    /** What the object of a part of a body takes. */
    private static final long PER_PART = 128;

    private final RequestMemory memory;
    private final ArrayDeque<HttpObject> messages = new ArrayDeque<>();
    private long charged;

    PendingMessages(RequestMemory memory) {
        this.memory = memory;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    void add(HttpObject message) {
        messages.add(message);
    }

    /** The next message, which the caller releases; {@code null} if there is none. */
    @Nullable
    HttpObject poll() {
        HttpObject next = messages.poll();
        if (messages.isEmpty()) {
            settle();
        }
        return next;
    }

    /** Charges the message added last, if it still waits; {@code false} if the budget has no room for it. */
    boolean chargeLast() {
        HttpObject last = messages.peekLast();
        if (last == null) {
            return true;
        }
        long cost = last instanceof HttpRequest head ? RequestMemory.cost(head) : PER_PART;
        if (last instanceof HttpContent part) {
            cost += part.content().readableBytes();
        }
        if (!memory.charge(cost)) {
            return false;
        }
        charged += cost;
        return true;
    }

    /** Drops all messages. */
    void clear() {
        HttpObject left = messages.poll();
        while (left != null) {
            ReferenceCountUtil.release(left);
            left = messages.poll();
        }
        settle();
    }

    private void settle() {
        if (charged > 0) {
            memory.release(charged);
            charged = 0;
        }
    }
}
