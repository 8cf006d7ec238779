package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Compression;
import dev.parley.oslo.topology.Exchange;
import dev.parley.spi.Timers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on one connection with confirms, for any number of threads, without blocking them. Safe for use by any
 * thread.
 *
 * <p>Each kind of exchange has a queue with a channel of its own: a missing exchange, which closes the channel, then
 * affects only messages of its kind.
 */
final class Publisher implements ReconnectingConnection.Listener {
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    /** How long a confirm may take, at least, before its channel is replaced; a healthy broker needs milliseconds. */
    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PublishState state = new PublishState();
    private final PublishQueue replies;
    private final PublishQueue topics;
    private final PublishQueue fanouts;
    private final List<PublishQueue> queues;
    private @Nullable ScheduledFuture<?> check; // Guarded by this.

    /**
     * A publisher.
     *
     * @param declarations what declares exchanges and queues before the first message to them
     * @param compression how bodies are compressed, {@code null} for not at all
     */
    Publisher(Declarations declarations, @Nullable Compression compression) {
        replies = new PublishQueue(state, declarations, compression);
        topics = new PublishQueue(state, declarations, compression);
        fanouts = new PublishQueue(state, declarations, compression);
        queues = List.of(replies, topics, fanouts);
    }

    /** Publishes a message as soon as there is a connection, or fails it. Never blocks. */
    void publish(OutboundMessage message) {
        queue(message.exchange()).publish(message);
    }

    /** Why nothing can be published at the moment; {@code null} if it can. */
    @Nullable
    String obstacle() {
        if (!state.isConnected()) {
            return "there is no connection to the broker";
        }
        return state.writable() == null ? "the broker has blocked publishing" : null;
    }

    private PublishQueue queue(Exchange exchange) {
        if (exchange.isDefault()) {
            return replies;
        }
        return exchange.type().equals("fanout") ? fanouts : topics;
    }

    @Override
    public void connected(Connection fresh) {
        state.blocked(false);
        fresh.addBlockedListener(
                reason -> {
                    log.warn("the broker has blocked publishing: {}", reason);
                    state.blocked(true);
                },
                () -> {
                    log.info("the broker has unblocked publishing");
                    state.blocked(false);
                    queues.forEach(PublishQueue::write);
                });
        state.connected(fresh);
        queues.forEach(PublishQueue::write);
        startCheck();
    }

    @Override
    public void disconnected(ShutdownSignalException cause) {
        state.disconnected();
    }

    @Override
    public void reconnectFailed(RpcException error) {
        queues.forEach(queue -> queue.reconnectFailed(error));
    }

    private synchronized void startCheck() {
        if (check == null && !state.isClosed()) {
            check = Timers.every(CHECK_NANOS, () -> queues.forEach(PublishQueue::replaceStuckChannel));
        }
    }

    private synchronized void stopCheck() {
        if (check != null) {
            check.cancel(false);
        }
    }

    /** Waits until every message is confirmed or has failed, but no longer than the timeout. */
    void drain(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        queues.forEach(queue -> queue.drain(end));
    }

    /** Fails every message that is not confirmed, and all later ones. */
    void close() {
        state.close();
        stopCheck();
        queues.forEach(queue -> queue.failAll(PublishQueue.closedTooEarly()));
    }
}
