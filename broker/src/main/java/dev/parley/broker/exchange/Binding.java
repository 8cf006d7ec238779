package dev.parley.broker.exchange;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A binding of a destination to an exchange. Bindings that differ only in their arguments are different. Immutable. */
public record Binding(
        Exchange source, Destination destination, String routingKey, Map<String, @Nullable Object> arguments) {}
