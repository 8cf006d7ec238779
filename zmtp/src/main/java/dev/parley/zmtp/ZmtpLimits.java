package dev.parley.zmtp;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The limits of a socket towards each peer. Sizes are checked when the header of a frame has arrived, before anything
 * is stored: a message that is too large is skipped and reported to {@link ZmtpHandler#oversized}; a message with too
 * many frames, like any other violation of the protocol, ends the connection.
 *
 * <p>Immutable and thread-safe.
 */
public final class ZmtpLimits {
    private static final ZmtpLimits DEFAULTS = new ZmtpLimits(new Draft());

    private final int maxMessageBytes;
    private final int maxFrames;
    private final Duration handshakeTimeout;
    private final int maxPendingBytes;
    private final int maxPendingMessages;
    private final int maxSubscriptions;
    private final Duration messageTimeout;
    private final Duration writeTimeout;

    /** The limits while they are changed. */
    private static final class Draft {
        private int maxMessageBytes = 16 << 20;
        private int maxFrames = 64;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private int maxPendingBytes = 16 << 20;
        private int maxPendingMessages = 1_000;
        private int maxSubscriptions = 10_000;
        private Duration messageTimeout = Duration.ofSeconds(60);
        private Duration writeTimeout = Duration.ofSeconds(60);
    }

    private ZmtpLimits(Draft draft) {
        this.maxMessageBytes = draft.maxMessageBytes;
        this.maxFrames = draft.maxFrames;
        this.handshakeTimeout = draft.handshakeTimeout;
        this.maxPendingBytes = draft.maxPendingBytes;
        this.maxPendingMessages = draft.maxPendingMessages;
        this.maxSubscriptions = draft.maxSubscriptions;
        this.messageTimeout = draft.messageTimeout;
        this.writeTimeout = draft.writeTimeout;
    }

    private ZmtpLimits with(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.maxMessageBytes = maxMessageBytes;
        draft.maxFrames = maxFrames;
        draft.handshakeTimeout = handshakeTimeout;
        draft.maxPendingBytes = maxPendingBytes;
        draft.maxPendingMessages = maxPendingMessages;
        draft.maxSubscriptions = maxSubscriptions;
        draft.messageTimeout = messageTimeout;
        draft.writeTimeout = writeTimeout;
        change.accept(draft);
        return new ZmtpLimits(draft);
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
        return with(draft -> draft.maxMessageBytes = positive(bytes, "maxMessageBytes"));
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
        return with(draft -> draft.maxFrames = positive(frames, "maxFrames"));
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
        return with(draft -> draft.handshakeTimeout = timeout);
    }

    /**
     * The number of bytes that may wait to be sent to a peer, which is the high-water mark of ZeroMQ together with
     * {@link #maxPendingMessages}. Beyond it, {@link ZmtpPeer#trySend} refuses messages, and a ROUTER stops reading
     * from that peer; {@link ZmtpPeer#send} goes on. A single message may exceed it. Default 16 MiB.
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
        return with(draft -> draft.maxPendingBytes = positive(bytes, "maxPendingBytes"));
    }

    /**
     * The number of messages that may wait to be sent to a peer. Beyond it, {@link ZmtpPeer#trySend} refuses messages.
     * What waits in the connection itself, up to some 512 KiB, does not count. Default 1,000, as in libzmq.
     */
    public int maxPendingMessages() {
        return maxPendingMessages;
    }

    /**
     * These limits with another number of messages that may wait to be sent.
     *
     * @throws IllegalArgumentException if it is not positive, or more than 8,000,000
     */
    public ZmtpLimits withMaxPendingMessages(int messages) {
        if (messages > 8_000_000) {
            throw new IllegalArgumentException("maxPendingMessages must be at most 8000000, not " + messages);
        }
        return with(draft -> draft.maxPendingMessages = positive(messages, "maxPendingMessages"));
    }

    /**
     * The number of different prefixes that one peer of a PUB may subscribe to; one that exceeds it is disconnected.
     * Default 10,000.
     */
    public int maxSubscriptions() {
        return maxSubscriptions;
    }

    /**
     * These limits with another number of subscriptions of a peer.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public ZmtpLimits withMaxSubscriptions(int subscriptions) {
        return with(draft -> draft.maxSubscriptions = positive(subscriptions, "maxSubscriptions"));
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
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(write, "write");
        return with(draft -> {
            draft.messageTimeout = message;
            draft.writeTimeout = write;
        });
    }

    private static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
        return value;
    }
}
