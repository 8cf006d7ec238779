package dev.parley.net.socket;

import java.time.Duration;

/**
 * How long a peer may take, in nanoseconds; 0 for any time. Immutable.
 *
 * @param first from the start of a connection to its first byte
 * @param message from the first byte of a message to its last
 * @param idle without a byte between messages, while no calls run
 */
public record MessageTimeouts(long first, long message, long idle) {
    /** No limits. */
    public static final MessageTimeouts NONE = new MessageTimeouts(0, 0, 0);

    /** These limits; zero for any time. */
    public static MessageTimeouts of(Duration first, Duration message, Duration idle) {
        return new MessageTimeouts(first.toNanos(), message.toNanos(), idle.toNanos());
    }
}
