package dev.parley.oslo.notify.amqp;

import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.notify.spi.NotificationDelivery;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A delivery from a queue. Immutable, and safe for use by any thread. */
record AmqpDelivery(AmqpSubscriber source, Delivery delivery) implements NotificationDelivery {
    @Override
    public byte[] body() {
        return delivery.body();
    }

    @Override
    public @Nullable String contentType() {
        return delivery.contentType();
    }

    @Override
    public @Nullable String contentEncoding() {
        return delivery.contentEncoding();
    }

    @Override
    public @Nullable String compression() {
        return delivery.compression();
    }

    @Override
    public String queue() {
        return delivery.queue();
    }

    @Override
    public int redeliveries() {
        // Without the redelivered flag, which also those have that were only prefetched when a connection was lost.
        return delivery.countedReturns();
    }

    @Override
    public boolean isCurrent() {
        return delivery.isCurrent();
    }

    @Override
    public void acknowledge() {
        source.acknowledger().acknowledge(delivery);
    }

    @Override
    public void requeue(Duration delay) {
        source.mover().delay(delivery, delay, redeliveries() + 1);
    }

    @Override
    public void release() {
        delivery.requeue();
    }

    @Override
    public void deadLetter(String reason, String error) {
        source.mover().deadLetter(delivery, source.deadLetterQueue(queue()), reason, error);
    }
}
