package dev.parley.broker.channel;

import dev.parley.broker.limit.Watermark;
import dev.parley.broker.queue.Message;
import java.util.ArrayList;
import java.util.List;

/** What a channel in tx mode does at the next commit. Used on the connection's event loop. */
public final class Transaction {
    /** A message to publish. */
    public record Publish(Message message, boolean mandatory) {}

    /** Deliveries to settle. */
    public record Settle(List<Unacked> deliveries, Deliveries.Outcome outcome) {}

    private final List<Publish> publishes = new ArrayList<>();
    private final List<Settle> settles = new ArrayList<>();
    private final Watermark memory;

    public Transaction(Watermark memory) {
        this.memory = memory;
    }

    public void publish(Message message, boolean mandatory) {
        message.retain(memory);
        publishes.add(new Publish(message, mandatory));
    }

    public void settle(List<Unacked> deliveries, Deliveries.Outcome outcome) {
        settles.add(new Settle(deliveries, outcome));
    }

    public void commit(Publishing publishing) {
        for (Publish publish : publishes) {
            publishing.publish(publish.message(), publish.mandatory());
        }
        settles.forEach(settle -> Deliveries.settle(settle.deliveries(), settle.outcome()));
        clear();
    }

    /** Forgets the messages; returns the deliveries, which await their acknowledgement as before. */
    public List<Unacked> rollback() {
        List<Unacked> back = new ArrayList<>();
        settles.forEach(settle -> back.addAll(settle.deliveries()));
        clear();
        return back;
    }

    private void clear() {
        publishes.forEach(publish -> publish.message().release(memory));
        publishes.clear();
        settles.clear();
    }
}
