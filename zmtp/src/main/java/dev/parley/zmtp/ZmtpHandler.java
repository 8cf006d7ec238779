package dev.parley.zmtp;

/**
 * Receives the events of a socket. Each method is called on the event loop of the peer concerned, so calls for one peer
 * do not overlap and those for several may. Methods must not block.
 */
public interface ZmtpHandler {
    /** The handshake with a peer is complete: messages can be sent to it. */
    void connected(ZmtpPeer peer);

    /** A message was received. The handler may keep the frames. */
    void received(ZmtpPeer peer, byte[][] frames);

    /**
     * A message was received that exceeds {@link ZmtpLimits#maxMessageBytes}. It was skipped and not stored.
     *
     * @param frames the frames before the one that exceeded the limit, then at most the first 1,024 bytes of that one
     *     and of each later one
     * @param bytes the size of the message in bytes
     */
    void oversized(ZmtpPeer peer, byte[][] frames, long bytes);

    /**
     * A message was received for which there is no memory. It was skipped and not stored; otherwise as in
     * {@link #oversized}, which is called by default.
     */
    default void overloaded(ZmtpPeer peer, byte[][] frames, long bytes) {
        oversized(peer, frames, bytes);
    }

    /** A peer of a PUB socket has subscribed to a prefix, for the first time or again. Does nothing by default. */
    default void subscribed(ZmtpPeer peer, byte[] prefix) {}

    /** A peer of a PUB socket has canceled a subscription. Does nothing by default. */
    default void unsubscribed(ZmtpPeer peer, byte[] prefix) {}

    /** The connection to a peer that was {@link #connected} has ended. The reason is for logs and error messages. */
    void disconnected(ZmtpPeer peer, String reason);
}
