package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import dev.parley.broker.queue.Return;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The unacknowledged deliveries of a channel, in the order of delivery. Used on the connection's event loop. */
final class Deliveries {
    /** How a client settles a delivery. */
    enum Outcome {
        ACKNOWLEDGED,
        /** Not acknowledged, and returned to its queue. */
        NACKED,
        /** Rejected, and returned to its queue. */
        RETURNED,
        /** Not acknowledged by the time its channel ended. */
        ABANDONED,
        /** Not acknowledged or rejected, and not returned to its queue. */
        REJECTED
    }

    private final LinkedHashMap<Long, Unacked> unacked = new LinkedHashMap<>();
    /** The tags of deliveries that were taken back from a consumer that was late, which may still acknowledge them. */
    private final Set<Long> takenBack = new HashSet<>();

    private long nextTag = 1;

    /** The tag for the next delivery. */
    long nextTag() {
        return nextTag++;
    }

    void add(Unacked delivery) {
        unacked.put(delivery.tag(), delivery);
    }

    /** Returns deliveries that were taken to their places. */
    void restore(List<Unacked> deliveries) {
        List<Unacked> all = new ArrayList<>(unacked.values());
        all.addAll(deliveries);
        all.sort(Comparator.comparingLong(Unacked::tag));
        unacked.clear();
        all.forEach(this::add);
    }

    /** The deliveries that are unacknowledged, in order. A view. */
    Collection<Unacked> all() {
        return unacked.values();
    }

    /** Removes a delivery that its consumer may still acknowledge. */
    void takeBack(Unacked delivery) {
        unacked.remove(delivery.tag());
        takenBack.add(delivery.tag());
    }

    /**
     * Removes and returns the deliveries a client refers to: one, or with {@code multiple} all up to this one, or with
     * {@code multiple} and 0 all.
     *
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if the tag is unknown
     */
    List<Unacked> take(long tag, boolean multiple) {
        if (!multiple) {
            Unacked one = unacked.remove(tag);
            if (one != null) {
                return List.of(one);
            }
            if (!takenBack.remove(tag)) {
                throw unknown(tag);
            }
            return List.of();
        }
        if (tag != 0 && !unacked.containsKey(tag) && !takenBack.contains(tag)) {
            throw unknown(tag);
        }
        takenBack.removeIf(late -> tag == 0 || late <= tag);
        List<Unacked> taken = new ArrayList<>();
        var deliveries = unacked.values().iterator();
        while (deliveries.hasNext()) {
            Unacked next = deliveries.next();
            if (tag != 0 && next.tag() > tag) {
                break;
            }
            taken.add(next);
            deliveries.remove();
        }
        return taken;
    }

    private static AmqpException unknown(long tag) {
        return new AmqpException(ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
    }

    /** Removes and returns all. */
    List<Unacked> takeAll() {
        return take(0, true);
    }

    /** Settles deliveries, then lets their queues deliver more. */
    static void settle(List<Unacked> deliveries, Outcome outcome) {
        settle(deliveries, outcome, true);
    }

    /** As above; without {@code deliverMore} the caller lets the queues deliver, in an order of its own. */
    static void settle(List<Unacked> deliveries, Outcome outcome, boolean deliverMore) {
        Return why = switch (outcome) {
            case NACKED -> Return.NACKED;
            case RETURNED -> Return.REJECTED;
            case ABANDONED -> Return.CHANNEL_ENDED;
            case ACKNOWLEDGED, REJECTED -> null;
        };
        if (why != null) {
            requeue(deliveries, why);
            return;
        }
        Set<MessageQueue> queues =
                deliveries.size() == 1 ? Set.of(deliveries.get(0).queue()) : new LinkedHashSet<>();
        for (Unacked delivery : deliveries) {
            delivery.settled();
            if (outcome == Outcome.ACKNOWLEDGED) {
                delivery.queue().acknowledge(delivery.message());
            } else {
                delivery.queue().reject(delivery.message());
            }
            if (deliveries.size() > 1) {
                queues.add(delivery.queue());
            }
        }
        if (deliverMore) {
            queues.forEach(MessageQueue::deliver);
        }
    }

    private static void requeue(List<Unacked> deliveries, Return why) {
        Map<MessageQueue, List<QueuedMessage>> byQueue = new LinkedHashMap<>();
        for (Unacked delivery : deliveries) {
            delivery.settled();
            byQueue.computeIfAbsent(delivery.queue(), queue -> new ArrayList<>())
                    .add(delivery.message());
        }
        byQueue.forEach((queue, messages) -> queue.requeue(messages, why));
    }
}
