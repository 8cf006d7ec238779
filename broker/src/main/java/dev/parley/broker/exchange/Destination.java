package dev.parley.broker.exchange;

import dev.parley.broker.queue.MessageQueue;
import java.util.Set;

/** What a binding leads to: a queue or another exchange. */
public sealed interface Destination permits MessageQueue, Exchange {
    String name();

    /** The bindings that lead here; concurrent. */
    Set<Binding> inbound();
}
