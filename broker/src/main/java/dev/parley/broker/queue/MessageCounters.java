package dev.parley.broker.queue;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens to messages: of a queue, a channel, a virtual host, or of the broker. Thread-safe. */
public final class MessageCounters {
    private final Map<MessageEvent, LongAdder> counts = new EnumMap<>(MessageEvent.class);

    /** Counters of 0. */
    public MessageCounters() {
        for (MessageEvent event : MessageEvent.values()) {
            counts.put(event, new LongAdder());
        }
    }

    /** Counts one event. */
    public void count(MessageEvent event) {
        adder(event).increment();
    }

    /** Counts several events. */
    public void count(MessageEvent event, long number) {
        adder(event).add(number);
    }

    private LongAdder adder(MessageEvent event) {
        return Objects.requireNonNull(counts.get(event));
    }

    /** Adds what another one has counted. */
    public void addAll(MessageCounters other) {
        counts.forEach((event, adder) -> adder.add(other.get(event)));
    }

    /** How many events of a kind there were. */
    public long get(MessageEvent event) {
        return adder(event).sum();
    }

    /** A copy of all counts. */
    public Map<MessageEvent, Long> all() {
        Map<MessageEvent, Long> all = new EnumMap<>(MessageEvent.class);
        counts.forEach((event, adder) -> all.put(event, adder.sum()));
        return all;
    }

    /** How many messages were sent to consumers or fetched, redeliveries included. */
    public long delivered() {
        return get(MessageEvent.DELIVER)
                + get(MessageEvent.DELIVER_NO_ACK)
                + get(MessageEvent.GET)
                + get(MessageEvent.GET_NO_ACK);
    }
}
