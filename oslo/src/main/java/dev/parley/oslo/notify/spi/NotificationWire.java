package dev.parley.oslo.notify.spi;

import dev.parley.Address;
import dev.parley.spi.ValueMapping;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Carries notifications to and from one kind of broker. Found by {@link java.util.ServiceLoader}. Thread-safe. */
public interface NotificationWire {
    /** The schemes of its addresses. */
    Set<String> schemes();

    /**
     * A publisher, not started yet.
     *
     * @param values makes the mapper
     * @param tls the TLS context to use in place of the files that the address names
     * @throws dev.parley.InvalidTargetException if the address is unusable
     */
    NotificationPublisher publisher(Address address, ValueMapping values, @Nullable SSLContext tls, QueueLimits limits);

    /**
     * A subscriber, not started yet.
     *
     * @throws dev.parley.InvalidTargetException if the address is unusable
     */
    NotificationSubscriber subscriber(
            Address address, ValueMapping values, @Nullable SSLContext tls, QueueLimits limits);

    /**
     * Limits of the queues.
     *
     * @param ttlMillis how long an unread notification is kept, in milliseconds, -1 for as long as it takes
     * @param length how many unread notifications are kept, -1 for any number
     */
    record QueueLimits(long ttlMillis, int length) {
        /** No limits. */
        public static final QueueLimits NONE = new QueueLimits(-1, -1);

        /** The arguments of an AMQP queue. */
        public Map<String, Object> arguments() {
            return ttlMillis < 0
                    ? length < 0 ? Map.of() : Map.of("x-max-length", length)
                    : length < 0
                            ? Map.of("x-message-ttl", ttlMillis)
                            : Map.of("x-message-ttl", ttlMillis, "x-max-length", length);
        }
    }
}
