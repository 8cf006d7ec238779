package dev.parley.zerorpc;

import dev.parley.ConnectionLostException;

/** One conversation: a request and all that follows on it. Its clocks belong to the session's event loop. */
final class Channel {
    /** What a channel is for: a call that is served, or one that is made. Told on the event loop. */
    interface Owner {
        /** An event came that is neither a heartbeat nor a grant. */
        void received(Event event);

        /** The peer takes so many further data events. */
        void granted(long more);

        /** The peer is gone. The channel is closed already. */
        void lost(ConnectionLostException reason);
    }

    private final MessageId id;
    private final int version;
    private final byte[][] envelope;
    private final Owner owner;
    long lastSeen;
    long lastBeat;
    long nextBeat;
    /** Whether to wait for the peer's first beat before beating and before holding its silence against it. */
    boolean passive;

    Channel(MessageId id, int version, byte[][] envelope, boolean passive, long heartbeatNanos, Owner owner) {
        this.id = id;
        this.version = version;
        this.envelope = envelope;
        this.passive = passive;
        this.owner = owner;
        long now = System.nanoTime();
        lastBeat = now;
        nextBeat = now + heartbeatNanos;
        // A peer's first beat comes one interval after the channel's start.
        lastSeen = nextBeat;
    }

    MessageId id() {
        return id;
    }

    /** The protocol version of the peer. */
    int version() {
        return version;
    }

    /** The frames that lead to the peer through the brokers in between, outermost first; none for most. */
    byte[][] envelope() {
        return envelope;
    }

    Owner owner() {
        return owner;
    }
}
