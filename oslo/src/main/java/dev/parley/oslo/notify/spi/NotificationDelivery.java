package dev.parley.oslo.notify.spi;

import dev.parley.oslo.message.Content;
import java.time.Duration;

/** A notification that was delivered. Must be settled exactly once, by any thread; settling does not block. */
public interface NotificationDelivery extends Content {
    /** The queue or topic it came from. */
    String queue();

    /** How many times it was delivered before. */
    int redeliveries();

    /** It was handled. */
    void acknowledge();

    /**
     * It is to be delivered again, to this listener or another one.
     *
     * @param delay how long to wait before
     */
    void requeue(Duration delay);

    /**
     * Moves it to the dead-letter queue, with these explanations in its headers; delivered again if that fails.
     *
     * @param reason a word, such as {@code rejected} or {@code delivery_limit}
     * @param error what went wrong
     */
    void deadLetter(String reason, String error);
}
