package dev.parley.oslo.notify.spi;

import dev.parley.oslo.message.NotificationContent;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Publishes notifications to a broker. Thread-safe. */
public interface NotificationPublisher extends AutoCloseable {
    /** Starts to connect, and goes on trying until {@link #close}. Returns at once. */
    void start();

    /**
     * Encodes a notification as this broker's peers expect it.
     *
     * @param enveloped whether it is wrapped in the envelope, where the broker leaves the choice
     * @throws dev.parley.SerializationException if it cannot be encoded
     */
    byte[] encode(NotificationContent content, boolean enveloped);

    /**
     * Publishes an encoded notification. Never blocks. Notifications of one queue are published in the order of the
     * calls; after a lost connection those that were not confirmed are published again, in order, until their deadline.
     *
     * @param exchange the exchange, {@code null} for the default one of the address
     * @param topic the topic
     * @param priority the priority in lower case
     * @param body what {@link #encode} has made
     * @param deadline how long to go on trying
     * @return completes when the broker has confirmed it, or with a {@link dev.parley.RpcException}
     */
    CompletableFuture<@Nullable Void> publish(
            @Nullable String exchange, String topic, String priority, byte[] body, Duration deadline);

    /** Whether there is a connection to the broker now. */
    boolean isConnected();

    /** Closes the connection. What is not confirmed yet fails. */
    @Override
    void close();
}
