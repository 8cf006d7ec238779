package dev.parley.zerorpc.zmtp;

import java.util.Set;

/** The ZeroMQ socket types spoken here, and those each of them talks to. */
public enum SocketType {
    /** Talks to many peers, knowing them apart. */
    ROUTER(Set.of("ROUTER", "DEALER", "REQ")),
    /** Talks to any peer without waiting for answers. */
    DEALER(Set.of("ROUTER", "DEALER", "REP"));

    private final Set<String> peers;

    SocketType(Set<String> peers) {
        this.peers = peers;
    }

    /** Whether a peer of this type fits. */
    public boolean accepts(String peerType) {
        return peers.contains(peerType);
    }

    /** The types that fit, for messages. */
    String accepted() {
        return String.join(", ", peers.stream().sorted().toList());
    }
}
