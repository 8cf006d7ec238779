package dev.parley.oslo.driver;

import dev.parley.oslo.topology.Queue;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/** What RPC and notifications need of a broker. Constructed first, then started. Implementations are safe for use by any thread. */
public interface Driver extends AutoCloseable {
    /**
     * Connects for publishing. Blocks.
     *
     * @throws dev.parley.RpcException if no host accepts the connection
     */
    void start();

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
     * Declares queues with their exchanges and bindings and consumes from them, now and after every reconnect. Blocks
     * until the broker has accepted the consumers. Queues of the same name are declared one after the other, since they
     * may have bindings to different exchanges, and consumed from once.
     *
     * @param prefetch how many unacknowledged messages each queue may deliver, 0 for no limit
     * @throws dev.parley.RpcException if no host accepts the connection, or the broker refuses
     */
    Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver);

    /**
     * Declares a queue that only this client or server uses and consumes from it, as {@link #subscribe} does. Messages
     * are acknowledged when they are received; the handler must not acknowledge them.
     *
     * @param handler gets the messages one after the other; must not block
     * @throws dev.parley.RpcException if no host accepts the connection, or the broker refuses
     */
    void receive(Queue own, Consumer<Delivery> handler);

    /**
     * Whether the broker moves messages from a queue with {@code x-message-ttl} and {@code x-dead-letter-exchange} to
     * another one, as RabbitMQ does.
     */
    boolean canDelay();

    /** Uses this TLS context for new connections; existing ones keep theirs. */
    void useTls(SSLContext context);

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
