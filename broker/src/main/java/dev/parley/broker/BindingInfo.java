package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A binding as it was when it was looked at.
 *
 * @param source an exchange; empty for the default exchange, to which every queue is bound by its name
 * @param destination a queue, or an exchange if {@code toExchange}
 */
public record BindingInfo(
        String virtualHost,
        String source,
        String destination,
        boolean toExchange,
        String routingKey,
        Map<String, @Nullable Object> arguments) {}
