package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Address;
import dev.parley.Limits;
import dev.parley.Target;
import dev.parley.oslo.message.NotificationContent;
import dev.parley.oslo.message.ReceivedNotification;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationDelivery;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationSubscriber;
import dev.parley.oslo.notify.spi.NotificationWire;
import dev.parley.oslo.notify.spi.NotificationWire.QueueLimits;
import dev.parley.spi.ValueMapping;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Publishers and subscribers of tests, which close them all. */
final class Feed implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    static final NotificationWire WIRE = ServiceLoader.load(NotificationWire.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(wire -> wire.schemes().contains("kafka"))
            .findFirst()
            .orElseThrow();

    static final ValueMapping VALUES = new ValueMapping(Limits.defaults(), List.of());

    private final String address;
    /** A topic of this test alone. */
    final String topic = "t-" + UUID.randomUUID().toString().substring(0, 8);

    private final List<AutoCloseable> open = new ArrayList<>();

    Feed(String address) {
        this.address = address;
    }

    NotificationPublisher publisher(String query) {
        NotificationPublisher publisher =
                WIRE.publisher(Address.parse(address + query), VALUES, null, QueueLimits.NONE);
        open.add(publisher);
        publisher.start();
        return publisher;
    }

    CompletableFuture<?> publish(NotificationPublisher publisher, String event) {
        return publish(publisher, event, PATIENCE);
    }

    CompletableFuture<?> publish(NotificationPublisher publisher, String event, Duration deadline) {
        return publisher.publish(null, topic, "info", publisher.encode(content(event), true), deadline);
    }

    static NotificationContent content(String event) {
        return new NotificationContent(
                UUID.randomUUID().toString(),
                "compute.host1",
                event,
                "INFO",
                Instant.parse("2026-11-27T10:00:00.123456Z"),
                Map.of("instance_id", "i-1"),
                Object.class,
                Map.of("request_id", "req-1"));
    }

    static void await(CompletableFuture<?> future) throws Exception {
        future.get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What a subscriber has got. */
    static final class Inbox implements NotificationSubscriber.Receiver {
        final BlockingQueue<NotificationDelivery> deliveries = new LinkedBlockingQueue<>();
        final NotificationSubscriber subscriber;

        Inbox(NotificationSubscriber subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void received(NotificationDelivery delivery) {
            deliveries.add(delivery);
        }

        NotificationDelivery next() throws InterruptedException {
            NotificationDelivery next = deliveries.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            assertThat(next).as("a delivery").isNotNull();
            return next;
        }

        /** The event of the next one, which is acknowledged. */
        String take() throws InterruptedException {
            NotificationDelivery next = next();
            next.acknowledge();
            return event(next);
        }

        List<String> take(int count) throws InterruptedException {
            List<String> events = new ArrayList<>();
            while (events.size() < count) {
                events.add(take());
            }
            return events;
        }

        ReceivedNotification read(NotificationDelivery delivery) {
            return ReceivedNotification.parse(
                    subscriber.codec().open(delivery), subscriber.codec().mapper());
        }

        String event(NotificationDelivery delivery) {
            return read(delivery).eventType();
        }
    }

    Inbox subscribe(String query, String pool, int prefetch) {
        NotificationSubscriber subscriber =
                WIRE.subscriber(Address.parse(address + query), VALUES, null, QueueLimits.NONE);
        open.add(subscriber);
        Inbox inbox = new Inbox(subscriber);
        subscriber.start(
                new NotificationSubscriber.Subscription(
                        List.of(Target.topic(topic)), List.of(Priority.INFO), pool, false, prefetch, null),
                inbox);
        return inbox;
    }

    /** Makes the topic with so many partitions. */
    void create(String broker, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            admin.createTopics(List.of(new NewTopic(topic + ".info", partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** What a group has committed of the first partition; -1 if nothing. */
    long committed(String broker, String group) throws Exception {
        return committed(broker, group, 0);
    }

    private long committed(String broker, String group, int partition) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            var offset = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition(topic + ".info", partition));
            return offset == null ? -1 : offset.offset();
        }
    }

    void awaitCommitted(String broker, String group, long offset) throws Exception {
        awaitCommitted(broker, group, 0, offset);
    }

    void awaitCommitted(String broker, String group, int partition, long offset) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (committed(broker, group, partition) != offset && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(committed(broker, group, partition)).isEqualTo(offset);
    }

    /** The records of a topic, read without a group. */
    static List<ConsumerRecord<byte[], byte[]>> records(String broker, String topic, int count) {
        Properties config = new Properties();
        config.put("bootstrap.servers", broker);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (records.size() < count && System.nanoTime() < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        assertThat(records).hasSizeGreaterThanOrEqualTo(count);
        return records;
    }

    @Override
    public void close() {
        open.reversed().forEach(closeable -> {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
