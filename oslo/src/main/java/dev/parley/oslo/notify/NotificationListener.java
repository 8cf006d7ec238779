package dev.parley.oslo.notify;

import dev.parley.Execution;
import dev.parley.Limits;
import dev.parley.Serializer;
import dev.parley.Target;
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
 * notification)}, or with the five arguments of oslo.messaging: {@code (Map<String, Object> context, String publisherId,
 * String eventType, Object payload, Map<String, Object> metadata)}. The listener consumes from the queues of the
 * priorities that at least one endpoint has a method for. Every endpoint whose {@link NotificationFilter} matches gets
 * the notification, one after the other in the order in which they were added.
 *
 * <p>A notification is acknowledged after the work. If a method throws or returns {@link NotificationResult#REQUEUE}, it
 * is delivered again after a growing delay, up to the {@linkplain Builder#allowRequeue limit}, and then goes to the
 * dead-letter queue, so that nothing is lost. The life cycle is that of {@link dev.parley.RpcServer}: build, {@link
 * #start}, {@link #stop}, {@link #await}, {@link #close}. Thread-safe.
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

    /**
     * Connects and receives. Does nothing if the listener is already started.
     *
     * @return this listener
     * @throws dev.parley.InvalidTargetException if the address is unusable
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
         * Adds an endpoint. A {@link FilterRule} on its class selects what it gets.
         *
         * @throws IllegalArgumentException if it has no method of a priority, or one with unsupported parameters
         */
        Builder endpoint(Object endpoint);

        /** Adds an endpoint with a filter, which takes the place of its {@link FilterRule}. */
        Builder endpoint(NotificationFilter filter, Object endpoint);

        /** Adds a function for some priorities, all if none is given. The payload is the plain value of its JSON. */
        Builder on(Consumer<Notification<Object>> handler, Priority... priorities);

        /**
         * Adds a function for batches of some priorities, all if none is given; needs {@link #batch}. A batch may have
         * notifications of all these priorities, in the order in which they arrived, unless an endpoint or another
         * function takes only some of them.
         */
        Builder onBatch(Consumer<List<Notification<Object>>> handler, Priority... priorities);

        /**
         * Receives from a queue of this name, which gets a copy of every notification; all listeners of one pool share
         * it. The topics' own queues fill nevertheless and need a listener without a pool. None by default.
         */
        Builder pool(String name);

        /**
         * Delivers notifications in batches: endpoint methods take a {@code List<Notification<T>>}. A batch has one
         * priority; batches follow each other in the order in which the notifications arrived.
         *
         * @param size the maximum number in a batch, at least 1
         * @param timeout how long the first one waits for more
         */
        Builder batch(int size, Duration timeout);

        /**
         * How often a notification is delivered again, at most, when a method throws or returns {@link
         * NotificationResult#REQUEUE}, and how long it waits before: the first delay is doubled each time, up to the
         * maximum. The default is 5 times, from 1 second to 1 minute. 0 disables redelivery.
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

        /** How many unacknowledged notifications each queue may deliver. The default is 100, or the batch size. */
        Builder prefetch(int notifications);

        /** Where methods run. The default is a virtual thread each. */
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
