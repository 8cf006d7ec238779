package dev.parley.broker;

/** What the broker grants, all told. */
record Limits(
        int channelMax,
        int frameMax,
        int heartbeatSeconds,
        long maxMessageSize,
        long memory,
        long queueMemory,
        int maxQueues,
        int maxConnections,
        int handshakeMillis) {}
