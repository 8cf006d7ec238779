package dev.parley.oslo;

import java.util.Map;

/**
 * A queue as it is declared, and its one binding. Immutable.
 *
 * @param name its name
 * @param durable whether it outlives the broker's restart
 * @param autoDelete whether it goes with its last consumer
 * @param arguments the {@code x-} arguments
 * @param exchange what it is bound to; the broker's own exchange needs no binding
 * @param key the key of the binding
 */
record Queue(
        String name,
        boolean durable,
        boolean autoDelete,
        Map<String, Object> arguments,
        Exchange exchange,
        String key) {
    Queue {
        ShortString.check("queue", name);
        arguments = Map.copyOf(arguments);
    }

    /** The same, gone with the broker's restart; quorum queues and streams are never so. */
    Queue passing() {
        return arguments.containsKey("x-queue-type")
                ? this
                : new Queue(name, false, autoDelete, arguments, exchange, key);
    }

    /** Whether it is a stream, which keeps what was read. */
    boolean isStream() {
        return "stream".equals(arguments.get("x-queue-type"));
    }
}
