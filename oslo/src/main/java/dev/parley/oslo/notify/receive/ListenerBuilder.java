package dev.parley.oslo.notify.receive;

import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.oslo.driver.MessageMover;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationFilter;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.receive.ListenerSettings.Retries;
import dev.parley.oslo.notify.spi.NotificationSubscriber.Subscription;
import dev.parley.oslo.notify.spi.NotificationWire;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import dev.parley.oslo.notify.spi.NotificationWires;
import dev.parley.spi.ValueMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/** The builder of {@link NotificationListener}. Not thread-safe. */
public final class ListenerBuilder implements NotificationListener.Builder {
    private static final int DEFAULT_PREFETCH = 100;
    private static final int MAX_PREFETCH = 65_535;
    private static final Duration MAX_BATCH_TIMEOUT = Duration.ofHours(1);

    /** Reads the handlers of what was added. */
    private interface Addition {
        Map<Priority, Handler> read(EndpointReader reader, boolean batch);
    }

    private final Address address;
    private final NotificationWire wire;
    private final Set<Target> targets = new LinkedHashSet<>();
    private final List<Addition> additions = new ArrayList<>();
    private final List<Consumer<MapperBuilder<?, ?>>> customizers = new ArrayList<>();
    private @Nullable String pool;
    private boolean ownQueue;
    private int batchSize;
    private Duration batchTimeout = Duration.ZERO;
    private Retries retries = Retries.DEFAULT;
    private @Nullable String deadLetterQueue;
    private boolean dropFailed;
    private long queueTtl = -1;
    private int queueLength = -1;
    private int concurrency = 1;
    private int prefetch;
    private Execution execution = Execution.virtual();
    private @Nullable Serializer serializer;
    private Limits limits = Limits.defaults();
    private @Nullable Supplier<SSLContext> tls;
    private Duration closeTimeout = Duration.ofSeconds(5);

    private ListenerBuilder(Address address) {
        this.address = address;
        this.wire = NotificationWires.of(address);
    }

    /**
     * A new builder.
     *
     * @throws InvalidTargetException if the address is malformed, or no wire has its scheme
     */
    public static NotificationListener.Builder of(String address) {
        return new ListenerBuilder(Address.parse(Objects.requireNonNull(address, "address")));
    }

    @Override
    public ListenerBuilder topics(String... topics) {
        for (String topic : topics) {
            target(Target.topic(topic));
        }
        return this;
    }

    @Override
    public ListenerBuilder target(Target target) {
        String topic = Objects.requireNonNull(target, "target").topic();
        if (topic == null || topic.isEmpty()) {
            throw new IllegalArgumentException("a target of notifications needs a topic: " + target);
        }
        if (!Target.topic(topic).withExchange(target.exchange()).equals(target)) {
            throw new IllegalArgumentException(
                    "a target of notifications has a topic and perhaps an exchange, nothing else: " + target);
        }
        targets.add(target);
        return this;
    }

    @Override
    public ListenerBuilder endpoint(Object endpoint) {
        Objects.requireNonNull(endpoint, "endpoint");
        additions.add((reader, batch) -> reader.read(endpoint, null));
        return this;
    }

    @Override
    public ListenerBuilder endpoint(NotificationFilter filter, Object endpoint) {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(endpoint, "endpoint");
        additions.add((reader, batch) -> reader.read(endpoint, filter));
        return this;
    }

    @Override
    public ListenerBuilder on(Consumer<Notification<Object>> handler, Priority... priorities) {
        Objects.requireNonNull(handler, "handler");
        return add(false, EndpointReader.function(null, handler), priorities);
    }

    @Override
    public ListenerBuilder on(
            NotificationFilter filter, Consumer<Notification<Object>> handler, Priority... priorities) {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(handler, "handler");
        return add(false, EndpointReader.function(filter, handler), priorities);
    }

    @Override
    public ListenerBuilder onBatch(Consumer<List<Notification<Object>>> handler, Priority... priorities) {
        Objects.requireNonNull(handler, "handler");
        return add(true, EndpointReader.batchFunction(handler), priorities);
    }

    private ListenerBuilder add(boolean forBatch, Handler handler, Priority... priorities) {
        List<Priority> wanted = priorities.length == 0 ? List.of(Priority.values()) : List.of(priorities);
        additions.add((reader, batch) -> {
            if (batch != forBatch) {
                throw new IllegalArgumentException(
                        batch ? "a listener with batch() needs onBatch() instead of on()" : "onBatch() needs batch()");
            }
            Map<Priority, Handler> handlers = new EnumMap<>(Priority.class);
            wanted.forEach(priority -> handlers.put(priority, handler));
            return handlers;
        });
        return this;
    }

    @Override
    public ListenerBuilder pool(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("the name of a pool must not be empty");
        }
        pool = name;
        return this;
    }

    @Override
    public ListenerBuilder ownQueue() {
        ownQueue = true;
        return this;
    }

    @Override
    public ListenerBuilder batch(int size, Duration timeout) {
        check("the batch size", size, 1, MAX_PREFETCH);
        batchSize = size;
        batchTimeout = time("the batch timeout", timeout, MAX_BATCH_TIMEOUT);
        return this;
    }

    @Override
    public ListenerBuilder allowRequeue(int limit, Duration firstDelay, Duration maxDelay) {
        check("the requeue limit", limit, 0, Integer.MAX_VALUE);
        retries = new Retries(
                limit,
                time("the first delay", firstDelay, MessageMover.MAX_DELAY),
                time("the maximum delay", maxDelay, MessageMover.MAX_DELAY));
        if (firstDelay.compareTo(maxDelay) > 0) {
            throw new IllegalArgumentException(
                    "the first delay, " + firstDelay + ", must not be longer than the maximum, " + maxDelay);
        }
        return this;
    }

    @Override
    public ListenerBuilder deadLetterQueue(String name) {
        if (Objects.requireNonNull(name, "name").isEmpty()) {
            throw new IllegalArgumentException("the name of the dead-letter queue must not be empty");
        }
        deadLetterQueue = name;
        return this;
    }

    @Override
    public ListenerBuilder dropFailed() {
        dropFailed = true;
        return this;
    }

    @Override
    public ListenerBuilder queueTtl(Duration ttl) {
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("the queue TTL must not be negative: " + ttl);
        }
        queueTtl = ttl.toMillis();
        return this;
    }

    @Override
    public ListenerBuilder queueLength(int notifications) {
        check("the queue length", notifications, 1, Integer.MAX_VALUE);
        queueLength = notifications;
        return this;
    }

    @Override
    public ListenerBuilder concurrency(int notifications) {
        check("the concurrency", notifications, 1, MAX_PREFETCH);
        concurrency = notifications;
        return this;
    }

    @Override
    public ListenerBuilder prefetch(int notifications) {
        check("the prefetch", notifications, 1, MAX_PREFETCH);
        prefetch = notifications;
        return this;
    }

    @Override
    public ListenerBuilder execution(Execution newExecution) {
        execution = Objects.requireNonNull(newExecution, "execution");
        return this;
    }

    @Override
    public ListenerBuilder serializer(Serializer newSerializer) {
        serializer = Objects.requireNonNull(newSerializer, "serializer");
        return this;
    }

    @Override
    public ListenerBuilder limits(Limits newLimits) {
        limits = Objects.requireNonNull(newLimits, "limits");
        return this;
    }

    @Override
    public ListenerBuilder mapper(Consumer<MapperBuilder<?, ?>> customizer) {
        customizers.add(Objects.requireNonNull(customizer, "customizer"));
        return this;
    }

    @Override
    public ListenerBuilder tls(SSLContext context) {
        Objects.requireNonNull(context, "context");
        return tls(() -> context);
    }

    @Override
    public ListenerBuilder tls(Supplier<SSLContext> context) {
        tls = Objects.requireNonNull(context, "context");
        return this;
    }

    @Override
    public ListenerBuilder closeTimeout(Duration timeout) {
        closeTimeout = time("the close timeout", timeout, Duration.ofDays(1));
        return this;
    }

    private static void check(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " must be from " + min + " to " + max + ", not " + value);
        }
    }

    private static Duration time(String what, Duration value, Duration max) {
        if (value.isNegative() || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(what + " must be from 0 to " + max + ", not " + value);
        }
        return value;
    }

    @Override
    public NotificationListener build() {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("a listener needs at least one topic or target");
        } else if (additions.isEmpty()) {
            throw new IllegalArgumentException("a listener needs at least one endpoint or function");
        }
        if (ownQueue && pool != null) {
            throw new IllegalArgumentException("a listener has a pool or a queue of its own, not both");
        }
        boolean batch = batchSize > 0;
        int size = Math.max(1, batchSize);
        if (prefetch > 0 && prefetch < size) {
            throw new IllegalArgumentException(
                    "with a prefetch of " + prefetch + " a batch of " + size + " would never be full");
        }
        ValueMapping values = new ValueMapping(limits, customizers);
        EndpointReader reader = new EndpointReader(values.json().getTypeFactory(), batch);
        Map<Priority, List<Handler>> handlers = new EnumMap<>(Priority.class);
        for (Addition addition : additions) {
            addition.read(reader, batch)
                    .forEach((priority, handler) -> handlers.computeIfAbsent(priority, each -> new ArrayList<>())
                            .add(handler));
        }
        long wanted = Math.max(DEFAULT_PREFETCH, (long) size * concurrency);
        Subscription subscription = new Subscription(
                List.copyOf(targets),
                List.copyOf(handlers.keySet()),
                pool,
                ownQueue,
                prefetch > 0 ? prefetch : (int) Math.min(MAX_PREFETCH, wanted),
                deadLetterQueue);
        QueueLimits queueLimits = new QueueLimits(queueTtl, queueLength);
        // The address and the names are checked now; connecting comes later.
        wire.subscriber(address, values, null, queueLimits).close();
        return new BrokeredListener(new ListenerSettings(
                address,
                wire,
                subscription,
                queueLimits,
                handlers,
                size,
                batchTimeout,
                retries,
                dropFailed || ownQueue, // The others have their own.
                concurrency,
                execution,
                serializer,
                values,
                tls,
                closeTimeout));
    }
}
