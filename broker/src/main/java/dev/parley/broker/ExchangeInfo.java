package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A snapshot of an exchange; the default exchange has an empty name. Immutable. */
public record ExchangeInfo(
        String virtualHost,
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments) {}
