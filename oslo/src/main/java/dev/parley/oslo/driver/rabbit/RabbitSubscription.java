package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Guard;
import dev.parley.spi.Timers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes from queues on one channel, and sets the channel and its queues up again when the broker cancels or closes
 * it. Consumes from the first {@link #open} on. Safe for use by any thread that may block.
 */
final class RabbitSubscription implements Driver.Subscription {
    private static final Logger log = LoggerFactory.getLogger(RabbitSubscription.class);

    private final ReconnectingConnection connections;
    private final Declarations declarations;
    private final OsloOptions options;
    private final LongSupplier retryPauseNanos;
    private final List<Queue> queues;
    private final List<Queue> consumed;
    private final int prefetch;
    private final Driver.Receiver receiver;
    private final Runnable endOfBatch;
    private final @Nullable Runnable onDeleted;
    private final Consumer<RabbitSubscription> onEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable Channel> channel = new AtomicReference<>();
    private final AtomicBoolean reopening = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile long nextOffset = -1;

    /**
     * A subscription, not opened yet.
     *
     * @param declarations what declares the queues
     * @param retryPauseNanos the pause before a consumer that the broker cancelled is set up again
     * @param prefetch how many unacknowledged messages each queue may deliver, 0 for no limit
     * @param onDeleted run when a queue turns out to be deleted, {@code null} if that does not matter
     * @param onEnd run when this is cancelled or abandoned
     */
    RabbitSubscription(
            ReconnectingConnection connections,
            Declarations declarations,
            OsloOptions options,
            LongSupplier retryPauseNanos,
            List<Queue> queues,
            int prefetch,
            Driver.Receiver receiver,
            @Nullable Runnable onDeleted,
            Consumer<RabbitSubscription> onEnd) {
        this.connections = connections;
        this.declarations = declarations;
        this.options = options;
        this.retryPauseNanos = retryPauseNanos;
        this.queues = List.copyOf(queues);
        this.consumed = Queue.distinctNames(queues);
        this.prefetch = prefetch;
        this.receiver = receiver;
        this.endOfBatch = receiver::endOfBatch;
        this.onDeleted = onDeleted;
        this.onEnd = onEnd;
    }

    /** Whether the broker has accepted the consumers. */
    boolean isOpen() {
        Channel open = channel.get();
        return open != null && open.isOpen();
    }

    /**
     * Consumes on this connection, unless it does already or was cancelled. Returns whether it started to.
     *
     * @throws RpcException if the broker refuses a queue or a consumer for good
     */
    boolean open(Connection connection) throws IOException, TimeoutException {
        lock.lock();
        try {
            Channel current = channel.get();
            if (cancelled || current != null && current.getConnection().equals(connection)) {
                return false;
            }
            for (Queue queue : queues) {
                declarations.declare(connection, queue);
            }
            Channel fresh = Channels.open(connection);
            channel.set(fresh);
            try {
                consume(fresh);
            } catch (IOException | ShutdownSignalException e) {
                channel.compareAndSet(fresh, null);
                Channels.closeQuietly(fresh);
                RpcException refusal = Refusals.error("to deliver from " + names(), e);
                if (refusal != null) {
                    throw refusal;
                }
                throw e;
            }
            fresh.addShutdownListener(cause -> closed(fresh, cause));
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void consume(Channel fresh) throws IOException {
        if (prefetch > 0) {
            fresh.basicQos(prefetch);
        }
        int tag = 0;
        for (Queue queue : consumed) {
            fresh.basicConsume(
                    queue.name(),
                    false,
                    Integer.toString(++tag),
                    false,
                    false,
                    arguments(queue),
                    new Deliveries(fresh, queue));
        }
    }

    /**
     * A stream is read from its last message on, and after a reconnect from the message after the last one received.
     */
    private Map<String, Object> arguments(Queue queue) {
        long next = nextOffset;
        return queue.isStream()
                ? Map.of("x-stream-offset", next < 0 ? "last" : (Object) next)
                : options.topology().consumerArguments();
    }

    private void closed(Channel which, ShutdownSignalException cause) {
        if (!cause.isHardError() && !cause.isInitiatedByApplication()) {
            log.debug("the broker closed a consuming channel: {}", cause.getMessage());
            consumeAgain(which);
        }
    }

    private void consumeAgain(Channel which) {
        if (!cancelled && channel.compareAndSet(which, null)) {
            log.warn("the broker has cancelled the consumers of {}", names());
            if (onDeleted == null) {
                reopenLater(which);
            } else {
                Guard.start(
                        "parley-amqp-deleted",
                        () -> {
                            reportDeleted(which.getConnection(), onDeleted);
                            reopenLater(which);
                        },
                        error -> reopenLater(which));
            }
        }
    }

    /** A broker cancels a consumer also when a mirror fails over; then the queue still exists. */
    private void reportDeleted(Connection connection, Runnable report) {
        for (Queue queue : queues) {
            try {
                if (!Declarations.look(connection, queue.name()).exists()) {
                    report.run();
                }
            } catch (IOException | ShutdownSignalException e) {
                log.debug("the broker does not tell whether queue {} was deleted", queue.name(), e);
            }
        }
    }

    /** One attempt at a time, however many consumers were cancelled. */
    private void reopenLater(Channel old) {
        if (reopening.compareAndSet(false, true)) {
            Timers.after(
                    retryPauseNanos.getAsLong(),
                    () -> Guard.start("parley-amqp-consume", () -> reopen(old), error -> {
                        reopening.set(false);
                        reopenLater(old);
                    }));
        }
    }

    private List<String> names() {
        return consumed.stream().map(Queue::name).toList();
    }

    private void reopen(Channel old) {
        reopening.set(false);
        Channels.closeQuietly(old);
        Connection connection = connection();
        if (connection == null) {
            return;
        }
        try {
            if (open(connection)) {
                log.info("consuming again from {}", names());
            }
        } catch (IOException | TimeoutException | ShutdownSignalException | RpcException e) {
            declarations.learn(e);
            if (connection.isOpen()) {
                log.warn("consuming from {} failed and is retried: {}", names(), e.toString());
                reopenLater(old);
            }
        }
    }

    /**
     * Waits for a connection that is being opened: it may have opened this subscription before the broker cancelled it.
     */
    private @Nullable Connection connection() {
        try {
            return cancelled ? null : connections.open();
        } catch (RpcException e) {
            return null; // Reconnecting continues, and opens this too.
        }
    }

    /** Ends this after opening it has failed. The next connection may have opened it in the meantime. */
    void abandon() {
        cancelled = true;
        lock.lock();
        try {
            onEnd.accept(this);
            Channel open = channel.getAndSet(null);
            if (open != null) {
                Channels.closeQuietly(open);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void cancel(List<Queue> delete) {
        cancelled = true;
        lock.lock();
        try {
            onEnd.accept(this);
            Channel open = channel.get();
            if (open == null) {
                return;
            }
            for (Queue queue : delete) {
                open.queueDelete(queue.name());
            }
            for (int i = 0; i < consumed.size(); i++) {
                if (!delete.contains(consumed.get(i))) {
                    open.basicCancel(Integer.toString(i + 1));
                }
            }
        } catch (IOException | ShutdownSignalException e) {
            log.debug("failed to cancel consumers", e);
        } finally {
            lock.unlock();
        }
    }

    /** One consumer. Called on the thread that reads the connection. */
    private final class Deliveries extends DefaultConsumer {
        private final Channel source;
        private final BatchingFrameHandler frames;
        private final Queue queue;

        Deliveries(Channel source, Queue queue) {
            super(source);
            this.source = source;
            this.frames = BatchingFrameHandler.of(source.getConnection());
            this.queue = queue;
        }

        @Override
        public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
            if (queue.isStream()
                    && properties.getHeaders() != null
                    && properties.getHeaders().get("x-stream-offset") instanceof Long offset) {
                nextOffset = offset + 1;
            }
            Delivery delivery = new RabbitDelivery(
                    source, queue.name(), envelope.getDeliveryTag(), envelope.isRedeliver(), properties, body);
            try {
                receiver.received(delivery);
            } catch (RuntimeException | Error e) {
                // An exception thrown from here would close the channel.
                log.error("rejected a message: its handler failed", e);
                delivery.reject();
            }
            frames.whenDrained(endOfBatch);
        }

        @Override
        public void handleCancel(String tag) {
            if (!cancelled) {
                log.debug("the broker cancelled consumer {}", tag);
                if (queue.isStream()) {
                    // Most likely it was deleted, and a new one starts at offset 0.
                    nextOffset = -1;
                }
                consumeAgain(source);
            }
        }
    }
}
