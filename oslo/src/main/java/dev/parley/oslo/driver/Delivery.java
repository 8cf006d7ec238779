package dev.parley.oslo.driver;

import dev.parley.oslo.message.Content;
import org.jspecify.annotations.Nullable;

/** A message that a broker has delivered. Exactly one of its verbs is for the receiver to say. Thread-safe. */
public interface Delivery extends Content {
    /** The time to live that the sender gave, in milliseconds as text. */
    @Nullable
    String expiration();

    /** The name of the queue it came from. */
    String queue();

    /**
     * How often it came back to its queue unacknowledged: as a quorum queue counts, else as {@link RedeliveryHeaders#RETURNS} has counted and the broker's flag tells.
     */
    int returns();

    /** Whether its queue counts the returns itself. */
    boolean isCounted();

    /** It is done with, or will be. {@code false} if the broker can no longer be told, and so will deliver it again. */
    boolean acknowledge();

    /** {@link #acknowledge} for this one and all before it on the same subscription. */
    boolean acknowledgeAll();

    /** It goes back into its queue, for any consumer. */
    void requeue();

    /** It is dropped, or dead-lettered where the queue has that. */
    void reject();
}
