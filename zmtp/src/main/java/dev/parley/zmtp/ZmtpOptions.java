package dev.parley.zmtp;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How a socket treats its connections: their limits, when they are made again, and whether silent peers are asked for a
 * sign of life. Immutable and thread-safe.
 */
public final class ZmtpOptions {
    /** The longest time to live that a PING can tell: 65,535 tenths of a second. */
    private static final Duration MAX_TTL = Duration.ofMillis(6_553_500);

    /** The longest of the other times. */
    private static final Duration MAX_TIME = Duration.ofDays(365);

    private static final ZmtpOptions DEFAULTS = new ZmtpOptions(new Draft());

    private final ZmtpLimits limits;
    private final Duration reconnectInitial;
    private final Duration reconnectMax;
    private final Duration pingInterval;
    private final Duration pingTimeout;
    private final Duration pingTtl;

    /** The options while they are changed. */
    private static final class Draft {
        private ZmtpLimits limits = ZmtpLimits.defaults();
        private Duration reconnectInitial = Duration.ofMillis(40);
        private Duration reconnectMax = Duration.ofSeconds(2);
        private Duration pingInterval = Duration.ZERO;
        private Duration pingTimeout = Duration.ZERO;
        private Duration pingTtl = Duration.ZERO;
    }

    private ZmtpOptions(Draft draft) {
        this.limits = draft.limits;
        this.reconnectInitial = draft.reconnectInitial;
        this.reconnectMax = draft.reconnectMax;
        this.pingInterval = draft.pingInterval;
        this.pingTimeout = draft.pingTimeout;
        this.pingTtl = draft.pingTtl;
    }

    private ZmtpOptions with(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.limits = limits;
        draft.reconnectInitial = reconnectInitial;
        draft.reconnectMax = reconnectMax;
        draft.pingInterval = pingInterval;
        draft.pingTimeout = pingTimeout;
        draft.pingTtl = pingTtl;
        change.accept(draft);
        return new ZmtpOptions(draft);
    }

    /** The default options. */
    public static ZmtpOptions defaults() {
        return DEFAULTS;
    }

    /** The limits towards each peer. */
    public ZmtpLimits limits() {
        return limits;
    }

    /** These options with other limits. */
    public ZmtpOptions withLimits(ZmtpLimits other) {
        Objects.requireNonNull(other, "limits");
        return with(draft -> draft.limits = other);
    }

    /** The longest pause before the first attempt to connect again. Default 40 milliseconds. */
    public Duration reconnectInitial() {
        return reconnectInitial;
    }

    /** The longest pause between two attempts to connect. Default 2 seconds. */
    public Duration reconnectMax() {
        return reconnectMax;
    }

    /**
     * These options with other pauses before connecting again. The upper bound of the pause doubles with each attempt
     * that fails, from {@code initial} to {@code max}; the pause is random, and at least half of its bound, so that the
     * peers of a socket that was restarted do not all come back at once. A handshake that succeeds resets it.
     *
     * @throws IllegalArgumentException if one is not positive or longer than 365 days, or {@code initial} is longer
     *     than {@code max}
     */
    public ZmtpOptions withReconnect(Duration initial, Duration max) {
        if (!initial.isPositive() || initial.compareTo(max) > 0 || max.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(
                    "the pauses before reconnecting must be positive, in order and at most 365 days," + " not "
                            + initial + " and " + max);
        }
        return with(draft -> {
            draft.reconnectInitial = initial;
            draft.reconnectMax = max;
        });
    }

    /** How often each peer is sent a PING; zero for never, which is the default. */
    public Duration pingInterval() {
        return pingInterval;
    }

    /** How long a peer may be silent after a PING before its connection is closed. */
    public Duration pingTimeout() {
        return pingTimeout;
    }

    /** What a PING asks the peer for: to close the connection if it receives nothing for so long; zero for nothing. */
    public Duration pingTtl() {
        return pingTtl;
    }

    /** As {@link #withPing(Duration, Duration, Duration)}: as long for an answer, and nothing asked of the peer. */
    public ZmtpOptions withPing(Duration interval) {
        return withPing(interval, interval, Duration.ZERO);
    }

    /**
     * These options with PING commands to peers of ZMTP 3.1 or later, which find out connections that broke in silence.
     * Peers of ZMTP 3.0 do not know them and are sent none. A PING of a peer is always answered, and its time to live
     * always kept. While nothing is read from a peer, for back-pressure, its silence does not count.
     *
     * @param interval the time between two; zero for none
     * @param timeout how long a peer may be silent after a PING before its connection is closed
     * @param ttl the time to live that the peer is told, in tenths of a second up to 6,553.5 seconds; zero for none
     * @throws IllegalArgumentException if one is negative or longer than 365 days, the timeout is zero though there is
     *     an interval, or the time to live is too long
     */
    public ZmtpOptions withPing(Duration interval, Duration timeout, Duration ttl) {
        if (interval.isNegative()
                || timeout.isNegative()
                || interval.isPositive() && timeout.isZero()
                || interval.compareTo(MAX_TIME) > 0
                || timeout.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(
                    "the interval and the timeout of PING must be positive and at most 365 days," + " not " + interval
                            + " and " + timeout);
        }
        if (ttl.isNegative() || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("the time to live of PING must be 0 to 6553.5 s, not " + ttl);
        }
        return with(draft -> {
            draft.pingInterval = interval;
            draft.pingTimeout = timeout;
            draft.pingTtl = ttl;
        });
    }
}
