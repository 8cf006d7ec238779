package dev.parley.oslo.notify.spi;

import dev.parley.oslo.message.Content;
import java.time.Duration;

/** A notification that was delivered. Must be settled exactly once, by any thread; settling does not block. */
public interface NotificationDelivery extends Content {
    /** The queue or topic it came from. */
    String queue();

    /**
     * How many times it was delivered before, as far as that is known: at least how many times {@link #requeue} was
     * called for it.
     */
    int redeliveries();

    /**
     * Whether settling it can still have an effect. If not, its connection is lost or its partition was revoked: it is
     * delivered again, and need not be handled here.
     */
    default boolean isCurrent() {
        return true;
    }

    /** It was handled. */
    void acknowledge();

    /**
     * It is to be delivered again, to this listener or another one, and {@link #redeliveries} is one more then.
     *
     * @param delay how long to wait before; other notifications do not wait for it
     */
    void requeue(Duration delay);

    /** Gives it back without having tried to handle it: it keeps its place and its count of redeliveries if it can. */
    void release();

    /**
     * Moves it to the dead-letter queue, with these explanations in its headers; delivered again if that fails.
     *
     * @param reason a word, such as {@code rejected} or {@code delivery_limit}
     * @param error what went wrong
     */
    void deadLetter(String reason, String error);
}
