package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a binding. Immutable.
 *
 * @param source the exchange; empty for the default exchange, to which every queue is bound by its name
 * @param destination the queue, or the exchange if {@code toExchange}
 */
public record BindingInfo(
        String virtualHost,
        String source,
        String destination,
        boolean toExchange,
        String routingKey,
        Map<String, @Nullable Object> arguments) {}
