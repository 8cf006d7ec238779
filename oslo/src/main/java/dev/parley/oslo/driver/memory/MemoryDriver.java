package dev.parley.oslo.driver.memory;

import dev.parley.ConnectionLostException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Envelope;
import dev.parley.oslo.topology.Queue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker in the same JVM. Thread-safe. */
public final class MemoryDriver implements Driver {
    private static final Logger log = LoggerFactory.getLogger(MemoryDriver.class);

    private final MemoryBroker broker;
    private final List<MemorySubscription> subscriptions = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** A driver on the broker of this name, which it shares with every driver of the same name in this JVM. */
    public MemoryDriver(String name) {
        this.broker = MemoryBroker.named(name);
    }

    @Override
    public void connect() {
        // It is there.
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
    public Subscription subscribe(List<Queue> queues, int prefetch, Receiver receiver) {
        MemorySubscription subscription = new MemorySubscription(queues, prefetch, receiver);
        subscriptions.add(subscription);
        subscription.start();
        return subscription;
    }

    @Override
    public void receive(Queue own, Consumer<Delivery> handler) {
        subscribe(List.of(own), 0, new Receiver() {
            @Override
            public void received(Delivery delivery) {
                delivery.acknowledge();
                handler.accept(delivery);
            }

            @Override
            public void endOfBatch() {
                // Nothing is put off.
            }
        });
    }

    @Override
    public void inOneGo(Runnable work) {
        work.run();
    }

    @Override
    public void drain(Duration atMost) {
        // Nothing is ever on its way.
    }

    @Override
    public void close() {
        closed = true;
        for (MemorySubscription subscription : subscriptions) {
            // Queues of one client or server do not outlive it; in AMQP they expire.
            subscription.cancel(subscription.queues.stream()
                    .filter(queue -> queue.arguments().containsKey("x-expires"))
                    .toList());
            subscription.end();
        }
    }

    private final class MemorySubscription implements Subscription, MemoryBroker.Consumer {
        private final List<Queue> queues;
        private final int prefetch;
        private final Receiver receiver;
        private final LinkedBlockingQueue<MemoryDelivery> arrived = new LinkedBlockingQueue<>();
        private final Map<String, AtomicInteger> unsettled = new ConcurrentHashMap<>();
        private volatile @Nullable Thread thread;

        MemorySubscription(List<Queue> queues, int prefetch, Receiver receiver) {
            this.queues = List.copyOf(queues);
            this.prefetch = prefetch;
            this.receiver = receiver;
        }

        void start() {
            thread = Thread.ofVirtual().name("parley-memory").start(this::run);
            for (Queue queue : queues) {
                unsettled.put(queue.name(), new AtomicInteger());
                broker.declare(queue);
                broker.consume(queue.name(), this);
            }
        }

        private void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    MemoryDelivery delivery = arrived.take();
                    try {
                        receiver.received(delivery);
                    } catch (RuntimeException | Error e) {
                        log.error("handling a message failed; it is rejected", e);
                        delivery.reject();
                    }
                    if (arrived.isEmpty()) {
                        receiver.endOfBatch();
                    }
                }
            } catch (InterruptedException e) {
                // Closed.
            }
        }

        void end() {
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
            arrived.forEach(MemoryDelivery::requeue);
        }

        @Override
        public boolean hasRoom(String queue) {
            AtomicInteger count = unsettled.get(queue);
            return prefetch == 0 || (count != null && count.get() < prefetch);
        }

        @Override
        public void take(String queue, MemoryBroker.Held message) {
            AtomicInteger count = unsettled.get(queue);
            if (count != null) {
                count.incrementAndGet();
            }
            arrived.add(new MemoryDelivery(this, queue, message, new AtomicBoolean()));
        }

        void settled(String queue, MemoryBroker.@Nullable Held back) {
            AtomicInteger count = unsettled.get(queue);
            if (count != null) {
                count.decrementAndGet();
            }
            broker.settled(queue, back);
        }

        @Override
        public void cancel(List<Queue> delete) {
            queues.forEach(queue -> broker.cancel(queue.name(), this));
            delete.forEach(broker::delete);
        }
    }

    private record MemoryDelivery(
            MemorySubscription source, String queue, MemoryBroker.Held message, AtomicBoolean settled)
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
        public int returns() {
            return message.returns();
        }

        @Override
        public boolean isCounted() {
            return true;
        }

        @Override
        public boolean acknowledge() {
            settle(null);
            return true;
        }

        @Override
        public boolean acknowledgeAll() {
            throw new UnsupportedOperationException("in memory each is acknowledged by itself");
        }

        @Override
        public void requeue() {
            settle(message.returned());
        }

        @Override
        public void reject() {
            settle(null);
        }

        private void settle(MemoryBroker.@Nullable Held back) {
            if (settled.compareAndSet(false, true)) {
                source.settled(queue, back);
            }
        }
    }
}
