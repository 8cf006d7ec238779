package dev.parley.broker;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a connection. Immutable.
 *
 * @param id unique in its broker
 * @param name both addresses, {@code 127.0.0.1:40000 -> 127.0.0.1:5672}
 * @param clientName the {@code connection_name} of the client; empty if it has none
 * @param user empty until the handshake is complete, as {@code virtualHost}
 * @param channels how many are open
 * @param channelMax the highest channel number
 * @param frameMax the largest frame in octets
 * @param heartbeatSeconds 0 if there are no heartbeats
 * @param blocked whether it may not publish for now, because memory is exceeded
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
