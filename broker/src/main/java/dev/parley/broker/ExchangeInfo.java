package dev.parley.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange as it was when it was looked at; the default exchange has an empty name. */
public record ExchangeInfo(
        String virtualHost,
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments) {}
