package dev.parley.broker.exchange;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A way from an exchange to a destination. Two with different arguments are two bindings. */
public record Binding(
        Exchange source, Destination destination, String routingKey, Map<String, @Nullable Object> arguments) {}
