package dev.parley.zmtp;

import java.util.Set;

/** The supported ZeroMQ socket types, and the types that each may connect to. Thread-safe. */
public enum SocketType {
    /** Addresses each of its peers. */
    ROUTER(Set.of("ROUTER", "DEALER", "REQ")),
    /** Sends to its peers without waiting for responses. */
    DEALER(Set.of("ROUTER", "DEALER", "REP"));

    private final Set<String> peers;

    SocketType(Set<String> peers) {
        this.peers = peers;
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
