package dev.parley.oslo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Messages that wait to be written, in order, and how much they are: counting the queue itself is linear. Thread-safe. */
final class WaitingMessages {
    private final ConcurrentLinkedDeque<Outgoing> queue = new ConcurrentLinkedDeque<>();
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
    Outgoing peek() {
        return queue.peek();
    }

    void add(Outgoing message) {
        counted(message, 1);
        queue.add(message);
    }

    void addFirst(Outgoing message) {
        counted(message, 1);
        queue.addFirst(message);
    }

    /** {@code false} if somebody else has taken it. */
    boolean remove(Outgoing message) {
        boolean removed = queue.removeFirstOccurrence(message);
        if (removed) {
            counted(message, -1);
        }
        return removed;
    }

    void removeIf(Predicate<Outgoing> condition) {
        for (Outgoing message : queue) {
            if (condition.test(message)) {
                remove(message);
            }
        }
    }

    /** As they are now. */
    List<Outgoing> all() {
        return new ArrayList<>(queue);
    }

    private void counted(Outgoing message, int sign) {
        count.addAndGet(sign);
        bytes.addAndGet((long) sign * message.size());
    }
}
