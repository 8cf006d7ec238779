package dev.parley.oslo.driver.rabbit;

import dev.parley.oslo.driver.OutboundMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Messages that wait to be written, in order, and how much they are: counting the queue itself is linear. Thread-safe. */
final class OutboundBacklog {
    private final ConcurrentLinkedDeque<OutboundMessage> queue = new ConcurrentLinkedDeque<>();
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
        counted(message, 1);
        queue.add(message);
    }

    void addFirst(OutboundMessage message) {
        counted(message, 1);
        queue.addFirst(message);
    }

    /** {@code false} if somebody else has taken it. */
    boolean remove(OutboundMessage message) {
        boolean removed = queue.removeFirstOccurrence(message);
        if (removed) {
            counted(message, -1);
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

    /** As they are now. */
    List<OutboundMessage> all() {
        return new ArrayList<>(queue);
    }

    private void counted(OutboundMessage message, int sign) {
        count.addAndGet(sign);
        bytes.addAndGet((long) sign * message.size());
    }
}
