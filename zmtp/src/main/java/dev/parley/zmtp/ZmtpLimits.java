package dev.parley.zmtp;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a socket towards each peer. Sizes are checked when the header of a frame has arrived, before anything
 * is stored: a message that is too large is skipped and reported to {@link ZmtpHandler#oversized}; a message with too
 * many frames, like any other violation of the protocol, ends the connection.
 *
 * <p>Immutable and thread-safe.
 */
public final class ZmtpLimits {
    private static final ZmtpLimits DEFAULTS = new ZmtpLimits(
            16 << 20, 64, Duration.ofSeconds(10), 16 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60));

    private final int maxMessageBytes;
    private final int maxFrames;
    private final Duration handshakeTimeout;
    private final int maxPendingBytes;
    private final Duration messageTimeout;
    private final Duration writeTimeout;

    private ZmtpLimits(
            int maxMessageBytes,
            int maxFrames,
            Duration handshakeTimeout,
            int maxPendingBytes,
            Duration messageTimeout,
            Duration writeTimeout) {
        this.maxMessageBytes = maxMessageBytes;
        this.maxFrames = maxFrames;
        this.handshakeTimeout = handshakeTimeout;
        this.maxPendingBytes = maxPendingBytes;
        this.messageTimeout = messageTimeout;
        this.writeTimeout = writeTimeout;
    }

    /** The default limits. */
    public static ZmtpLimits defaults() {
        return DEFAULTS;
    }

    /** The maximum size of all frames of a message together, in bytes. Default 16 MiB. */
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * These limits with another maximum size of a message.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ZmtpLimits withMaxMessageBytes(int bytes) {
        return new ZmtpLimits(
                positive(bytes, "maxMessageBytes"),
                maxFrames,
                handshakeTimeout,
                maxPendingBytes,
                messageTimeout,
                writeTimeout);
    }

    /** The maximum number of frames of a message. Default 64. */
    public int maxFrames() {
        return maxFrames;
    }

    /**
     * These limits with another maximum number of frames.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ZmtpLimits withMaxFrames(int frames) {
        return new ZmtpLimits(
                maxMessageBytes,
                positive(frames, "maxFrames"),
                handshakeTimeout,
                maxPendingBytes,
                messageTimeout,
                writeTimeout);
    }

    /** The time within which a peer must connect, and then complete the handshake. Default 10 seconds. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** The timeout in milliseconds, at least 1. */
    int handshakeTimeoutMillis() {
        // A duration in seconds cannot overflow, one in milliseconds can.
        return handshakeTimeout.toSeconds() >= Integer.MAX_VALUE / 1000
                ? Integer.MAX_VALUE
                : Math.max(1, (int) handshakeTimeout.toMillis());
    }

    /**
     * These limits with another timeout for the handshake. One of more than 24 days is taken as 24 days.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ZmtpLimits withHandshakeTimeout(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout");
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("handshakeTimeout must be positive, not " + timeout);
        }
        return new ZmtpLimits(maxMessageBytes, maxFrames, timeout, maxPendingBytes, messageTimeout, writeTimeout);
    }

    /**
     * The number of bytes that may wait to be sent to a peer. Beyond it, a ROUTER stops reading from that peer; a user
     * of a DEALER compares it with {@link ZmtpPeer#pendingBytes}. Default 16 MiB.
     */
    public int maxPendingBytes() {
        return maxPendingBytes;
    }

    /**
     * These limits with another number of bytes that may wait to be sent.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ZmtpLimits withMaxPendingBytes(int bytes) {
        return new ZmtpLimits(
                maxMessageBytes,
                maxFrames,
                handshakeTimeout,
                positive(bytes, "maxPendingBytes"),
                messageTimeout,
                writeTimeout);
    }

    /** How long a message may take from its first byte to its last; zero for any time. Default 60 seconds. */
    public Duration messageTimeout() {
        return messageTimeout;
    }

    /**
     * How long a peer may read nothing of what waits to be sent before its connection is closed; zero for ever. Default
     * 60 seconds.
     */
    public Duration writeTimeout() {
        return writeTimeout;
    }

    /** These limits with other times for the bytes of messages. */
    public ZmtpLimits withTimeouts(Duration message, Duration write) {
        return new ZmtpLimits(maxMessageBytes, maxFrames, handshakeTimeout, maxPendingBytes, message, write);
    }

    private static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
        return value;
    }
}
