package dev.parley.oslo.notify;

import dev.parley.Limits;
import dev.parley.RpcException;
import dev.parley.Serializer;
import dev.parley.oslo.NotificationSettings;
import dev.parley.oslo.notify.send.NotifierBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/**
 * Publishes notifications: oslo.messaging's {@code Notifier}.
 *
 * <pre>{@code
 * try (Notifier notifier = Notifier.builder("rabbit://guest:guest@localhost/")
 *         .publisherId("compute.host1")
 *         .build()) {
 *     notifier.info("compute.instance.create.end", Map.of("instance_id", "i-1"));
 * }
 * }</pre>
 *
 * <p>A notification never blocks its caller and never fails it because of the broker: it goes to a bounded outbox, from
 * which it is published in order and confirmed by the broker. What cannot be sent before its deadline is counted,
 * logged and reported to {@link Builder#onFailure}, or kept on disk with {@link Builder#spillTo}. Only a payload that
 * cannot be encoded is an exception at once. Thread-safe.
 */
public interface Notifier extends AutoCloseable {
    /**
     * A new builder of a notifier that publishes through a broker.
     *
     * @param address a transport URL with scheme {@code rabbit}, {@code kombu}, {@code memory}, or {@code kafka} with
     *     module {@code parley-kafka} on the path
     */
    static Builder builder(String address) {
        return NotifierBuilder.of(address);
    }

    /**
     * A new builder with the settings of an OpenStack service: address, drivers, topics and routing file. A service
     * without a driver has a notifier that does nothing. oslo.messaging's limit of retries becomes a deadline of 5
     * seconds for each attempt, at most the default; without a limit the deadline is the default, since waiting forever
     * would fill the outbox.
     *
     * @param settings {@link dev.parley.oslo.Transport#notifications()}
     */
    static Builder builder(NotificationSettings settings) {
        return NotifierBuilder.configured(settings);
    }

    /** A new builder of a notifier without a broker, for the drivers {@code log} and {@code noop} and own drivers. */
    static Builder builder() {
        return NotifierBuilder.of(null);
    }

    /** Publishes with priority {@link Priority#AUDIT}; see {@link #send}. */
    default void audit(String eventType, @Nullable Object payload) {
        send(Priority.AUDIT, eventType, payload);
    }

    /** Publishes with priority {@link Priority#DEBUG}; see {@link #send}. */
    default void debug(String eventType, @Nullable Object payload) {
        send(Priority.DEBUG, eventType, payload);
    }

    /** Publishes with priority {@link Priority#INFO}; see {@link #send}. */
    default void info(String eventType, @Nullable Object payload) {
        send(Priority.INFO, eventType, payload);
    }

    /** Publishes with priority {@link Priority#WARN}; see {@link #send}. */
    default void warn(String eventType, @Nullable Object payload) {
        send(Priority.WARN, eventType, payload);
    }

    /** Publishes with priority {@link Priority#ERROR}; see {@link #send}. */
    default void error(String eventType, @Nullable Object payload) {
        send(Priority.ERROR, eventType, payload);
    }

    /** Publishes with priority {@link Priority#CRITICAL}; see {@link #send}. */
    default void critical(String eventType, @Nullable Object payload) {
        send(Priority.CRITICAL, eventType, payload);
    }

    /** Publishes with priority {@link Priority#SAMPLE}; see {@link #send}. */
    default void sample(String eventType, @Nullable Object payload) {
        send(Priority.SAMPLE, eventType, payload);
    }

    /**
     * Publishes a notification to every topic and driver. Returns at once.
     *
     * @param eventType what happened, such as {@code compute.instance.create.end}
     * @param payload any value that the value mapping can encode
     * @throws dev.parley.SerializationException if the payload or the context cannot be encoded
     * @throws IllegalStateException if the notifier is closed
     */
    void send(Priority priority, String eventType, @Nullable Object payload);

    /**
     * A notifier that sends these context values; shares everything else with this one. Only the values whose names
     * {@link Builder#contextKeys} allows are sent, so that tokens and passwords stay in the process.
     */
    Notifier with(Map<String, ? extends @Nullable Object> context);

    /** As {@link #with(Map)}, with the properties of an object such as a {@link dev.parley.oslo.RequestContext}. */
    Notifier with(Object context);

    /** A notifier with other options, for example another publisher id; shares everything else with this one. */
    Notifier prepare(UnaryOperator<NotifierOptions> change);

    /** Whether there is a driver other than {@code noop}; if not, publishing does nothing. */
    boolean isEnabled();

    /** What has happened to the notifications so far. */
    NotifierCounts counts();

    /**
     * Blocks until every notification in the outbox and on disk is confirmed or has failed.
     *
     * @param timeout how long to wait at most
     * @return whether nothing is left
     * @throws InterruptedException if the thread is interrupted
     */
    boolean flush(Duration timeout) throws InterruptedException;

    /**
     * Reads the routing file again. A file that cannot be read is logged, and the rules stay as they were. Does nothing
     * without a routing file.
     */
    void reset();

    /**
     * Waits until the outbox is empty, at most the close timeout, then closes the connection. What is left fails, or is
     * kept on disk with {@link Builder#spillTo}, in which case a connection is waited for at most 2 seconds. Does
     * nothing on a notifier made by {@link #with} or {@link #prepare}, and nothing the second time.
     */
    @Override
    void close();

    /** Builds a notifier. Not thread-safe. */
    interface Builder {
        /** Who publishes, such as {@code compute.host1}. Required. */
        Builder publisherId(String id);

        /** The topics to publish to. The default is {@code notifications}. */
        Builder topics(String... topics);

        /**
         * Adds drivers by their names in oslo.messaging: {@code messagingv2} (the default if there is an address, with
         * an envelope), {@code messaging} (without), {@code log}, {@code noop}, {@code routing}. All of them get every
         * notification. Called without names, no driver is used but those that are added otherwise.
         *
         * <p>{@code log} uses logger {@code oslo.messaging.notification.<event type>} at the level of the priority
         * ({@link Priority#AUDIT} and {@link Priority#SAMPLE} at INFO, {@link Priority#CRITICAL} at ERROR) and replaces
         * passwords, tokens and other secrets by {@code ***}.
         */
        Builder drivers(String... names);

        /**
         * Adds a driver of your own, which gets every notification. With driver {@code routing} it gets those that the
         * rules pass to its name, unless {@link #drivers} has its name too.
         */
        Builder driver(String name, NotificationDriver driver);

        /**
         * The YAML file with the rules of driver {@code routing}, in oslo.messaging's format. Required if that driver
         * is used. {@link Limits#messageBytes()} limits its size.
         */
        Builder routing(Path file);

        /** The exchange of the topics. The default is the address's {@code control_exchange}. Not for Kafka. */
        Builder exchange(String name);

        /**
         * The maximum number of milliseconds that an unread notification stays in its queue (RabbitMQ's {@code
         * x-message-ttl}). By default unlimited, as in oslo.messaging. Every publisher and listener of a queue must use
         * the same limits; if the queue exists with others, those stay and a warning is logged.
         */
        Builder queueTtl(Duration ttl);

        /** The maximum number of notifications in a queue; older ones are dropped. By default unlimited. */
        Builder queueLength(int notifications);

        /**
         * How long a notification may wait in the outbox until the broker confirms it. The default is one minute. Zero
         * means that it fails unless there is a connection already; it then has 5 seconds. With {@link #spillTo} it
         * goes to disk after this time instead of failing.
         */
        Builder deadline(Duration deadline);

        /**
         * The size of the outbox: at most this many notifications and bytes wait for the broker. One more fails at
         * once, or goes to disk with {@link #spillTo}. The defaults are 10,000 and 64 MiB. What is on disk does not
         * count.
         */
        Builder outbox(int notifications, long bytes);

        /**
         * Keeps what cannot be sent on disk, in this folder, and sends it later, in order and unchanged, also after a
         * restart of the process. While there is no connection, or something is on disk already, publishing waits for
         * the disk, but no longer than a second, so that a notification survives the end of the process. After a crash
         * some may be sent twice. One notifier at a time may use a folder. A corrupt file is renamed, with an error in
         * the log. Off by default.
         */
        Builder spillTo(Path folder);

        /** When what is kept with {@link #spillTo} is forced to disk. The default is {@link SpillSync#COMMIT}. */
        Builder spillSync(SpillSync sync);

        /**
         * The maximum number of bytes of the notifications on disk; more fails. The default is 1 GiB. The file may be
         * larger for a while, until its space is used again.
         */
        Builder spillLimit(long bytes);

        /**
         * Told of each notification that was given up, and why, once per topic, on a thread of its own. The payload is
         * the plain value of its JSON. A handler that is slower than the failures is not told of all. Failures are
         * counted and logged in any case, at most one line in 10 seconds.
         */
        Builder onFailure(BiConsumer<Notification<?>, RpcException> handler);

        /**
         * The names of the context values that are sent, in addition to the default ones: those that oslo.messaging 14
         * sends, among them user, project and request ids.
         */
        Builder contextKeys(String... names);

        /** Converts payloads and the context before the value mapping. None by default. */
        Builder serializer(Serializer serializer);

        /** The limits of a message. The default is {@link Limits#defaults()}. */
        Builder limits(Limits limits);

        /** Configures the value mapping, for example with a module. */
        Builder mapper(Consumer<MapperBuilder<?, ?>> customizer);

        /** The TLS context. By default the files that the address names. */
        Builder tls(SSLContext context);

        /** How long {@link Notifier#close} waits for the outbox. The default is 5 seconds. */
        Builder closeTimeout(Duration timeout);

        /**
         * Builds the notifier, which connects in the background: a broker that is down is not an error.
         *
         * @throws dev.parley.InvalidTargetException if the address is unusable
         * @throws IllegalArgumentException if a driver is unknown, the publisher id is missing, or the routing file or
         *     the folder cannot be used
         */
        Notifier build();
    }
}
