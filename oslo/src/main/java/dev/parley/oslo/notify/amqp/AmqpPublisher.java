package dev.parley.oslo.notify.amqp;

import dev.parley.RpcException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.memory.MemoryDriver;
import dev.parley.oslo.driver.rabbit.OrderedPublisher;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.message.NotificationFormat;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.ShortString;
import dev.parley.oslo.topology.Topology;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Publishes notifications over AMQP or in memory. Thread-safe. */
final class AmqpPublisher implements NotificationPublisher {
    private final OsloOptions options;
    private final Codec codec;
    private final QueueLimits limits;
    private final Outlet outlet;

    /** What messages are handed to. */
    interface Outlet {
        void start();

        void publish(OutboundMessage message);

        boolean isConnected();

        void close();
    }

    AmqpPublisher(OsloOptions options, Codec codec, QueueLimits limits, Outlet outlet) {
        this.options = options;
        this.codec = codec;
        this.limits = limits;
        this.outlet = outlet;
    }

    /** An AMQP broker. */
    static Outlet outlet(OrderedPublisher publisher) {
        return new Outlet() {
            @Override
            public void start() {
                publisher.start();
            }

            @Override
            public void publish(OutboundMessage message) {
                publisher.publish(message);
            }

            @Override
            public boolean isConnected() {
                return publisher.isConnected();
            }

            @Override
            public void close() {
                publisher.close();
            }
        };
    }

    /** A broker in this JVM. */
    static Outlet outlet(MemoryDriver driver) {
        return new Outlet() {
            @Override
            public void start() {
                driver.start();
            }

            @Override
            public void publish(OutboundMessage message) {
                driver.publish(message);
            }

            @Override
            public boolean isConnected() {
                return true;
            }

            @Override
            public void close() {
                driver.close();
            }
        };
    }

    @Override
    public void start() {
        outlet.start();
    }

    @Override
    public byte[] encode(NotificationContent content, boolean enveloped) {
        return codec.notification(content, enveloped ? NotificationFormat.ENVELOPED : NotificationFormat.BARE);
    }

    @Override
    public CompletableFuture<@Nullable Void> publish(
            @Nullable String exchange, String topic, String priority, byte[] body, Duration deadline) {
        OutboundMessage message;
        try {
            message = message(exchange, topic + "." + priority, body, deadline);
        } catch (RpcException e) {
            return CompletableFuture.failedFuture(e);
        }
        outlet.publish(message);
        return message.confirmed();
    }

    private OutboundMessage message(@Nullable String exchange, String name, byte[] body, Duration deadline) {
        Topology topology = options.topology();
        Exchange target = topology.topicExchange(exchange == null ? options.controlExchange() : exchange);
        return OutboundMessage.builder(
                        target, ShortString.check("topic", name), body, System.nanoTime() + deadline.toNanos())
                .declaring(topology.notificationQueue(target, name, limits.arguments()))
                .repeatable()
                .build();
    }

    @Override
    public boolean isConnected() {
        return outlet.isConnected();
    }

    @Override
    public void close() {
        outlet.close();
    }
}
