package dev.parley.kafka;

import dev.parley.oslo.notify.spi.NotificationDelivery;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A record that was delivered. Thread-safe. */
final class KafkaDelivery implements NotificationDelivery {
    private static final byte[] EMPTY = new byte[0];

    private final ConsumerLoop consumer;
    final AssignedPartition partition;
    final AssignedPartition.Slot slot;
    private final ConsumerRecord<byte[], byte[]> message;
    private final int redeliveries;
    private final AtomicBoolean settled = new AtomicBoolean();

    KafkaDelivery(
            ConsumerLoop consumer,
            AssignedPartition partition,
            AssignedPartition.Slot slot,
            ConsumerRecord<byte[], byte[]> message) {
        this.consumer = consumer;
        this.partition = partition;
        this.slot = slot;
        this.message = message;
        this.redeliveries = partition.redeliveries(slot);
    }

    ConsumerRecord<byte[], byte[]> message() {
        return message;
    }

    /** The same record, to be delivered once more. */
    KafkaDelivery again() {
        return new KafkaDelivery(consumer, partition, slot, message);
    }

    @Override
    public byte[] body() {
        return message.value() == null ? EMPTY : message.value();
    }

    @Override
    public @Nullable String contentType() {
        return null;
    }

    @Override
    public @Nullable String contentEncoding() {
        return null;
    }

    @Override
    public @Nullable String compression() {
        return null;
    }

    @Override
    public String queue() {
        return message.topic();
    }

    @Override
    public int redeliveries() {
        return redeliveries;
    }

    @Override
    public boolean isCurrent() {
        return !partition.isLost();
    }

    @Override
    public void acknowledge() {
        if (settled.compareAndSet(false, true)) {
            consumer.settle(this);
        }
    }

    @Override
    public void requeue(Duration delay) {
        if (settled.compareAndSet(false, true)) {
            consumer.redeliver(this, delay);
        }
    }

    @Override
    public void release() {
        if (settled.compareAndSet(false, true)) {
            consumer.deliverAgain(this);
        }
    }

    @Override
    public void deadLetter(String reason, String error) {
        if (settled.compareAndSet(false, true)) {
            consumer.deadLetter(this, reason, error);
        }
    }

    @Override
    public String toString() {
        return message.topic() + "-" + message.partition() + "@" + message.offset();
    }
}
