package dev.parley.oslo.driver;

import dev.parley.oslo.topology.Queue;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What RPC needs of a broker. Thread-safe. */
public interface Driver extends AutoCloseable {
    /**
     * Connects for publishing.
     *
     * @throws dev.parley.RpcException if no host takes the connection
     */
    void connect();

    /**
     * Hands a message to the broker, without ever blocking; {@link OutboundMessage#confirmed} tells the end. While there is no connection the message waits, as long as
     * its deadline and its retries allow.
     */
    void publish(OutboundMessage message);

    /**
     * Declares one queue. May block.
     *
     * @throws dev.parley.ConnectionLostException if there is no connection, or the broker refuses
     */
    void declare(Queue queue);

    /**
     * Declares queues with their exchanges and bindings, and consumes from them, now and after every reconnect.
     *
     * @param prefetch how many unacknowledged messages each queue may hand out, 0 for no bound
     * @throws dev.parley.RpcException if no host takes the connection, or the broker refuses
     */
    Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver);

    /**
     * Declares a queue of one's own and consumes from it, as {@link #subscribe}. Messages count as acknowledged when they are received: saying so
     * is not for the handler.
     *
     * @param handler gets the messages one after the other; must not block
     * @throws dev.parley.RpcException if no host takes the connection, or the broker refuses
     */
    void receive(Queue own, Consumer<Delivery> handler);

    /**
     * Does some work. What this thread publishes and says of deliveries meanwhile goes to the broker in one go at the end, rather than one by one; it may go
     * earlier.
     */
    void inOneGo(Runnable work);

    /** Waits until the broker has confirmed what was published, for this long at most. */
    void drain(Duration atMost);

    @Override
    void close();

    /** Gets messages one after the other; must not block. */
    interface Receiver {
        /** A message. */
        void received(Delivery delivery);

        /** No more is at hand for now. */
        void endOfBatch();
    }

    /** A running consumption. */
    interface Subscription {
        /** Ends it and deletes queues. May be called on any thread that may block; more than once. */
        void cancel(List<Queue> delete);
    }
}
