package dev.parley.broker;

import java.util.Set;

/** What a binding leads to: a queue or another exchange. */
sealed interface Destination permits MessageQueue, Exchange {
    String name();

    /** The bindings that lead here; concurrent. */
    Set<Binding> inbound();
}
