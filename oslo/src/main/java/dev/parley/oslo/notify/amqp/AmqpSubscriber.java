package dev.parley.oslo.notify.amqp;

import dev.parley.Target;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.MessageMover;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.MessageIds;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationSubscriber;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
import dev.parley.oslo.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Consumes from the queues of topics and priorities, or from the queue of a pool. Thread-safe. */
final class AmqpSubscriber implements NotificationSubscriber {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final OsloOptions options;
    private final Driver driver;
    private final Codec codec;
    private final QueueLimits limits;
    private final MessageMover mover;
    private final Acknowledger acknowledger;
    private final ConcurrentMap<String, Queue> deadLetterQueues = new ConcurrentHashMap<>();
    private volatile @Nullable String deadLetterQueue;
    private volatile List<Queue> ownQueues = List.of();
    private volatile Driver.@Nullable Subscription active;

    AmqpSubscriber(OsloOptions options, Driver driver, Codec codec, QueueLimits limits) {
        this.options = options;
        this.driver = driver;
        this.codec = codec;
        this.limits = limits;
        this.mover = new MessageMover(driver, options.topology().quorum());
        this.acknowledger = new Acknowledger(driver);
    }

    @Override
    public Codec codec() {
        return codec;
    }

    @Override
    public void start(Subscription subscription, Receiver receiver) {
        String letters = subscription.deadLetterQueue();
        deadLetterQueue = letters == null ? options.deadLetterQueue() : letters;
        List<Queue> queues = queues(subscription);
        queues.forEach(queue -> deadLetterQueue(queue.name())); // Fails now if a name is too long.
        int prefetch = options.prefetch() < 0 ? subscription.prefetch() : options.prefetch();
        driver.start();
        active = driver.subscribe(queues, prefetch, new Driver.Receiver() {
            @Override
            public void received(Delivery delivery) {
                receiver.received(new AmqpDelivery(AmqpSubscriber.this, delivery));
            }

            @Override
            public void endOfBatch() {
                receiver.endOfBatch();
            }
        });
    }

    /** The queues to consume from; the one of a pool once for each exchange that it is bound to. */
    private List<Queue> queues(Subscription subscription) {
        Topology topology = options.topology();
        Map<Exchange, List<String>> keys = new LinkedHashMap<>();
        for (Target target : subscription.targets()) {
            String name = target.exchange();
            Exchange exchange = topology.topicExchange(name == null ? options.controlExchange() : name);
            List<String> bound = keys.computeIfAbsent(exchange, each -> new ArrayList<>());
            for (Priority priority : subscription.priorities()) {
                String key = target.topic() + "." + priority.key();
                if (!bound.contains(key)) {
                    bound.add(key);
                }
            }
        }
        List<Queue> queues = new ArrayList<>();
        List<Queue> own = new ArrayList<>();
        String pool = subscription.pool();
        keys.forEach((exchange, bound) -> {
            if (subscription.ownQueue()) {
                own.add(topology.watchQueue(exchange, MessageIds.unique(), bound));
            } else if (pool == null) {
                bound.forEach(key -> queues.add(topology.notificationQueue(exchange, key, limits.arguments())));
            } else {
                queues.add(topology.notificationPool(exchange, pool, bound, limits.arguments()));
            }
        });
        queues.addAll(own);
        ownQueues = List.copyOf(own);
        return queues;
    }

    /** The queue for what a queue has delivered in vain. */
    Queue deadLetterQueue(String origin) {
        String common = deadLetterQueue;
        return deadLetterQueues.computeIfAbsent(
                common == null ? origin + ".dead-letters" : common, MessageMover::deadLetterQueue);
    }

    MessageMover mover() {
        return mover;
    }

    @Override
    public void stop() {
        Driver.Subscription subscription = active;
        if (subscription != null) {
            subscription.cancel(ownQueues);
        }
    }

    @Override
    public void reset(SSLContext tls) {
        driver.useTls(tls);
    }

    Acknowledger acknowledger() {
        return acknowledger;
    }

    @Override
    public void close() {
        mover.drain(CLOSE_TIMEOUT);
        acknowledger.drain(CLOSE_TIMEOUT);
        driver.close();
    }
}
