package dev.parley.oslo.driver.rabbit;

import dev.parley.oslo.driver.OutboundMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The messages that wait to be written, in order, with their count and size. Safe for use by any thread. */
final class OutboundBacklog {
    private final ConcurrentLinkedDeque<OutboundMessage> queue = new ConcurrentLinkedDeque<>();
    // Kept here because the size of the deque takes linear time.
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    int count() {
        return count.get();
    }

    long bytes() {
        return bytes.get();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    @Nullable
    OutboundMessage peek() {
        return queue.peek();
    }

    void add(OutboundMessage message) {
        count(message, 1);
        queue.add(message);
    }

    void addFirst(OutboundMessage message) {
        count(message, 1);
        queue.addFirst(message);
    }

    /** Removes a message; returns {@code false} if another thread has already removed it. */
    boolean remove(OutboundMessage message) {
        boolean removed = queue.removeFirstOccurrence(message);
        if (removed) {
            count(message, -1);
        }
        return removed;
    }

    void removeIf(Predicate<OutboundMessage> condition) {
        for (OutboundMessage message : queue) {
            if (condition.test(message)) {
                remove(message);
            }
        }
    }

    /** A snapshot of all messages. */
    List<OutboundMessage> all() {
        return new ArrayList<>(queue);
    }

    private void count(OutboundMessage message, int sign) {
        count.addAndGet(sign);
        bytes.addAndGet((long) sign * message.size());
    }
}
