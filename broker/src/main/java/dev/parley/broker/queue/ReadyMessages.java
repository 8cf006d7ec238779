package dev.parley.broker.queue;

import dev.parley.broker.profile.RabbitMqProfile.QuorumPriorities;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a queue that are ready for a consumer: highest priority first, then oldest first, or two priorities
 * that take turns. Messages that are returned get their old places. Not thread-safe; used under the queue's lock.
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

    /** The highest priority under {@link QuorumPriorities#STRICT}. */
    static final int HIGHEST_STRICT = 31;

    /** How many of high priority go first under {@link QuorumPriorities#TWO_LEVELS}. */
    private static final int HIGH_IN_TURN = 2;

    private final Lane[] lanes;
    private final boolean takesTurns;
    /** How many of high priority were taken since the last one of low priority, up to {@link #HIGH_IN_TURN}. */
    private int highTaken;

    private int size;
    private long bytes;

    private ReadyMessages(int maxPriority, boolean takesTurns) {
        this.takesTurns = takesTurns;
        lanes = new Lane[maxPriority + 1];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane();
        }
    }

    /** Messages of the priorities 0 to a highest. */
    static ReadyMessages of(int maxPriority) {
        return new ReadyMessages(maxPriority, false);
    }

    /** The messages of a quorum queue. */
    static ReadyMessages of(QuorumPriorities priorities) {
        return switch (priorities) {
            case NONE -> new ReadyMessages(0, false);
            case TWO_LEVELS -> new ReadyMessages(1, true);
            case STRICT -> new ReadyMessages(HIGHEST_STRICT, false);
        };
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
        return lanes[nextLane()].peek();
    }

    @Nullable
    QueuedMessage poll() {
        int lane = nextLane();
        QueuedMessage next = lanes[lane].poll();
        if (next != null) {
            highTaken = lane == 0 ? 0 : Math.min(HIGH_IN_TURN, highTaken + 1);
            size--;
            bytes -= next.message.body().length;
        }
        return next;
    }

    /** The lane of the message that is next; any if there is none. */
    private int nextLane() {
        int highest = lanes.length - 1;
        while (highest > 0 && lanes[highest].peek() == null) {
            highest--;
        }
        return takesTurns && highest > 0 && isTurnOfOthers() ? 0 : highest;
    }

    /** A message of low priority has its turn only if it is the older one. */
    private boolean isTurnOfOthers() {
        QueuedMessage high = lanes[1].peek();
        QueuedMessage low = lanes[0].peek();
        return highTaken == HIGH_IN_TURN && high != null && low != null && low.position < high.position;
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
