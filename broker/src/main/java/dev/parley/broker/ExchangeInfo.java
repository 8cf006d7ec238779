package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of an exchange; the default exchange has an empty name. Immutable.
 *
 * @param policy the name of the policy that applies to it
 */
public record ExchangeInfo(
        String virtualHost,
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments,
        @Nullable String policy) {}
