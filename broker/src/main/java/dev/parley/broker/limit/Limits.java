package dev.parley.broker.limit;

/** What the broker grants, all told. */
public record Limits(
        int channelMax,
        int frameMax,
        int heartbeatSeconds,
        long maxMessageSize,
        long memory,
        long queueMemory,
        int maxQueues,
        int maxConnections,
        int handshakeMillis) {}
