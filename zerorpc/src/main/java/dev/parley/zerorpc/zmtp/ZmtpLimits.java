package dev.parley.zerorpc.zmtp;

import java.time.Duration;

/**
 * What a socket takes from a peer. Sizes are checked when a frame's header has come, before anything is stored: a message that is too large is read past and
 * told to the handler; one of too many frames, like any other breach of the protocol, ends the connection. Immutable.
 *
 * @param messageBytes the size of all frames of one message together; default 16 MiB
 * @param frames the number of frames of one message; default 64
 * @param handshakeTimeout how long a peer may take for greeting and READY; default 10 seconds
 * @param pendingBytes how much may wait to be sent to one peer: past it, a ROUTER reads nothing more from that peer; default 16 MiB
 */
public record ZmtpLimits(int messageBytes, int frames, Duration handshakeTimeout, int pendingBytes) {
    private static final ZmtpLimits DEFAULT = new ZmtpLimits(16 << 20, 64, Duration.ofSeconds(10), 16 << 20);

    public ZmtpLimits {
        if (messageBytes < 1 || frames < 1 || pendingBytes < 1 || !handshakeTimeout.isPositive()) {
            throw new IllegalArgumentException("every limit must be positive");
        }
    }

    /** The default limits. */
    public static ZmtpLimits defaults() {
        return DEFAULT;
    }

    /** These limits with another message size in bytes. */
    public ZmtpLimits messageBytes(int bytes) {
        return new ZmtpLimits(bytes, frames, handshakeTimeout, pendingBytes);
    }

    /** These limits with another number of frames. */
    public ZmtpLimits frames(int count) {
        return new ZmtpLimits(messageBytes, count, handshakeTimeout, pendingBytes);
    }

    /** These limits with another time for the handshake. */
    public ZmtpLimits handshakeTimeout(Duration timeout) {
        return new ZmtpLimits(messageBytes, frames, timeout, pendingBytes);
    }

    /** These limits with another amount that may wait to be sent. */
    public ZmtpLimits pendingBytes(int bytes) {
        return new ZmtpLimits(messageBytes, frames, handshakeTimeout, bytes);
    }
}
