package dev.parley.oslo.notify.send;

import dev.parley.Address;
import dev.parley.Limits;
import dev.parley.RpcException;
import dev.parley.Serializer;
import dev.parley.oslo.NotificationSettings;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationDriver;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.NotifierOptions;
import dev.parley.oslo.notify.SpillSync;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import dev.parley.oslo.notify.spi.NotificationWires;
import dev.parley.spi.ValueMapping;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/** Builds notifiers. Not thread-safe. */
public final class NotifierBuilder implements Notifier.Builder {
    /** What an attempt of oslo.messaging counts as. */
    private static final Duration ATTEMPT = Duration.ofSeconds(5);

    private static final Duration MAX_TTL = Duration.ofSeconds(4_294_967);

    private final @Nullable Address address;
    private final Map<String, NotificationDriver> own = new LinkedHashMap<>();
    private final List<String> contextKeys = new ArrayList<>();
    private final List<Consumer<MapperBuilder<?, ?>>> customizers = new ArrayList<>();
    private @Nullable String publisherId;
    private List<String> topics = List.of("notifications");
    private @Nullable Set<String> drivers;
    private @Nullable String exchange;
    private long queueTtlMillis = -1;
    private int queueLength = -1;
    private Duration deadline = Duration.ofMinutes(1);
    private Outbox.Size outbox = new Outbox.Size(10_000, 64 << 20);
    private @Nullable Path routingFile;
    private @Nullable Path spillFolder;
    private SpillSync spillSync = SpillSync.COMMIT;
    private long spillLimit = 1L << 30;
    private @Nullable BiConsumer<Notification<?>, RpcException> failureHandler;
    private Serializer serializer = Serializer.noOp();
    private Limits limits = Limits.defaults();
    private @Nullable SSLContext tls;
    private Duration closeTimeout = Duration.ofSeconds(5);

    private NotifierBuilder(@Nullable Address address) {
        this.address = address;
    }

    /** A new builder; without an address for drivers that need no broker. */
    public static Notifier.Builder of(@Nullable String address) {
        return new NotifierBuilder(address == null ? null : Address.parse(address));
    }

    /** A new builder with the settings of a service. */
    public static Notifier.Builder configured(NotificationSettings settings) {
        NotifierBuilder builder = new NotifierBuilder(Address.parse(settings.address()));
        builder.drivers = new LinkedHashSet<>(settings.drivers());
        builder.topics(settings.topics().toArray(String[]::new));
        builder.routingFile = settings.routingFile();
        if (settings.retries() >= 0) {
            Duration attempts = ATTEMPT.multipliedBy(settings.retries() + 1L);
            builder.deadline = attempts.compareTo(builder.deadline) < 0 ? attempts : builder.deadline;
        }
        return builder;
    }

    @Override
    public Notifier.Builder publisherId(String id) {
        publisherId = Objects.requireNonNull(id, "id");
        return this;
    }

    @Override
    public Notifier.Builder topics(String... names) {
        topics = List.of(names);
        return this;
    }

    @Override
    public Notifier.Builder drivers(String... names) {
        Set<String> all = new LinkedHashSet<>(drivers == null ? Set.of() : drivers);
        all.addAll(List.of(names));
        drivers = all;
        return this;
    }

    @Override
    public Notifier.Builder driver(String name, NotificationDriver driver) {
        own.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(driver, "driver"));
        return this;
    }

    @Override
    public Notifier.Builder routing(Path file) {
        routingFile = Objects.requireNonNull(file, "file");
        return this;
    }

    @Override
    public Notifier.Builder exchange(String name) {
        exchange = Objects.requireNonNull(name, "name");
        return this;
    }

    @Override
    public Notifier.Builder queueTtl(Duration ttl) {
        if (ttl.compareTo(Duration.ofMillis(1)) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException(
                    "queueTtl must be between 1 ms and " + MAX_TTL.toSeconds() + " s, the maximum of RabbitMQ: " + ttl);
        }
        queueTtlMillis = ttl.toMillis();
        return this;
    }

    @Override
    public Notifier.Builder queueLength(int notifications) {
        queueLength = positive("queueLength", notifications);
        return this;
    }

    private static int positive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1: " + value);
        }
        return value;
    }

    @Override
    public Notifier.Builder deadline(Duration time) {
        deadline = notNegative("deadline", time);
        return this;
    }

    private static Duration notNegative(String what, Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException(what + " must not be negative: " + time);
        }
        return time;
    }

    @Override
    public Notifier.Builder outbox(int notifications, long bytes) {
        positive("the number of notifications in the outbox", notifications);
        if (bytes < 1) {
            throw new IllegalArgumentException("the number of bytes in the outbox must be at least 1: " + bytes);
        }
        outbox = new Outbox.Size(notifications, bytes);
        return this;
    }

    @Override
    public Notifier.Builder spillTo(Path folder) {
        spillFolder = Objects.requireNonNull(folder, "folder");
        return this;
    }

    @Override
    public Notifier.Builder spillSync(SpillSync sync) {
        spillSync = Objects.requireNonNull(sync, "sync");
        return this;
    }

    @Override
    public Notifier.Builder spillLimit(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("spillLimit must be at least 1: " + bytes);
        }
        spillLimit = bytes;
        return this;
    }

    @Override
    public Notifier.Builder onFailure(BiConsumer<Notification<?>, RpcException> handler) {
        failureHandler = Objects.requireNonNull(handler, "handler");
        return this;
    }

    @Override
    public Notifier.Builder contextKeys(String... names) {
        contextKeys.addAll(List.of(names));
        return this;
    }

    @Override
    public Notifier.Builder serializer(Serializer converter) {
        serializer = Objects.requireNonNull(converter, "converter");
        return this;
    }

    @Override
    public Notifier.Builder limits(Limits values) {
        limits = Objects.requireNonNull(values, "values");
        return this;
    }

    @Override
    public Notifier.Builder mapper(Consumer<MapperBuilder<?, ?>> customizer) {
        customizers.add(Objects.requireNonNull(customizer, "customizer"));
        return this;
    }

    @Override
    public Notifier.Builder tls(SSLContext context) {
        tls = Objects.requireNonNull(context, "context");
        return this;
    }

    @Override
    public Notifier.Builder closeTimeout(Duration timeout) {
        closeTimeout = notNegative("closeTimeout", timeout);
        return this;
    }

    @Override
    public Notifier build() {
        if (publisherId == null || publisherId.isEmpty()) {
            throw new IllegalArgumentException("a notifier needs a publisherId, such as compute.host1");
        }
        NotifierOptions options = new NotifierOptions(publisherId, topics, deadline);
        ValueMapping values = new ValueMapping(limits, customizers);
        Codec codec = new Codec(values);
        FailureReports reports = new FailureReports(failureHandler, codec, outbox.count());
        DriverTable table = new DriverTable(own, codec.mapper());
        Set<String> names = driverNames();
        boolean routed = names.contains(DriverTable.ROUTING);
        Outbox queue = address != null && (routed || DriverTable.needsBroker(names))
                ? outbox(address, values, reports, table)
                : null;
        try {
            return build(options, values, reports, table, names, queue);
        } catch (RuntimeException e) {
            if (queue != null) {
                queue.abandon();
            }
            throw e;
        }
    }

    private Outbox outbox(Address broker, ValueMapping values, FailureReports reports, DriverTable table) {
        NotificationPublisher publisher = NotificationWires.of(broker)
                .publisher(broker, values, tls, new QueueLimits(queueTtlMillis, queueLength));
        SpillStore store = spillFolder == null ? null : SpillStore.open(spillFolder, spillSync, spillLimit);
        Outbox queue = new Outbox(publisher, exchange, outbox, reports, store);
        table.messaging(publisher, queue);
        return queue;
    }

    private Notifier build(
            NotifierOptions options,
            ValueMapping values,
            FailureReports reports,
            DriverTable table,
            Set<String> names,
            @Nullable Outbox queue) {
        RoutingDriver routing = names.contains(DriverTable.ROUTING) && routingFile != null
                ? new RoutingDriver(routingFile, limits.messageBytes(), table)
                : null;
        if (routing != null) {
            table.routing(routing);
        }
        List<SendDriver> used = new ArrayList<>();
        for (String name : names) {
            used.add(table.get(name));
        }
        used.removeIf(driver -> driver.equals(DriverTable.NOOP));
        NotifierCore core =
                new NotifierCore(used, queue, reports, serializer, new ContextKeys(contextKeys), closeTimeout, () -> {
                    if (routing != null) {
                        routing.reset();
                    }
                });
        if (queue != null) {
            queue.start();
        }
        return DefaultNotifier.of(core, options, context -> properties(values, context));
    }

    /** The drivers that get every notification. */
    private Set<String> driverNames() {
        Set<String> names = new LinkedHashSet<>();
        if (drivers != null) {
            names.addAll(drivers);
        } else if (address != null) {
            names.add(DriverTable.MESSAGING_V2);
        }
        if (!names.contains(DriverTable.ROUTING)) {
            names.addAll(own.keySet());
        }
        return names;
    }

    private static Map<String, @Nullable Object> properties(ValueMapping values, Object context) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        Map<?, ?> read = context instanceof Map<?, ?> map ? map : values.json().convertValue(context, Map.class);
        read.forEach((name, value) -> properties.put(String.valueOf(name), value));
        return properties;
    }
}
