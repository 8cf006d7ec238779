package dev.parley.broker.policy;

import java.util.Locale;

/** What a policy can apply to. Immutable. */
public enum Target {
    CLASSIC,
    QUORUM,
    STREAM,
    EXCHANGE;

    /** The type of a queue: classic, quorum or stream. */
    public static Target ofQueue(String kind) {
        return valueOf(kind.toUpperCase(Locale.ROOT));
    }

    /** Whether it is among what the {@code apply-to} of a policy names. */
    boolean isAmong(String applyTo) {
        return switch (applyTo) {
            case "queues" -> this != EXCHANGE;
            case "exchanges" -> this == EXCHANGE;
            case "classic_queues" -> this == CLASSIC;
            case "quorum_queues" -> this == QUORUM;
            case "streams" -> this == STREAM;
            default -> true;
        };
    }
}
