package dev.parley.broker.exchange;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a binding leads to: a queue or another exchange. Thread-safe. */
public interface Destination {
    /** The name, unique among the destinations of its kind in a virtual host. */
    String name();

    /** The type of a queue: classic, quorum or stream; {@code null} for an exchange. */
    @Nullable
    String kind();

    /** The bindings that lead here, a concurrent set. It changes under the virtual host's lock. */
    Set<Binding> inbound();
}
