package dev.parley.broker;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection past its handshake as it was when it was looked at.
 *
 * @param id unique in this broker
 * @param name both ends, {@code 127.0.0.1:40000 -> 127.0.0.1:5672}
 * @param clientName what the client calls itself (its {@code connection_name}), or an empty text
 * @param heartbeatSeconds 0 is none
 * @param blocked whether it may not publish now for want of memory
 */
public record ConnectionInfo(
        long id,
        String name,
        String clientName,
        String user,
        String virtualHost,
        int channels,
        int channelMax,
        int frameMax,
        int heartbeatSeconds,
        boolean blocked,
        Instant connectedAt,
        Map<String, @Nullable Object> clientProperties) {}
