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
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.time.Timers;
import dev.parley.oslo.topology.Queue;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consumes from queues on one channel, and sets it up anew, queues included, when the broker cancels or closes it. Thread-safe. */
final class RabbitSubscription implements Driver.Subscription {
    private static final Logger log = LoggerFactory.getLogger(RabbitSubscription.class);

    private final ReconnectingConnection link;
    private final OsloOptions options;
    private final List<Queue> queues;
    private final int prefetch;
    private final Driver.Receiver receiver;
    private final Runnable endOfBatch;
    private final Consumer<RabbitSubscription> ended;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable Channel> channel = new AtomicReference<>();
    private final AtomicBoolean reopening = new AtomicBoolean();
    private volatile boolean cancelled;
    private volatile long nextOffset = -1;

    RabbitSubscription(
            ReconnectingConnection link,
            OsloOptions options,
            List<Queue> queues,
            int prefetch,
            Driver.Receiver receiver,
            Consumer<RabbitSubscription> ended) {
        this.link = link;
        this.options = options;
        this.queues = List.copyOf(queues);
        this.prefetch = prefetch;
        this.receiver = receiver;
        this.endOfBatch = receiver::endOfBatch;
        this.ended = ended;
    }

    /** Consumes on this connection, unless it does already: whoever finds that it does not may say so. Returns whether it did not. */
    boolean open(Connection connection) throws IOException, TimeoutException {
        lock.lock();
        try {
            Channel current = channel.get();
            if (cancelled || current != null && current.getConnection().equals(connection)) {
                return false;
            }
            for (Queue queue : queues) {
                Declarations.declare(connection, queue);
            }
            Channel fresh = connection.createChannel();
            if (fresh == null) {
                throw new IOException("the broker allows no more channels");
            }
            channel.set(fresh);
            try {
                consume(fresh);
            } catch (IOException | ShutdownSignalException e) {
                channel.compareAndSet(fresh, null);
                PublishQueue.quietly(fresh);
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
        for (Queue queue : queues) {
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

    /** A stream is read from its last message on, and after a reconnect from the one after that which came last. */
    private Map<String, Object> arguments(Queue queue) {
        long next = nextOffset;
        return queue.isStream()
                ? Map.of("x-stream-offset", next < 0 ? "last" : (Object) next)
                : options.topology().consumerArguments();
    }

    private void closed(Channel which, ShutdownSignalException cause) {
        if (!cause.isHardError() && !cause.isInitiatedByApplication()) {
            log.debug("the broker closed a consuming channel: {}", cause.getMessage());
            again(which);
        }
    }

    private void again(Channel which) {
        if (!cancelled && channel.compareAndSet(which, null)) {
            log.warn("the broker has ended the consumption from {}", names());
            reopenLater(which);
        }
    }

    /** One at a time, however many reasons there are. */
    private void reopenLater(Channel old) {
        if (reopening.compareAndSet(false, true)) {
            Timers.after(
                    options.retry().consumerPause().toNanos(),
                    () -> Thread.ofVirtual().name("parley-amqp-consume").start(() -> reopen(old)));
        }
    }

    private List<String> names() {
        return queues.stream().map(Queue::name).toList();
    }

    private void reopen(Channel old) {
        reopening.set(false);
        PublishQueue.quietly(old);
        Connection connection = connection();
        if (connection == null) {
            return;
        }
        try {
            if (open(connection)) {
                log.info("consuming again from {}", names());
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            if (connection.isOpen()) {
                log.warn("consuming from {} fails, and is tried again: {}", names(), e.toString());
                reopenLater(old);
            }
        }
    }

    /** Waits for one that is just being made: that may have been through with this subscription when the broker ended it. */
    private @Nullable Connection connection() {
        try {
            return cancelled ? null : link.open();
        } catch (RpcException e) {
            return null; // The link goes on trying, and opens this too.
        }
    }

    /** Ends it after it could not be opened. It may have been meanwhile, by the connection that came next. */
    void abandon() {
        cancelled = true;
        lock.lock();
        try {
            ended.accept(this);
            Channel open = channel.getAndSet(null);
            if (open != null) {
                PublishQueue.quietly(open);
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
            ended.accept(this);
            Channel open = channel.get();
            if (open == null) {
                return;
            }
            for (Queue queue : delete) {
                open.queueDelete(queue.name());
            }
            for (int i = 0; i < queues.size(); i++) {
                if (!delete.contains(queues.get(i))) {
                    open.basicCancel(Integer.toString(i + 1));
                }
            }
        } catch (IOException | ShutdownSignalException e) {
            log.debug("cancelling consumers", e);
        } finally {
            lock.unlock();
        }
    }

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
                // What gets out of here would close the channel.
                log.error("handling a message failed; it is rejected", e);
                delivery.reject();
            }
            frames.whenRead(endOfBatch);
        }

        @Override
        public void handleCancel(String tag) {
            if (!cancelled) {
                log.debug("the broker cancelled consumer {}", tag);
                if (queue.isStream()) {
                    // Most likely it was deleted, and a new one counts from 0.
                    nextOffset = -1;
                }
                again(source);
            }
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record RabbitDelivery(
            Channel channel, String queue, long tag, boolean redelivered, AMQP.BasicProperties properties, byte[] body)
            implements Delivery {
        private @Nullable Object header(String name) {
            Map<String, Object> headers = properties.getHeaders();
            return headers == null ? null : headers.get(name);
        }

        @Override
        public int returns() {
            if (header(RedeliveryHeaders.DELIVERY_COUNT) instanceof Number count) {
                return count.intValue();
            }
            int before = header(RedeliveryHeaders.RETURNS) instanceof Number count ? count.intValue() : 0;
            return redelivered ? before + 1 : before;
        }

        @Override
        public boolean isCounted() {
            return !redelivered || header(RedeliveryHeaders.DELIVERY_COUNT) != null;
        }

        @Override
        public @Nullable String contentType() {
            return properties.getContentType();
        }

        @Override
        public @Nullable String contentEncoding() {
            return properties.getContentEncoding();
        }

        @Override
        public @Nullable String compression() {
            Object value = header("compression");
            return value == null ? null : value.toString();
        }

        @Override
        public @Nullable String expiration() {
            return properties.getExpiration();
        }

        private interface Verb {
            void say() throws IOException;
        }

        private boolean tell(Verb verb) {
            try {
                verb.say();
                return true;
            } catch (IOException | ShutdownSignalException e) {
                log.debug("a message cannot be settled: its channel is gone", e);
                return false;
            }
        }

        @Override
        public boolean acknowledge() {
            return tell(() -> channel.basicAck(tag, false));
        }

        @Override
        public boolean acknowledgeAll() {
            return tell(() -> channel.basicAck(tag, true));
        }

        @Override
        public void requeue() {
            tell(() -> channel.basicReject(tag, true));
        }

        @Override
        public void reject() {
            tell(() -> channel.basicReject(tag, false));
        }
    }
}
