package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of an exchange; the default exchange has an empty name. Immutable.
 *
 * @param policy the name of the policy that applies to it
 * @param delayed how many messages it holds back, if it is a delayed exchange
 */
public record ExchangeInfo(
        String virtualHost,
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments,
        @Nullable String policy,
        int delayed) {}
