package dev.parley.oslo.driver;

import dev.parley.oslo.message.Content;
import org.jspecify.annotations.Nullable;

/**
 * A message that a broker has delivered. The receiver must settle it exactly once: acknowledge, requeue or reject.
 * Implementations are safe for use by any thread.
 */
public interface Delivery extends Content {
    /** The time to live that the sender set, in milliseconds as text; {@code null} if it set none. */
    @Nullable
    String expiration();

    /** The user that has sent the message, as the broker has verified; {@code null} if the sender does not say. */
    @Nullable
    String user();

    /** The name of the queue that the message was consumed from. */
    String queue();

    /**
     * How many times the message returned to its queue unacknowledged: the number in the header {@link
     * RedeliveryHeaders#RETURNS}, and in addition what a quorum queue has counted, or 1 if another queue has set the
     * redelivered flag.
     */
    int returns();

    /**
     * Whether its channel is still open. If not, settling it has no effect, and the broker delivers the message again.
     */
    boolean isCurrent();

    /** Whether the queue counts the returns, so that the message needs no header for that. */
    boolean isCounted();

    /** As {@link #returns}, without the redelivered flag: only what was counted. */
    int countedReturns();

    /**
     * Acknowledges the message. Returns {@code false} if its channel is gone, in which case the broker delivers it
     * again.
     */
    boolean acknowledge();

    /**
     * Acknowledges this message and all earlier ones of the same subscription. Returns as {@link #acknowledge} does.
     */
    boolean acknowledgeAll();

    /** Returns the message to its queue, for any consumer. */
    void requeue();

    /** Drops the message, or dead-letters it if the queue has a policy for that. */
    void reject();
}
