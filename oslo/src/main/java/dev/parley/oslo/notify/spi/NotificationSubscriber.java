package dev.parley.oslo.notify.spi;

import dev.parley.Target;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.notify.Priority;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Consumes notifications from a broker. Thread-safe. */
public interface NotificationSubscriber extends AutoCloseable {
    /** Decodes what was delivered. */
    Codec codec();

    /**
     * Connects and consumes, now and after every reconnect. Blocks until the broker has accepted the consumers.
     *
     * @throws dev.parley.RpcException if the broker is unreachable or refuses
     */
    void start(Subscription subscription, Receiver receiver);

    /**
     * Ends consuming; what is delivered already may still be settled. Blocks until no further delivery can arrive, but
     * not for ever if the broker does not respond.
     */
    void stop();

    /** Uses this TLS context for new connections. Does nothing by default. */
    default void reset(SSLContext tls) {}

    /**
     * Finishes what was settled, as long as that takes a few seconds at most, and closes the connection. What is not
     * settled is delivered again.
     */
    @Override
    void close();

    /**
     * What to consume.
     *
     * @param targets topics, perhaps with an exchange
     * @param priorities which queues of the topics
     * @param pool the name of the pool, {@code null} if there is none
     * @param ownQueue whether to consume from a queue that gets a copy and is deleted with the subscription; if not, and
     *     there is no pool, from the topics' own queues
     * @param prefetch how many unsettled notifications each queue may deliver
     * @param deadLetterQueue the queue for {@link NotificationDelivery#deadLetter}, {@code null} for one per queue
     */
    record Subscription(
            List<Target> targets,
            List<Priority> priorities,
            @Nullable String pool,
            boolean ownQueue,
            int prefetch,
            @Nullable String deadLetterQueue) {
        public Subscription {
            targets = List.copyOf(targets);
            priorities = List.copyOf(priorities);
        }
    }

    /** Gets deliveries, on one thread at a time, in the order of their queue. Must not block. */
    interface Receiver {
        /** A notification was delivered. */
        void received(NotificationDelivery delivery);

        /** No further notification is available at the moment. Does nothing by default. */
        default void endOfBatch() {}
    }
}
