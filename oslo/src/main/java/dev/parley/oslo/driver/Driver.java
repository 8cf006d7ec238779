package dev.parley.oslo.driver;

import dev.parley.Address;
import dev.parley.oslo.topology.Queue;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What RPC and notifications need of a broker. Constructed first, then started. Implementations are safe for use by any
 * thread.
 */
public interface Driver extends AutoCloseable {
    /**
     * Connects for publishing. Blocks; a driver that waits for its broker connects in the background instead, trying
     * again until a host accepts the connection.
     *
     * @throws dev.parley.RpcException if no host accepts the connection, unless the driver waits
     */
    void start();

    /** Whether there is a connection for publishing, and every subscription consumes. */
    boolean isReady();

    /**
     * Hands a message to the broker. Never blocks; {@link OutboundMessage#confirmed} reports the outcome. While there
     * is no connection the message waits, as long as its deadline and its retries allow.
     */
    void publish(OutboundMessage message);

    /**
     * Declares one queue. May block.
     *
     * @throws dev.parley.ConnectionLostException if there is no connection, or the broker refuses
     */
    void declare(Queue queue);

    /**
     * Asks the broker about a queue. May block.
     *
     * @throws dev.parley.ConnectionLostException if there is no connection, or the broker does not say
     */
    QueueState look(String queue);

    /** Why nothing can be published at the moment, such as a lost connection; {@code null} if it can. */
    @Nullable
    String obstacle();

    /**
     * Declares queues with their exchanges and bindings and consumes from them, now and after every reconnect. Blocks
     * until the broker has accepted the consumers; a driver that waits for its broker does not. Queues of the same name
     * are declared one after the other, since they may have bindings to different exchanges, and consumed from once.
     *
     * @param prefetch how many unacknowledged messages each queue may deliver, 0 for no limit
     * @throws dev.parley.RpcException if no host accepts the connection, or the broker refuses, unless the driver waits
     */
    Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver);

    /**
     * Declares a queue that only this client or server uses and consumes from it, as {@link #subscribe} does. Always
     * blocks until the broker has accepted the consumer. Messages are acknowledged when they are received; the
     * handler must not acknowledge them.
     *
     * @param handler gets the messages one after the other; must not block
     * @param onDeleted run when the queue was deleted while the connection is open, and before it is declared again:
     *     the messages in it are lost
     * @throws dev.parley.RpcException if no host accepts the connection, or the broker refuses
     */
    void receive(Queue own, Consumer<Delivery> handler, Runnable onDeleted);

    /**
     * Whether the broker moves messages from a queue with {@code x-message-ttl} and {@code x-dead-letter-exchange} to
     * another one, as RabbitMQ does.
     */
    boolean canDelay();

    /** Uses this TLS context for new connections; existing ones keep theirs. */
    void useTls(SSLContext context);

    /**
     * Uses the hosts, credentials, TLS files, pauses and heartbeats of an address for the connections from now on. By
     * default nothing.
     *
     * @throws dev.parley.InvalidTargetException if an option or a TLS file cannot be used; nothing changes then
     */
    default void reset(Address address) {}

    /**
     * Runs some work on this thread. What the thread publishes and acknowledges in the meantime is written to the
     * broker in one batch at the end instead of one by one; it may be written earlier.
     */
    void batch(Runnable work);

    /** Waits until the broker has confirmed what was published, but no longer than the timeout. */
    void drain(Duration timeout);

    /** Ends all subscriptions and closes the connections. Messages that are not confirmed yet fail. */
    @Override
    void close();

    /** Gets messages one after the other, on one thread at a time. Must not block. */
    interface Receiver {
        /** A message was delivered. */
        void received(Delivery delivery);

        /** No further message is available at the moment. */
        void endOfBatch();
    }

    /** Active consumers. Safe for use by any thread that may block. */
    interface Subscription {
        /** Cancels the consumers and deletes the given queues. Calling it again has no effect. */
        void cancel(List<Queue> queuesToDelete);
    }
}
