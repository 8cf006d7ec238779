package dev.parley.broker.channel;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.ReplyCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the deliveries of a channel that were not acknowledged in time, {@code consumer_timeout} in RabbitMQ. Used on
 * the connection's event loop.
 */
final class LateDeliveries {
    private static final String ARGUMENT = "x-consumer-timeout";

    private final int channel;
    private final ChannelHost host;
    private final Deliveries deliveries;

    LateDeliveries(int channel, ChannelHost host, Deliveries deliveries) {
        this.channel = channel;
        this.host = host;
        this.deliveries = deliveries;
    }

    /**
     * Takes back what consumers that can be cancelled have had for too long; returns all that these consumers have.
     *
     * @throws AmqpException with {@link ReplyCode#PRECONDITION_FAILED} if another delivery is late
     */
    List<Unacked> takeBack(long now) {
        Set<ChannelConsumer> late = null;
        for (Unacked delivery : deliveries.all()) {
            long timeout = timeoutMillis(delivery);
            if (timeout == 0 || now - delivery.sentAtNanos() < TimeUnit.MILLISECONDS.toNanos(timeout)) {
                continue;
            }
            ChannelConsumer consumer = delivery.consumer();
            if (consumer == null || !host.profile().cancelsLateConsumers()) {
                throw new AmqpException(
                        ReplyCode.PRECONDITION_FAILED,
                        "delivery acknowledgement on channel " + channel + " timed out. Timeout value used: " + timeout
                                + " ms. This timeout value can be configured, see consumers doc guide to learn more");
            }
            late = late == null ? new LinkedHashSet<>() : late;
            late.add(consumer);
        }
        if (late == null) {
            return List.of();
        }
        List<Unacked> taken = new ArrayList<>();
        for (Unacked delivery : deliveries.all()) {
            if (late.contains(delivery.consumer())) {
                taken.add(delivery);
            }
        }
        taken.forEach(deliveries::takeBack);
        return taken;
    }

    private long timeoutMillis(Unacked delivery) {
        long timeout = host.limits().consumerTimeout().toMillis();
        if (!host.profile().hasConsumerTimeoutArgument()) {
            return timeout;
        }
        if (!delivery.queue().kind().equals("quorum")) {
            return 0;
        }
        Long own = number(
                delivery.consumer() == null
                        ? null
                        : delivery.consumer().arguments().get(ARGUMENT));
        if (own == null) {
            own = number(delivery.queue().settings().arguments().get(ARGUMENT));
        }
        return own == null ? timeout : own;
    }

    private static @Nullable Long number(@Nullable Object value) {
        return value instanceof Number number ? (Long) number.longValue() : null;
    }
}
