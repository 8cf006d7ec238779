package dev.parley.zerorpc.zmtp;

/** Told what happens on a socket, on the event loop of the peer that it happens to: it must not block. */
public interface ZmtpHandler {
    /** A peer has shaken hands. */
    void connected(ZmtpPeer peer);

    /** A message came. The frames are the handler's to keep. */
    void received(ZmtpPeer peer, byte[][] frames);

    /**
     * A message came that is larger than allowed. It was read past, not stored.
     *
     * @param frames the frames before the one that was too much, then the first 1,024 bytes at most of that one and of each after it
     * @param bytes the size of the message
     */
    void oversized(ZmtpPeer peer, byte[][] frames, long bytes);

    /** A peer that had been {@link #connected} is gone; the reason is for people. */
    void disconnected(ZmtpPeer peer, String reason);
}
