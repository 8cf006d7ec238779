package dev.parley.zerorpc.channel;

/**
 * When heartbeats and grants may be sent on a channel: one after the other, each once the peer has read the one before.
 * A peer that is zerorpc for Python and ends the channel while two of them arrive stops reading its connections for
 * ever. That the peer has read one shows by what it sends: an answer to a heartbeat, more items than it could without
 * the grant, or any event that came a while later. Events of both sides may cross: one that came at once shows it when
 * a whole interval has passed. Confined to the event loop.
 */
final class ControlEvents {
    private final Sent heartbeat = new Sent();
    private final Sent grant = new Sent();
    private long settleNanos;
    private long intervalNanos;
    /** How many data events the peer might have sent without the newest grant. */
    private long creditBefore;
    /** How many data events the peer may send. */
    private long credit = 1;
    /** How many it has sent. */
    private long received;

    private int grantOwed;
    private boolean heartbeatOwed;

    /** The newest event of a kind, and whether the peer has read it so far as is known. */
    private static final class Sent {
        private long at;
        private boolean unread;
        private boolean heardSince;

        void sent(long now) {
            at = now;
            unread = true;
            heardSince = false;
        }

        void heard(long now, long settleNanos) {
            unread &= now - at < settleNanos;
            heardSince = true;
        }

        boolean isUnread(long now, long intervalNanos) {
            unread &= !heardSince || now - at < intervalNanos;
            return unread;
        }
    }

    /**
     * Sets the times by which it shows that an event has been read.
     *
     * @param settle any event of the peer that arrives so many nanoseconds later shows it
     * @param interval after so many nanoseconds any event that has arrived since shows it
     */
    void start(long settle, long interval) {
        settleNanos = settle;
        intervalNanos = interval;
    }

    /** The peer sent an event, or is not being read from. */
    void heard(long now) {
        heartbeat.heard(now, settleNanos);
        grant.heard(now, settleNanos);
    }

    /** The peer sent an answer to a heartbeat. */
    void answered() {
        heartbeat.unread = false;
    }

    /** The peer sent a data event. */
    void dataReceived() {
        received++;
        grant.unread &= received <= creditBefore;
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
        return !heartbeat.isUnread(now, intervalNanos) && !grant.isUnread(now, intervalNanos);
    }

    void heartbeatSent(long now) {
        heartbeatOwed = false;
        heartbeat.sent(now);
    }

    /** How many data events to grant now; 0 for none. A peer that cannot send any is not about to end the channel. */
    int takeGrant(long now) {
        if (grantOwed == 0 || (heartbeat.unread && received < credit)) {
            return 0;
        }
        int more = grantOwed;
        grantOwed = 0;
        creditBefore = credit;
        credit += more;
        grant.sent(now);
        return more;
    }
}
