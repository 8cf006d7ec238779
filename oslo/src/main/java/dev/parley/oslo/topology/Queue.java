package dev.parley.oslo.topology;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A queue to declare, and its bindings. Immutable, and safe for use by any thread.
 *
 * @param name its name
 * @param durable whether it survives a restart of the broker
 * @param autoDelete whether it is deleted with its last consumer
 * @param arguments the {@code x-} arguments
 * @param exchange the exchange it is bound to; the default exchange needs no binding
 * @param keys the routing keys of the bindings
 */
public record Queue(
        String name,
        boolean durable,
        boolean autoDelete,
        Map<String, Object> arguments,
        Exchange exchange,
        List<String> keys) {
    public Queue {
        ShortString.check("queue", name);
        arguments = Map.copyOf(arguments);
        keys = List.copyOf(keys);
    }

    /** A queue with one binding. */
    public Queue(
            String name,
            boolean durable,
            boolean autoDelete,
            Map<String, Object> arguments,
            Exchange exchange,
            String key) {
        this(name, durable, autoDelete, arguments, exchange, List.of(key));
    }

    /** The first queue of each name. */
    public static List<Queue> distinctNames(List<Queue> queues) {
        Set<String> names = new HashSet<>();
        return queues.stream().filter(queue -> names.add(queue.name())).toList();
    }

    /** A copy that does not survive a restart of the broker; quorum queues and streams are always durable. */
    public Queue nonDurable() {
        return arguments.containsKey("x-queue-type")
                ? this
                : new Queue(name, false, autoDelete, arguments, exchange, keys);
    }

    /** Whether it is a stream, which keeps messages after they were read. */
    public boolean isStream() {
        return "stream".equals(arguments.get("x-queue-type"));
    }
}
