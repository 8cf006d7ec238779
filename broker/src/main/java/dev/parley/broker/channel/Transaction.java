package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.limit.Debts;
import dev.parley.broker.queue.Message;
import java.util.ArrayList;
import java.util.List;

/** What a channel in transactional mode does at the next commit. Used on the connection's event loop. */
final class Transaction {
    /** A message to publish. */
    record Publish(Message message, boolean mandatory) {}

    /** Deliveries to settle. */
    record Settle(List<Unacked> deliveries, Deliveries.Outcome outcome) {}

    private final List<Publish> publishes = new ArrayList<>();
    private final List<Settle> settles = new ArrayList<>();
    private final Debts.Debt debt;

    Transaction(Debts.Debt debt) {
        this.debt = debt;
    }

    void publish(Message message, boolean mandatory) {
        publishes.add(new Publish(message, mandatory));
        if (!debt.hold(message.footprint())) {
            throw AmqpException.hard(ReplyCode.RESOURCE_ERROR, debt.reason());
        }
    }

    void settle(List<Unacked> deliveries, Deliveries.Outcome outcome) {
        settles.add(new Settle(deliveries, outcome));
    }

    int uncommittedMessages() {
        return publishes.size();
    }

    int uncommittedAcks() {
        return settles.stream().mapToInt(settle -> settle.deliveries().size()).sum();
    }

    void commit(Publishing publishing) {
        for (Publish publish : publishes) {
            publishing.publish(publish.message(), publish.mandatory());
        }
        settles.forEach(settle -> Deliveries.settle(settle.deliveries(), settle.outcome()));
        clear();
    }

    /** Drops the messages; returns the deliveries, which are unacknowledged as before. */
    List<Unacked> rollback() {
        List<Unacked> back = new ArrayList<>();
        settles.forEach(settle -> back.addAll(settle.deliveries()));
        clear();
        return back;
    }

    private void clear() {
        publishes.forEach(publish -> debt.release(publish.message().footprint()));
        publishes.clear();
        settles.clear();
    }
}
