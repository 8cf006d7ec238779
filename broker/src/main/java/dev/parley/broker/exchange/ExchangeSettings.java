package dev.parley.broker.exchange;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an exchange is declared with besides its name and type. Immutable. */
public record ExchangeSettings(
        boolean durable, boolean autoDelete, boolean internal, Map<String, @Nullable Object> arguments) {
    /** Durable, and nothing else. */
    public static final ExchangeSettings DURABLE = new ExchangeSettings(true, false, false, Map.of());
}
