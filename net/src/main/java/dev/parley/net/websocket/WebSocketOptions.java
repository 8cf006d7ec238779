package dev.parley.net.websocket;

import dev.parley.spi.MemoryBudget;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The limits and habits of WebSocket connections, the same on both sides. Immutable and thread-safe; {@code withX}
 * methods return a changed copy.
 */
public final class WebSocketOptions {
    private static final WebSocketOptions DEFAULTS = new WebSocketOptions(
            16 << 20,
            16 << 20,
            10_000,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            1400,
            List.of(),
            MemoryBudget.process());

    private final int maxMessage;
    private final int maxFrame;
    private final int maxFragments;
    private final Duration pingInterval;
    private final Duration pingTimeout;
    private final Duration closeTimeout;
    private final Duration messageTimeout;
    private final int compressAbove;
    private final List<String> subprotocols;
    private final MemoryBudget memory;

    private WebSocketOptions(
            int maxMessage,
            int maxFrame,
            int maxFragments,
            Duration pingInterval,
            Duration pingTimeout,
            Duration closeTimeout,
            Duration messageTimeout,
            int compressAbove,
            List<String> subprotocols,
            MemoryBudget memory) {
        this.maxMessage = positive("maxMessage", maxMessage);
        this.maxFrame = positive("maxFrame", maxFrame);
        this.maxFragments = positive("maxFragments", maxFragments);
        this.pingInterval = pingInterval;
        this.pingTimeout = pingTimeout;
        this.closeTimeout = closeTimeout;
        this.messageTimeout = messageTimeout;
        this.memory = Objects.requireNonNull(memory, "memory");
        this.compressAbove = compressAbove;
        this.subprotocols = List.copyOf(subprotocols);
        if (pingInterval.isNegative()) {
            throw new IllegalArgumentException("pingInterval must not be negative, as it is: " + pingInterval);
        }
        if (!pingTimeout.isPositive() || !closeTimeout.isPositive() || !messageTimeout.isPositive()) {
            throw new IllegalArgumentException(
                    "timeouts must be positive, not " + pingTimeout + ", " + closeTimeout + " and " + messageTimeout);
        }
    }

    /** The defaults that the getters name. */
    public static WebSocketOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The largest message in bytes, before and after inflating. Default 16 MiB. A larger one closes the connection with
     * code 1009.
     */
    public int maxMessage() {
        return maxMessage;
    }

    /** The largest frame in bytes. Default 16 MiB. A larger one closes the connection with code 1009. */
    public int maxFrame() {
        return maxFrame;
    }

    /** The largest number of frames of one message. Default 10,000. More close the connection with code 1009. */
    public int maxFragments() {
        return maxFragments;
    }

    /** After this time without a byte from the peer a ping is sent. Default 30 s; zero sends none. */
    public Duration pingInterval() {
        return pingInterval;
    }

    /**
     * The longest time without a byte from the peer after a ping, and the longest time in which the peer reads nothing of
     * what it is sent. Default 60 s. After it the connection is closed.
     */
    public Duration pingTimeout() {
        return pingTimeout;
    }

    /** How long this side waits for the peer's close after its own. Default 5 s. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * The longest time from the first byte of a message, or of its first frame, to the last; one second more for each 16
     * KiB. Default 60 s. After it the connection is closed with code 1008.
     */
    public Duration messageTimeout() {
        return messageTimeout;
    }

    /** What messages are charged to. Default {@link MemoryBudget#process()}. */
    public MemoryBudget memory() {
        return memory;
    }

    /**
     * Messages with more bytes are sent compressed, if both sides support permessage-deflate. Default 1,400; negative
     * switches compression off.
     */
    public int compressAbove() {
        return compressAbove;
    }

    /** Whether permessage-deflate is offered and accepted. */
    boolean compresses() {
        return compressAbove >= 0;
    }

    /** The sub-protocols that a client offers, or a server accepts, the preferred one first. Default none. */
    public List<String> subprotocols() {
        return subprotocols;
    }

    /**
     * These options with other limits of messages.
     *
     * @throws IllegalArgumentException if one of them is not positive
     */
    public WebSocketOptions withLimits(int newMaxMessage, int newMaxFrame, int newMaxFragments) {
        return new WebSocketOptions(
                newMaxMessage,
                newMaxFrame,
                newMaxFragments,
                pingInterval,
                pingTimeout,
                closeTimeout,
                messageTimeout,
                compressAbove,
                subprotocols,
                memory);
    }

    /**
     * These options with other times of pings.
     *
     * @throws IllegalArgumentException if the interval is negative or the timeout not positive
     */
    public WebSocketOptions withPings(Duration interval, Duration timeout) {
        return new WebSocketOptions(
                maxMessage,
                maxFrame,
                maxFragments,
                interval,
                timeout,
                closeTimeout,
                messageTimeout,
                compressAbove,
                subprotocols,
                memory);
    }

    /**
     * These options with another {@link #closeTimeout()}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public WebSocketOptions withCloseTimeout(Duration timeout) {
        return new WebSocketOptions(
                maxMessage,
                maxFrame,
                maxFragments,
                pingInterval,
                pingTimeout,
                timeout,
                messageTimeout,
                compressAbove,
                subprotocols,
                memory);
    }

    /**
     * These options with another {@link #messageTimeout()}.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public WebSocketOptions withMessageTimeout(Duration timeout) {
        return new WebSocketOptions(
                maxMessage,
                maxFrame,
                maxFragments,
                pingInterval,
                pingTimeout,
                closeTimeout,
                timeout,
                compressAbove,
                subprotocols,
                memory);
    }

    /** These options with another {@link #memory()}. */
    public WebSocketOptions withMemory(MemoryBudget budget) {
        return new WebSocketOptions(
                maxMessage,
                maxFrame,
                maxFragments,
                pingInterval,
                pingTimeout,
                closeTimeout,
                messageTimeout,
                compressAbove,
                subprotocols,
                budget);
    }

    /** These options with another {@link #compressAbove()}. */
    public WebSocketOptions withCompressAbove(int bytes) {
        return new WebSocketOptions(
                maxMessage,
                maxFrame,
                maxFragments,
                pingInterval,
                pingTimeout,
                closeTimeout,
                messageTimeout,
                bytes,
                subprotocols,
                memory);
    }

    /** These options with other {@link #subprotocols()}. */
    public WebSocketOptions withSubprotocols(List<String> names) {
        return new WebSocketOptions(
                maxMessage,
                maxFrame,
                maxFragments,
                pingInterval,
                pingTimeout,
                closeTimeout,
                messageTimeout,
                compressAbove,
                names,
                memory);
    }

    private static int positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
        return value;
    }
}
