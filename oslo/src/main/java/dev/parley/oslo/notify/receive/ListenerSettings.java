package dev.parley.oslo.notify.receive;

import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.Serializer;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationSubscriber.Subscription;
import dev.parley.oslo.notify.spi.NotificationWire;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import dev.parley.spi.ValueMapping;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a listener. Immutable.
 *
 * @param handlers the handlers of each priority, in the order in which they are called
 * @param batchSize the maximum number of notifications in a batch, 1 without batches
 * @param batchTimeout how long the first notification of a batch waits for more
 * @param retries how often and when a notification is delivered again
 * @param dropFailed whether what fails finally is dropped instead of dead-lettered
 */
record ListenerSettings(
        Address address,
        NotificationWire wire,
        Subscription subscription,
        QueueLimits limits,
        Map<Priority, List<Handler>> handlers,
        int batchSize,
        Duration batchTimeout,
        Retries retries,
        boolean dropFailed,
        int concurrency,
        Execution execution,
        @Nullable Serializer serializer,
        ValueMapping values,
        @Nullable Supplier<SSLContext> tls,
        Duration closeTimeout) {
    ListenerSettings {
        handlers = Map.copyOf(handlers);
    }

    /**
     * How often and when a notification is delivered again.
     *
     * @param limit how often at most
     * @param firstDelay how long it waits the first time; each time it waits twice as long
     * @param maxDelay how long at most
     */
    record Retries(int limit, Duration firstDelay, Duration maxDelay) {
        static final Retries DEFAULT = new Retries(5, Duration.ofSeconds(1), Duration.ofMinutes(1));

        /** How long a notification waits that was delivered again so many times. */
        Duration delay(int redeliveries) {
            Duration delay = firstDelay;
            for (int i = 0; i < redeliveries && delay.compareTo(maxDelay) < 0 && !delay.isZero(); i++) {
                delay = delay.multipliedBy(2);
            }
            return delay.compareTo(maxDelay) < 0 ? delay : maxDelay;
        }
    }

    /** Asks the supplier for the TLS context; {@code null} if there is none. */
    @Nullable
    SSLContext newTls() {
        return tls == null ? null : Objects.requireNonNull(tls.get(), "the supplier of the TLS context returned null");
    }
}
