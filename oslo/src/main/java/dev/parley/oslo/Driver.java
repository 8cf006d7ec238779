package dev.parley.oslo;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What RPC needs of a broker. Thread-safe. */
interface Driver extends AutoCloseable {
    /**
     * Connects for publishing.
     *
     * @throws dev.parley.RpcException if no host takes the connection
     */
    void connect();

    /**
     * Hands a message to the broker, without ever blocking; {@link Outgoing#confirmed} tells the end. While there is no connection the message waits, as long as
     * its deadline and its retries allow.
     */
    void publish(Outgoing message);

    /**
     * Declares queues with their exchanges and bindings, and consumes from them, now and after every reconnect.
     *
     * @param prefetch how many unacknowledged messages each queue may hand out, 0 for no bound
     * @param handler gets the messages one after the other; must not block
     * @param patient whether to try for as long as it takes rather than once
     * @throws dev.parley.RpcException if no host takes the connection, or the broker refuses
     */
    Subscription subscribe(List<Queue> queues, int prefetch, Consumer<Delivery> handler, boolean patient);

    /** Waits until the broker has confirmed what was published, for this long at most. */
    void drain(Duration atMost);

    @Override
    void close();

    /** A running consumption. */
    interface Subscription {
        /** Ends it and deletes queues. May be called on any thread that may block; more than once. */
        void cancel(List<Queue> delete);
    }
}
