package dev.parley.broker.queue;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that wait for a consumer: highest priority first, then oldest first. Messages that come back are merged in where they
 * were. Not thread-safe; used under the queue's lock.
 */
public final class ReadyMessages {
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

    public ReadyMessages(int maxPriority) {
        lanes = new Lane[maxPriority + 1];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane();
        }
    }

    public void add(QueuedMessage message) {
        lanes[message.priority].arrived.add(message);
        added(message);
    }

    public void giveBack(QueuedMessage message) {
        lanes[message.priority].returned.add(message);
        added(message);
    }

    private void added(QueuedMessage message) {
        size++;
        bytes += message.message.body().length;
    }

    @Nullable
    public QueuedMessage peek() {
        for (int i = lanes.length - 1; i >= 0; i--) {
            QueuedMessage next = lanes[i].peek();
            if (next != null) {
                return next;
            }
        }
        return null;
    }

    @Nullable
    public QueuedMessage poll() {
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

    /** Takes what a full queue lets go first: the oldest of the lowest priority. */
    @Nullable
    public QueuedMessage pollLeast() {
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

    public int size() {
        return size;
    }

    /** The octets of the bodies. */
    public long bytes() {
        return bytes;
    }
}
