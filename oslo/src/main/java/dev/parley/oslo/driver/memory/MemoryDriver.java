package dev.parley.oslo.driver.memory;

import dev.parley.ConnectionLostException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.message.Envelope;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Guard;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver for a broker in this JVM. Each subscription delivers on a virtual thread of its own. Safe for use by any
 * thread.
 */
public final class MemoryDriver implements Driver {
    private static final Logger log = LoggerFactory.getLogger(MemoryDriver.class);

    private final MemoryBroker broker;
    private final List<MemorySubscription> subscriptions = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** A driver on the broker of this name, which all drivers of that name in this JVM share. */
    public MemoryDriver(String name) {
        this.broker = MemoryBroker.named(name);
    }

    @Override
    public void start() {
        // There is nothing to connect to.
    }

    @Override
    public boolean isReady() {
        return !closed;
    }

    @Override
    public void publish(OutboundMessage message) {
        if (closed) {
            message.fail(new ConnectionLostException("the client or server is closed"));
            return;
        }
        if (!broker.publish(message) && message.isMandatory()) {
            message.returned("NO_ROUTE");
        }
        message.confirm();
    }

    @Override
    public void declare(Queue queue) {
        broker.declare(queue);
    }

    @Override
    public QueueState look(String queue) {
        return broker.look(queue);
    }

    @Override
    public @Nullable String obstacle() {
        return null;
    }

    @Override
    public Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver) {
        MemorySubscription subscription = new MemorySubscription(queues, prefetch, receiver);
        subscriptions.add(subscription);
        subscription.start();
        return subscription;
    }

    @Override
    public void receive(Queue own, Consumer<Delivery> handler, Runnable onDeleted) {
        subscribe(List.of(own), 0, new Receiver() {
            @Override
            public void received(Delivery delivery) {
                delivery.acknowledge();
                handler.accept(delivery);
            }

            @Override
            public void endOfBatch() {
                // Every message is acknowledged at once.
            }
        });
    }

    @Override
    public boolean canDelay() {
        return true;
    }

    @Override
    public void useTls(SSLContext context) {
        // There is no connection.
    }

    @Override
    public void batch(Runnable work) {
        work.run();
    }

    @Override
    public void drain(Duration timeout) {
        // Every message is confirmed at once.
    }

    @Override
    public void close() {
        closed = true;
        for (MemorySubscription subscription : subscriptions) {
            // Reply and fanout queues are deleted with their client or server; in AMQP they expire.
            subscription.cancel(subscription.queues.stream()
                    .filter(queue -> queue.arguments().containsKey("x-expires"))
                    .toList());
            subscription.stop();
        }
    }

    /** Consumers of some queues, with a thread that delivers. Safe for use by any thread. */
    private final class MemorySubscription implements Subscription, MemoryBroker.Consumer {
        private final List<Queue> queues;
        private final int prefetch;
        private final Receiver receiver;
        private final LinkedBlockingQueue<MemoryDelivery> arrived = new LinkedBlockingQueue<>();
        private final Map<String, AtomicInteger> unsettled = new ConcurrentHashMap<>();
        private final ConcurrentSkipListMap<Long, MemoryDelivery> open = new ConcurrentSkipListMap<>();
        private long delivered; // Guarded by the broker's lock.
        private volatile @Nullable Thread thread;
        private volatile boolean stopped;

        MemorySubscription(List<Queue> queues, int prefetch, Receiver receiver) {
            this.queues = List.copyOf(queues);
            this.prefetch = prefetch;
            this.receiver = receiver;
        }

        /** Declares the queues and starts delivering. */
        void start() {
            thread = Thread.ofVirtual().name("parley-memory").start(this::run);
            for (Queue queue : queues) {
                unsettled.put(queue.name(), new AtomicInteger());
                broker.declare(queue);
            }
            Queue.distinctNames(queues).forEach(queue -> broker.consume(queue.name(), this));
        }

        private void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    MemoryDelivery delivery = arrived.take();
                    try {
                        receiver.received(delivery);
                    } catch (RuntimeException | Error e) {
                        log.error("rejected a message: its handler failed", e);
                        delivery.reject();
                    }
                    if (arrived.isEmpty()) {
                        Guard.run("handling a batch of messages", receiver::endOfBatch, error -> {});
                    }
                }
            } catch (InterruptedException e) {
                // The driver was closed.
            }
        }

        void stop() {
            stopped = true;
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
            // The last one first, so that they are in the queue in their old order again.
            List.copyOf(open.descendingMap().values()).forEach(MemoryDelivery::requeue);
        }

        @Override
        public boolean canTake(String queue) {
            AtomicInteger count = unsettled.get(queue);
            return prefetch == 0 || (count != null && count.get() < prefetch);
        }

        @Override
        public void take(String queue, MemoryBroker.StoredMessage message) {
            AtomicInteger count = unsettled.get(queue);
            if (count != null) {
                count.incrementAndGet();
            }
            MemoryDelivery delivery = new MemoryDelivery(this, ++delivered, queue, message, new AtomicBoolean());
            open.put(delivered, delivery);
            arrived.add(delivery);
        }

        void settled(long number, String queue, MemoryBroker.@Nullable StoredMessage back) {
            open.remove(number);
            AtomicInteger count = unsettled.get(queue);
            if (count != null) {
                count.decrementAndGet();
            }
            broker.settled(queue, back);
        }

        @Override
        public void cancel(List<Queue> queuesToDelete) {
            queues.forEach(queue -> broker.cancel(queue.name(), this));
            queuesToDelete.forEach(broker::delete);
        }
    }

    /** A delivered message; only the first attempt to settle it counts. Safe for use by any thread. */
    private record MemoryDelivery(
            MemorySubscription source,
            long number,
            String queue,
            MemoryBroker.StoredMessage message,
            AtomicBoolean settled)
            implements Delivery {
        @Override
        public byte[] body() {
            return message.body();
        }

        @Override
        public String contentType() {
            return Envelope.CONTENT_TYPE;
        }

        @Override
        public String contentEncoding() {
            return Envelope.CONTENT_ENCODING;
        }

        @Override
        public @Nullable String compression() {
            return null;
        }

        @Override
        public @Nullable String expiration() {
            return message.expiration();
        }

        @Override
        public @Nullable String user() {
            return null;
        }

        @Override
        public int returns() {
            return message.returns();
        }

        @Override
        public boolean isCounted() {
            return true;
        }

        @Override
        public int countedReturns() {
            return message.countedReturns();
        }

        @Override
        public boolean isCurrent() {
            return !source.stopped;
        }

        @Override
        public boolean acknowledge() {
            settle(null);
            return true;
        }

        @Override
        public boolean acknowledgeAll() {
            throw new UnsupportedOperationException("in memory every message is acknowledged on its own");
        }

        @Override
        public void requeue() {
            settle(message.returned());
        }

        @Override
        public void reject() {
            settle(null);
        }

        private void settle(MemoryBroker.@Nullable StoredMessage back) {
            if (settled.compareAndSet(false, true)) {
                source.settled(number, queue, back);
            }
        }
    }
}
