package dev.parley.zerorpc.channel;

import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.MessageId;
import java.util.concurrent.TimeUnit;

/**
 * A call on a connection: the request and every event that belongs to it. The clocks are touched on the session's event
 * loop only, after {@link Session#open} has set them; the rest is immutable.
 */
public final class Channel {
    /** The envelope of a channel without brokers in between. */
    public static final byte[][] NO_ENVELOPE = {};
    /** What a peer sends so much later than it was sent something shows that it has read that. */
    private static final long MAX_SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** What a channel is for: a call that is served, or one that is made. Must not block. */
    public interface Owner {
        /** An event arrived that is neither a heartbeat nor a grant. Runs on the event loop. */
        void received(Event event);

        /** The peer accepts so many further data events. Runs on the event loop. */
        void granted(long more);

        /**
         * The peer is lost, and the channel is closed. Runs on the event loop, or on the thread that opens the channel
         * or closes the connection.
         *
         * @param reason for people
         */
        void lost(String reason);
    }

    private final MessageId id;
    private final Object key;
    private final int version;
    private final byte[][] envelope;
    private final Owner owner;
    private final Pace pace;
    private final ControlEvents controlEvents = new ControlEvents();
    /** {@link System#nanoTime()} of the peer's last event. */
    private long lastSeen;
    /** {@link System#nanoTime()} of the last heartbeat sent. */
    private long lastBeat;
    /** {@link System#nanoTime()} at which the next heartbeat is due. */
    private long nextBeat;

    private boolean passive;

    /**
     * A channel.
     *
     * @param id the id of the request
     * @param version the protocol version of the peer, 1 to 3
     * @param envelope the frames that lead to the peer through brokers in between, outermost first
     * @param passive whether to wait for the peer's first heartbeat before sending any and before the peer's silence
     *     means that it is lost
     * @param paceNanos how many nanoseconds to leave at least between the events that are sent; 0 for none
     * @param owner gets what arrives
     */
    public Channel(MessageId id, int version, byte[][] envelope, boolean passive, long paceNanos, Owner owner) {
        this.id = id;
        this.key = key(id, envelope);
        this.version = version;
        this.envelope = envelope;
        this.passive = passive;
        this.pace = Pace.of(paceNanos);
        this.owner = owner;
    }

    /** A channel of protocol version 3 to a peer without brokers in between. */
    public Channel(MessageId id, boolean passive, Owner owner) {
        this(id, 3, NO_ENVELOPE, passive, 0, owner);
    }

    /** The id of the request, under which the peer knows the channel. */
    public MessageId id() {
        return id;
    }

    /** What tells the channel from others of its connection, see {@link #key(MessageId, byte[][])}. */
    Object key() {
        return key;
    }

    /** The id, with the envelope if there is one: callers behind a broker may choose the same ids. */
    static Object key(MessageId id, byte[][] envelope) {
        return envelope.length == 0 ? id : new ChannelKey(id, envelope);
    }

    /** The protocol version of the peer, 1 to 3. */
    public int version() {
        return version;
    }

    /** The time between the events that are sent. */
    public Pace pace() {
        return pace;
    }

    ControlEvents controlEvents() {
        return controlEvents;
    }

    byte[][] envelope() {
        return envelope;
    }

    Owner owner() {
        return owner;
    }

    /** Starts the clocks, before the session knows the channel. */
    void startClocks(long now, long heartbeatNanos) {
        lastBeat = now;
        nextBeat = now + heartbeatNanos;
        // A peer's first heartbeat comes one interval after the start of the channel.
        lastSeen = nextBeat;
        if (heartbeatNanos == 0) {
            controlEvents.start(MAX_SETTLE_NANOS, MAX_SETTLE_NANOS);
        } else {
            controlEvents.start(Math.min(MAX_SETTLE_NANOS, heartbeatNanos / 10), heartbeatNanos);
        }
    }

    /** The peer sent something, or was not read from. */
    void seen(long now) {
        lastSeen = now;
        controlEvents.heard(now);
    }

    /** The peer sent a heartbeat, so it will send more. */
    void heartbeatReceived() {
        passive = false;
    }

    /** A heartbeat is being sent. */
    void heartbeatSent(long now, long heartbeatNanos) {
        lastBeat = now;
        nextBeat = now + heartbeatNanos;
        controlEvents.heartbeatSent(now);
    }

    boolean isPassive() {
        return passive;
    }

    long nanosSinceSeen(long now) {
        return now - lastSeen;
    }

    long nanosSinceHeartbeat(long now) {
        return now - lastBeat;
    }

    boolean isHeartbeatDue(long now) {
        return now - nextBeat >= 0;
    }
}
