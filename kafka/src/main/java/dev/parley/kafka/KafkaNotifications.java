package dev.parley.kafka;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationSubscriber;
import dev.parley.oslo.notify.spi.NotificationWire;
import dev.parley.spi.ValueMapping;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Notifications over Kafka. Thread-safe. */
public final class KafkaNotifications implements NotificationWire {
    /** For {@link java.util.ServiceLoader}. */
    public KafkaNotifications() {}

    @Override
    public Set<String> schemes() {
        return Set.of("kafka");
    }

    @Override
    public NotificationPublisher publisher(
            Address address, ValueMapping values, @Nullable SSLContext tls, QueueLimits limits) {
        return new KafkaPublisher(options(address, limits), values, tls);
    }

    @Override
    public NotificationSubscriber subscriber(
            Address address, ValueMapping values, @Nullable SSLContext tls, QueueLimits limits) {
        return new KafkaSubscriber(options(address, limits), values, tls);
    }

    private static KafkaOptions options(Address address, QueueLimits limits) {
        if (!limits.equals(QueueLimits.NONE)) {
            throw new InvalidTargetException("kafka has no limits per queue: set retention.ms and retention.bytes"
                    + " of the topics at the broker in place of queueTtl and queueLength");
        }
        return KafkaOptions.of(address);
    }
}
