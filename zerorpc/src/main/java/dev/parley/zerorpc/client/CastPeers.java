package dev.parley.zerorpc.client;

import dev.parley.zerorpc.channel.Pattern;
import dev.parley.zmtp.ZmtpHandler;
import dev.parley.zmtp.ZmtpPeer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Knows the servers that would get a cast now. Nothing is received from them. Thread-safe. */
final class CastPeers implements ZmtpHandler {
    private final Pattern pattern;
    private final Set<ZmtpPeer> peers = ConcurrentHashMap.newKeySet();

    CastPeers(Pattern pattern) {
        this.pattern = pattern;
    }

    boolean isEmpty() {
        return peers.isEmpty();
    }

    @Override
    public void connected(ZmtpPeer peer) {
        if (pattern != Pattern.PUBLISH) {
            peers.add(peer);
        }
    }

    @Override
    public void subscribed(ZmtpPeer peer, byte[] prefix) {
        peers.add(peer);
    }

    @Override
    public void received(ZmtpPeer peer, byte[][] frames) {
        throw new IllegalStateException("a socket that only sends has received a message");
    }

    @Override
    public void oversized(ZmtpPeer peer, byte[][] frames, long bytes) {
        received(peer, frames);
    }

    @Override
    public void disconnected(ZmtpPeer peer, String reason) {
        peers.remove(peer);
    }
}
