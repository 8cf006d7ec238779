package dev.parley.broker.connection;

/**
 * What was negotiated for a connection. Immutable.
 *
 * @param channelMax the highest channel number
 * @param frameMax the largest frame in octets
 * @param heartbeatSeconds the heartbeat interval; 0 if there are no heartbeats
 */
public record Tuning(int channelMax, int frameMax, int heartbeatSeconds) {
    /** Before the negotiation. */
    static final Tuning NONE = new Tuning(0, 0, 0);
}
