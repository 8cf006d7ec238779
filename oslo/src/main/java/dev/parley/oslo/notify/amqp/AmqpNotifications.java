package dev.parley.oslo.notify.amqp;

import dev.parley.Address;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.memory.MemoryDriver;
import dev.parley.oslo.driver.rabbit.OrderedPublisher;
import dev.parley.oslo.driver.rabbit.RabbitDriver;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationSubscriber;
import dev.parley.oslo.notify.spi.NotificationWire;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.spi.ValueMapping;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Notifications over AMQP and in memory. Thread-safe. */
public final class AmqpNotifications implements NotificationWire {
    /** For {@link java.util.ServiceLoader}. */
    public AmqpNotifications() {}

    @Override
    public Set<String> schemes() {
        return Set.of("rabbit", "kombu", "memory");
    }

    @Override
    public NotificationPublisher publisher(
            Address address, ValueMapping values, @Nullable SSLContext tls, QueueLimits limits) {
        OsloOptions options = OsloOptions.of(address);
        return new AmqpPublisher(
                options,
                new Codec(values),
                limits,
                address.scheme().equals("memory")
                        ? AmqpPublisher.outlet(new MemoryDriver(address.host() + address.path()))
                        : AmqpPublisher.outlet(new OrderedPublisher(address, options, tls)));
    }

    @Override
    public NotificationSubscriber subscriber(
            Address address, ValueMapping values, @Nullable SSLContext tls, QueueLimits limits) {
        OsloOptions options = OsloOptions.of(address);
        return new AmqpSubscriber(options, driver(address, options, tls), new Codec(values), limits);
    }

    private static Driver driver(Address address, OsloOptions options, @Nullable SSLContext tls) {
        return address.scheme().equals("memory")
                ? new MemoryDriver(address.host() + address.path())
                : new RabbitDriver(address, options, tls, false);
    }
}
