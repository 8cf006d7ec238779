package dev.parley.oslo.topology;

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
public record Queue(
        String name,
        boolean durable,
        boolean autoDelete,
        Map<String, Object> arguments,
        Exchange exchange,
        String key) {
    public Queue {
        ShortString.check("queue", name);
        arguments = Map.copyOf(arguments);
    }

    /** The same, gone with the broker's restart; quorum queues and streams are never so. */
    public Queue passing() {
        return arguments.containsKey("x-queue-type")
                ? this
                : new Queue(name, false, autoDelete, arguments, exchange, key);
    }

    /** Whether it is a stream, which keeps what was read. */
    public boolean isStream() {
        return "stream".equals(arguments.get("x-queue-type"));
    }
}
