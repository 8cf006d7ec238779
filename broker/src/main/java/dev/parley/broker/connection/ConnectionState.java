package dev.parley.broker.connection;

import dev.parley.broker.channel.ChannelState;
import java.util.List;

/**
 * A snapshot of a connection. Immutable.
 *
 * @param octetsReceived without those of TLS
 * @param octetsSent likewise
 * @param channels by number
 */
public record ConnectionState(
        long octetsReceived, long framesReceived, long octetsSent, long framesSent, List<ChannelState> channels) {
    /** Nothing. */
    static final ConnectionState NONE = new ConnectionState(0, 0, 0, 0, List.of());
}
