package dev.parley.oslo.notify;

import dev.parley.Execution;
import dev.parley.Limits;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.oslo.NotificationSettings;
import dev.parley.oslo.notify.receive.ListenerBuilder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.cfg.MapperBuilder;

/**
 * Receives notifications: oslo.messaging's notification listener.
 *
 * <pre>{@code
 * NotificationListener listener = NotificationListener.builder("rabbit://guest:guest@localhost/")
 *         .topics("notifications")
 *         .endpoint(new Instances())
 *         .build()
 *         .start();
 * }</pre>
 *
 * <p>An endpoint has methods named like priorities, in lower case: {@code void info(Notification<Instance>
 * notification)}, or with the five arguments of oslo.messaging: {@code (Map<String, Object> context, String
 * publisherId, String eventType, Object payload, Map<String, Object> metadata)}, where the context and the payload may
 * have other types. The listener consumes from the queues of the priorities that at least one endpoint has a method
 * for. Every endpoint whose {@link NotificationFilter} matches gets the notification, one after the other in the order
 * in which they were added.
 *
 * <p>A notification is acknowledged after the work. If a method throws or returns {@link NotificationResult#REQUEUE},
 * it is delivered again after a growing delay, up to the {@linkplain Builder#allowRequeue limit}, and then goes to the
 * dead-letter queue, so that nothing is lost; so does at once what is malformed or does not fit the type of the
 * payload. A notification may arrive more than once, if its acknowledgement is lost with a connection; as in
 * oslo.messaging, duplicates are not recognized. The life cycle is that of {@link dev.parley.RpcServer}: build,
 * {@link #start}, {@link #stop}, {@link #await}, {@link #close}. Thread-safe.
 */
public interface NotificationListener extends AutoCloseable {
    /**
     * A new builder.
     *
     * @param address a transport URL, as for {@link Notifier#builder(String)}
     */
    static Builder builder(String address) {
        return ListenerBuilder.of(address);
    }

    /** A new builder with the address and the topics of a service's configuration. */
    static Builder builder(NotificationSettings settings) {
        return builder(settings.address()).topics(settings.topics().toArray(new String[0]));
    }

    /**
     * Connects and receives. Does nothing if the listener is already started.
     *
     * @return this listener
     * @throws dev.parley.InvalidTargetException if the address is unusable, or its options ask for what the broker
     *     refuses
     * @throws dev.parley.ConnectionLostException if the broker is unreachable
     * @throws dev.parley.AccessDeniedException if the broker rejects the credentials
     */
    NotificationListener start();

    /** Takes no further notifications; those that methods are working on are finished. Returns at once. */
    void stop();

    /**
     * Blocks until the listener has stopped and every method has returned; then closes the connection. Returns at once
     * if the listener is not started.
     *
     * @throws InterruptedException if the thread is interrupted; the connection stays open then
     */
    void await() throws InterruptedException;

    /**
     * As {@link #await()}, with a time limit.
     *
     * @return whether the listener has stopped; if not, this method may be called again
     * @throws InterruptedException if the thread is interrupted; the connection stays open then
     */
    boolean await(Duration timeout) throws InterruptedException;

    /**
     * Asks the supplier of {@link Builder#tls(Supplier)} for a new TLS context, which new connections use. Does nothing
     * if the listener is not started.
     *
     * @throws RuntimeException what the supplier throws; the old context stays then
     */
    void reset();

    /** What has happened to the notifications so far. */
    ListenerCounts counts();

    /** Stops, waits at most the close timeout, and closes the connection; what is not acknowledged is redelivered. */
    @Override
    void close();

    /** Builds a listener. Not thread-safe. */
    interface Builder {
        /** Adds topics on the address's {@code control_exchange}. At least one topic or target is required. */
        Builder topics(String... topics);

        /** Adds a target: a topic and perhaps an exchange; its other parts must not be set. */
        Builder target(Target target);

        /**
         * Adds an endpoint: an object with public methods named like priorities. A method may return {@code void}, a
         * {@link NotificationResult}, or a {@link java.util.concurrent.CompletionStage} of one, which is waited for. A
         * {@link FilterRule} on its class selects what it gets.
         *
         * @throws IllegalArgumentException if it has no method of a priority, or one with unsupported parameters
         */
        Builder endpoint(Object endpoint);

        /** Adds an endpoint with a filter, which takes the place of its {@link FilterRule}. */
        Builder endpoint(NotificationFilter filter, Object endpoint);

        /** Adds a function for some priorities, all if none is given. The payload is the plain value of its JSON. */
        Builder on(Consumer<Notification<Object>> handler, Priority... priorities);

        /**
         * Adds a function with a filter; otherwise as {@link #on(Consumer, Priority...)}.
         */
        Builder on(NotificationFilter filter, Consumer<Notification<Object>> handler, Priority... priorities);

        /**
         * Adds a function for batches of some priorities, all if none is given; needs {@link #batch}. A batch may have
         * notifications of all these priorities, in the order in which they arrived, unless an endpoint or another
         * function takes only some of them.
         */
        Builder onBatch(Consumer<List<Notification<Object>>> handler, Priority... priorities);

        /**
         * Receives from a queue of this name, which gets a copy of every notification that is published from now on;
         * all listeners of one pool share it. The topics' own queues fill nevertheless and need a listener without a
         * pool. None by default.
         */
        Builder pool(String name);

        /**
         * Receives a copy of every notification that is published while the listener runs, and takes none away from
         * others: for watching. The copies wait in a queue of the listener's own, at most 10,000 of them, of which the
         * oldest are dropped; it is deleted when the listener stops, or a minute after it was cut off. What fails finally is dropped, since the
         * others have their own copies. Not with {@link #pool}.
         */
        Builder ownQueue();

        /**
         * Delivers notifications in batches: endpoint methods take a {@code List<Notification<T>>}, or as in
         * oslo.messaging a {@code List<Map<String, Object>>}. A batch for a method has one priority; batches follow
         * each other in the order in which the notifications arrived, while oslo.messaging sorts them by the name of
         * the priority. If a method throws or returns {@link NotificationResult#REQUEUE}, all notifications of the
         * batch are delivered again, then each in a batch of its own, so that one that nobody can handle does not take
         * others to the dead-letter queue.
         *
         * @param size the maximum number in a batch, from 1 to 65535
         * @param timeout how long the first one waits for more, at most an hour
         */
        Builder batch(int size, Duration timeout);

        /**
         * How often a notification is delivered again, at most, when a method throws or returns {@link
         * NotificationResult#REQUEUE}, and how long it waits before: the first delay is doubled each time, up to the
         * maximum, which may be a week at most. The default is 5 times, from 1 second to 1 minute. 0 disables
         * redelivery.
         *
         * <p>In AMQP it waits in a queue of the broker, {@code QUEUE.retry.MILLISECONDS}, so that it neither blocks
         * others nor is lost with this process, and comes back at the end of its own queue. A broker that cannot move
         * it back leaves it with this listener, where it counts as {@linkplain #prefetch unacknowledged}.
         */
        Builder allowRequeue(int limit, Duration firstDelay, Duration maxDelay);

        /**
         * The queue for notifications that failed finally or are malformed: durable, declared when it is first needed,
         * on the default exchange. The default is the name of the queue they came from followed by {@code
         * .dead-letters}.
         */
        Builder deadLetterQueue(String name);

        /** As oslo.messaging: what fails finally is logged, acknowledged and lost. Off by default. */
        Builder dropFailed();

        /** As {@link Notifier.Builder#queueTtl}; must be the same as the publisher's. */
        Builder queueTtl(Duration ttl);

        /** As {@link Notifier.Builder#queueLength}; must be the same as the publisher's. */
        Builder queueLength(int notifications);

        /**
         * How many notifications are handled at the same time. The default is 1, which keeps the order within a queue.
         */
        Builder concurrency(int notifications);

        /**
         * How many unacknowledged notifications each queue may deliver, from 1 to 65535. The default is 100, or as many
         * as may be handled at the same time if that is more; an address with {@code rabbit_qos_prefetch_count} takes
         * precedence.
         */
        Builder prefetch(int notifications);

        /**
         * Where methods run. The default is virtual threads. With {@link Execution#inline} they run on the thread that
         * reads the connection, one at a time.
         */
        Builder execution(Execution execution);

        /** Converts payloads and the context after the value mapping. None by default. */
        Builder serializer(Serializer serializer);

        /** The limits of a message. The default is {@link Limits#defaults()}. */
        Builder limits(Limits limits);

        /** Configures the value mapping, for example with a module. */
        Builder mapper(Consumer<MapperBuilder<?, ?>> customizer);

        /** The TLS context. By default the files that the address names. */
        Builder tls(SSLContext context);

        /** As {@link #tls(SSLContext)}, asked for the context at the start and at each {@link #reset}. */
        Builder tls(Supplier<SSLContext> context);

        /** How long {@link NotificationListener#close} waits for methods. The default is 5 seconds. */
        Builder closeTimeout(Duration timeout);

        /**
         * Builds the listener.
         *
         * @throws dev.parley.InvalidTargetException if the address is unusable
         * @throws IllegalArgumentException if there is no topic or no endpoint
         */
        NotificationListener build();
    }
}
