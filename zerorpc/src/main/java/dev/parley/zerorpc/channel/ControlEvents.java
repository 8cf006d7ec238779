package dev.parley.zerorpc.channel;

/**
 * When heartbeats and grants may be sent on a channel: one after the other, each once the peer has read the one before.
 * A peer that is zerorpc for Python and ends the channel while two of them arrive stops reading its connections for
 * ever. That the peer has read one shows by what it sends: an answer to a heartbeat, more items than it could without
 * the grant, or any event that came a while later. Events of both sides may cross: one that came at once shows it when
 * a whole interval has passed. Confined to the event loop.
 */
final class ControlEvents {
    private final long settleNanos;
    private final long intervalNanos;
    private long heartbeatAt;
    private boolean heartbeatUnread;
    private boolean heardSinceHeartbeat;
    private long grantAt;
    private boolean grantUnread;
    private boolean heardSinceGrant;
    /** How many data events the peer might have sent without the newest grant. */
    private long creditBefore;
    /** How many data events the peer may send. */
    private long credit = 1;
    /** How many it has sent. */
    private long received;

    private int grantOwed;
    private boolean heartbeatOwed;

    /**
     * Control events of one channel.
     *
     * @param settleNanos an event of the peer that arrives so much later than one was sent shows that the peer has read
     *     it
     * @param intervalNanos after so much time any event that arrived since one was sent shows it
     */
    ControlEvents(long settleNanos, long intervalNanos) {
        this.settleNanos = settleNanos;
        this.intervalNanos = intervalNanos;
    }

    /** The peer sent an event, or is not being read from. */
    void heard(long now) {
        heartbeatUnread &= now - heartbeatAt < settleNanos;
        grantUnread &= now - grantAt < settleNanos;
        heardSinceHeartbeat = true;
        heardSinceGrant = true;
    }

    /** The peer sent an answer to a heartbeat. */
    void answered() {
        heartbeatUnread = false;
    }

    /** The peer sent a data event. */
    void dataReceived() {
        received++;
        grantUnread &= received <= creditBefore;
    }

    /** A heartbeat is wanted, and sent as soon as it may be. */
    void oweHeartbeat() {
        heartbeatOwed = true;
    }

    /** A grant is wanted, and sent as soon as it may be. */
    void oweGrant(int more) {
        grantOwed += more;
    }

    boolean owesHeartbeat() {
        return heartbeatOwed;
    }

    boolean mayHeartbeat(long now) {
        heartbeatUnread &= !heardSinceHeartbeat || now - heartbeatAt < intervalNanos;
        grantUnread &= !heardSinceGrant || now - grantAt < intervalNanos;
        return !heartbeatUnread && !grantUnread;
    }

    void heartbeatSent(long now) {
        heartbeatOwed = false;
        heartbeatAt = now;
        heartbeatUnread = true;
        heardSinceHeartbeat = false;
    }

    /** How many data events to grant now; 0 for none. A peer that cannot send any is not about to end the channel. */
    int takeGrant(long now) {
        if (grantOwed == 0 || (heartbeatUnread && received < credit)) {
            return 0;
        }
        int grant = grantOwed;
        grantOwed = 0;
        creditBefore = credit;
        credit += grant;
        grantAt = now;
        grantUnread = true;
        heardSinceGrant = false;
        return grant;
    }
}
