package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.queue.MessageQueue;
import dev.parley.broker.queue.QueuedMessage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a channel was sent and has not acknowledged, in the order of delivery. Used on the connection's event loop. */
public final class Deliveries {
    /** What the client says of a delivery. */
    public enum Outcome {
        ACKNOWLEDGED,
        REQUEUED,
        REJECTED
    }

    private final LinkedHashMap<Long, Unacked> unacked = new LinkedHashMap<>();
    private long nextTag = 1;

    /** The tag for the next delivery. */
    public long nextTag() {
        return nextTag++;
    }

    public void add(Unacked delivery) {
        unacked.put(delivery.tag(), delivery);
    }

    /** Puts back what was taken, in order. */
    public void restore(List<Unacked> deliveries) {
        List<Unacked> all = new ArrayList<>(unacked.values());
        all.addAll(deliveries);
        all.sort(Comparator.comparingLong(Unacked::tag));
        unacked.clear();
        all.forEach(this::add);
    }

    public int size() {
        return unacked.size();
    }

    /** Takes those a client refers to: one, or all up to it, or with 0 and multiple all there are. */
    public List<Unacked> take(long tag, boolean multiple) {
        if (!multiple) {
            Unacked one = unacked.remove(tag);
            if (one == null) {
                throw unknown(tag);
            }
            return List.of(one);
        }
        if (tag != 0 && !unacked.containsKey(tag)) {
            throw unknown(tag);
        }
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

    /** Takes all. */
    public List<Unacked> takeAll() {
        return take(0, true);
    }

    /** Does with deliveries what the client said, then lets their queues go on. */
    public static void settle(List<Unacked> deliveries, Outcome outcome) {
        settle(deliveries, outcome, true);
    }

    /** The same; whoever does not let the queues go on does it himself, in an order of his own. */
    public static void settle(List<Unacked> deliveries, Outcome outcome, boolean goOn) {
        if (outcome == Outcome.REQUEUED) {
            requeue(deliveries);
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
        if (goOn) {
            queues.forEach(MessageQueue::deliver);
        }
    }

    private static void requeue(List<Unacked> deliveries) {
        Map<MessageQueue, List<QueuedMessage>> byQueue = new LinkedHashMap<>();
        for (Unacked delivery : deliveries) {
            delivery.settled();
            byQueue.computeIfAbsent(delivery.queue(), queue -> new ArrayList<>())
                    .add(delivery.message());
        }
        byQueue.forEach(MessageQueue::requeue);
    }
}
