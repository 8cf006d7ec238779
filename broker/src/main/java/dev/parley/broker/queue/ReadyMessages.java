package dev.parley.broker.queue;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that are ready for a consumer: highest priority first, then oldest first. Messages that are
 * returned get their old places. Not thread-safe; used under the queue's lock.
 */
final class ReadyMessages {
    private static final class Lane {
        private final ArrayDeque<QueuedMessage> arrived = new ArrayDeque<>();
        private final PriorityQueue<QueuedMessage> returned =
                new PriorityQueue<>(1, Comparator.comparingLong((QueuedMessage m) -> m.position));

        @Nullable
        QueuedMessage peek() {
            QueuedMessage back = returned.peek();
            QueuedMessage next = arrived.peek();
            return back != null && (next == null || back.position < next.position) ? back : next;
        }

        @Nullable
        QueuedMessage poll() {
            return peek() == returned.peek() && !returned.isEmpty() ? returned.poll() : arrived.poll();
        }
    }

    private final Lane[] lanes;
    private int size;
    private long bytes;

    ReadyMessages(int maxPriority) {
        lanes = new Lane[maxPriority + 1];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane();
        }
    }

    void add(QueuedMessage message) {
        lanes[message.priority].arrived.add(message);
        added(message);
    }

    /** Adds a message that was handed out before, at its old place. */
    void restore(QueuedMessage message) {
        lanes[message.priority].returned.add(message);
        added(message);
    }

    private void added(QueuedMessage message) {
        size++;
        bytes += message.message.body().length;
    }

    @Nullable
    QueuedMessage peek() {
        for (int i = lanes.length - 1; i >= 0; i--) {
            QueuedMessage next = lanes[i].peek();
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    @Nullable
    QueuedMessage poll() {
        for (int i = lanes.length - 1; i >= 0; i--) {
            QueuedMessage next = lanes[i].poll();
            if (next != null) {
                size--;
                bytes -= next.message.body().length;
                return next;
            }
        }
        return null;
    }

    /** Takes what a full queue drops first: the oldest message of the lowest priority. */
    @Nullable
    QueuedMessage pollLeast() {
        for (Lane lane : lanes) {
            QueuedMessage next = lane.poll();
            if (next != null) {
                size--;
                bytes -= next.message.body().length;
                return next;
            }
        }
        return null;
    }

    int size() {
        return size;
    }

    /** The size of the bodies in bytes. */
    long bytes() {
        return bytes;
    }
}
