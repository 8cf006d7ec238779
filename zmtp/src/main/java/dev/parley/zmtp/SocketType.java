package dev.parley.zmtp;

import java.util.Set;

/** The ZeroMQ socket types that a {@link ZmtpSocket} may have, and the types of their peers. Thread-safe. */
public enum SocketType {
    /** Addresses each of its peers, by {@link ZmtpPeer#send}. */
    ROUTER(Sending.TO_PEER, true, Set.of("ROUTER", "DEALER", "REQ")),
    /** Sends to its peers in turn, without waiting for responses. */
    DEALER(Sending.ROUND_ROBIN, true, Set.of("ROUTER", "DEALER", "REP")),
    /** Sends to its peers in turn, and receives nothing. */
    PUSH(Sending.ROUND_ROBIN, false, Set.of("PULL")),
    /** Receives from all its peers, and sends nothing. */
    PULL(Sending.NOT, true, Set.of("PUSH")),
    /** Sends each message to those peers that have subscribed to a prefix of its first frame. */
    PUB(Sending.FAN_OUT, false, Set.of("SUB", "XSUB")),
    /** Receives from all its peers what it has subscribed to, and sends nothing. */
    SUB(Sending.NOT, true, Set.of("PUB", "XPUB"));

    /** Whom the messages of a socket go to. */
    enum Sending {
        /** To the peer that the user names. */
        TO_PEER,
        /** To the next peer that has room. */
        ROUND_ROBIN,
        /** To each peer that has subscribed. */
        FAN_OUT,
        /** To none. */
        NOT
    }

    private final Sending sending;
    private final boolean receives;
    private final Set<String> peers;

    SocketType(Sending sending, boolean receives, Set<String> peers) {
        this.sending = sending;
        this.receives = receives;
        this.peers = peers;
    }

    Sending sending() {
        return sending;
    }

    /** Whether its peers may send messages to it; those of a PUB are subscriptions. */
    public boolean receives() {
        return receives;
    }

    /** Whether messages may be sent to a peer of the user's choice. */
    boolean addressesPeers() {
        return sending == Sending.TO_PEER || sending == Sending.ROUND_ROBIN;
    }

    /** Whether READY has an identity, as libzmq's has. */
    boolean hasIdentity() {
        return this == ROUTER || this == DEALER;
    }

    /** Whether a peer may be of this type. */
    public boolean accepts(String peerType) {
        return peers.contains(peerType);
    }

    /** The types that a peer may be of, for error messages. */
    String accepted() {
        return String.join(", ", peers.stream().sorted().toList());
    }
}
