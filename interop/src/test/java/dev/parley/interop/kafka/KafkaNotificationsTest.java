package dev.parley.interop.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.kafka.KafkaBroker;
import dev.parley.kafka.OnKafka;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.Priority;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Notifiers and listeners over Kafka: Parley's with each other, and with Python's both ways. */
@OnKafka
class KafkaNotificationsTest {
    private final String broker;
    private final String topic = "t-" + UUID.randomUUID().toString().substring(0, 8);
    private final String group = "g-" + UUID.randomUUID();
    private final String address;
    private final BlockingQueue<Notification<Object>> received = new LinkedBlockingQueue<>();

    KafkaNotificationsTest(KafkaBroker broker) {
        this.broker = broker.plain();
        this.address = "kafka://" + broker.plain() + "/?consumer_group=" + group;
    }

    private Notifier notifier() {
        return Notifier.builder("kafka://" + broker + "/")
                .publisherId("compute.host1")
                .topics(topic)
                .build();
    }

    private NotificationListener.Builder listener() {
        return NotificationListener.builder(address).topics(topic).closeTimeout(Duration.ofSeconds(1));
    }

    private Notification<Object> next() throws InterruptedException {
        Notification<Object> next = received.poll(60, TimeUnit.SECONDS);
        assertThat(next).as("a notification").isNotNull();
        return next;
    }

    @Test
    void notifiesAndListens() throws Exception {
        try (Notifier notifier = notifier();
                NotificationListener listener = listener()
                        .on(received::add, Priority.INFO, Priority.ERROR)
                        .build()
                        .start()) {
            notifier.with(Map.of("request_id", "req-1", "auth_token", "never sent"))
                    .info("compute.instance.create.end", Map.of("instance_id", "i-1"));
            Notification<Object> info = next();
            assertThat(info.eventType()).isEqualTo("compute.instance.create.end");
            assertThat(info.publisherId()).isEqualTo("compute.host1");
            assertThat(info.payload()).isEqualTo(Map.of("instance_id", "i-1"));
            assertThat(info.context()).isEqualTo(Map.of("request_id", "req-1"));
            notifier.error("compute.instance.create.error", null);
            assertThat(next().priority()).isEqualTo(Priority.ERROR);
            assertThat(notifier.flush(Duration.ofSeconds(60))).isTrue();
            assertThat(notifier.counts().confirmed()).isEqualTo(2);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void keepsTheOrder() throws Exception {
        int count = 5_000;
        List<String> events = new ArrayList<>();
        try (Notifier notifier = notifier();
                NotificationListener listener =
                        listener().on(received::add, Priority.INFO).build().start()) {
            for (int i = 0; i < count; i++) {
                notifier.info("e" + i, null);
            }
            while (events.size() < count) {
                events.add(next().eventType());
            }
            assertThat(listener).isNotNull();
        }
        assertThat(events)
                .isEqualTo(IntStream.range(0, count).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void deliversAgainAndDeadLettersInTheEnd() throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        try (Notifier notifier = notifier();
                NotificationListener listener = listener()
                        .allowRequeue(2, Duration.ofMillis(10), Duration.ofMillis(20))
                        .on(
                                notification -> {
                                    if (notification.eventType().equals("poison")) {
                                        attempts.incrementAndGet();
                                        throw new IllegalStateException("cannot be handled");
                                    }
                                    received.add(notification);
                                },
                                Priority.INFO)
                        .build()
                        .start()) {
            notifier.info("poison", null);
            notifier.info("good", null);
            assertThat(next().eventType()).isEqualTo("good");
            ConsumerRecord<byte[], byte[]> letter = first(topic + ".info.dead-letters");
            assertThat(attempts).hasValue(3);
            assertThat(new String(letter.headers().lastHeader("x-parley-error").value(), StandardCharsets.UTF_8))
                    .contains("cannot be handled");
            assertThat(listener).isNotNull();
        }
    }

    private ConsumerRecord<byte[], byte[]> first(String name) {
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partition = List.of(new TopicPartition(name, 0));
            consumer.assign(partition);
            consumer.seekToBeginning(partition);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (System.nanoTime() - end < 0) {
                for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(200))) {
                    return message;
                }
            }
            throw new AssertionError("nothing in topic " + name);
        }
    }

    @Test
    void aPoolGetsACopy() throws Exception {
        BlockingQueue<Notification<Object>> ofPool = new LinkedBlockingQueue<>();
        try (Notifier notifier = notifier();
                NotificationListener listener =
                        listener().on(received::add, Priority.INFO).build().start();
                NotificationListener pool = listener()
                        .pool("pool-" + group)
                        .on(ofPool::add, Priority.INFO)
                        .build()
                        .start()) {
            notifier.info("a", null);
            assertThat(next().eventType()).isEqualTo("a");
            assertThat(ofPool.poll(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(listener).isNotSameAs(pool);
        }
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING_KAFKA)
    void hearsPython() throws Exception {
        String url = "kafka://" + broker + "/";
        try (NotificationListener listener = listener()
                        .on(received::add, Priority.INFO, Priority.WARN)
                        .build()
                        .start();
                PeerProcess python =
                        PeerProcess.start(Peer.OSLO_MESSAGING_KAFKA, "kafka_notifier.py", url, "nova.host1", topic)) {
            assertThat(python.call("info", "instance.create", Map.of("name", "ü", "sizes", List.of(1, 2.5)))
                            .has("ok"))
                    .isTrue();
            Notification<Object> info = next();
            assertThat(info.publisherId()).isEqualTo("nova.host1");
            assertThat(info.eventType()).isEqualTo("instance.create");
            assertThat(info.payload()).isEqualTo(Map.of("name", "ü", "sizes", List.of(1, 2.5)));
            assertThat(info.context()).containsEntry("request_id", "req-1").doesNotContainValue("never sent");
            assertThat(info.timestamp()).isNotNull();
            // After the first has come: the order of two topics is not kept.
            assertThat(python.call("warn", "instance.slow", "plain text").has("ok"))
                    .isTrue();
            assertThat(next().payload()).isEqualTo("plain text");
            assertThat(listener).isNotNull();
        }
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING_KAFKA)
    void hearsPythonOnAVirtualHost() throws Exception {
        String url = "kafka://" + broker + "/site-1";
        try (NotificationListener listener = NotificationListener.builder(url + "?consumer_group=" + group)
                        .topics(topic)
                        .on(received::add, Priority.INFO)
                        .build()
                        .start();
                PeerProcess python =
                        PeerProcess.start(Peer.OSLO_MESSAGING_KAFKA, "kafka_notifier.py", url, "nova.host1", topic)) {
            python.call("info", "instance.create", 1);
            assertThat(next().payload()).isEqualTo(1);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING_KAFKA)
    void pythonHears() throws Exception {
        try (Notifier notifier = notifier()) {
            // Python's listener finds topics that are made after its start only minutes later.
            notifier.info("first", null);
            notifier.error("first", null);
            assertThat(notifier.flush(Duration.ofSeconds(60))).isTrue();
            pythonHears(notifier);
        }
    }

    private void pythonHears(Notifier notifier) throws Exception {
        try (PeerProcess python = PeerProcess.start(
                Peer.OSLO_MESSAGING_KAFKA, "kafka_listener.py", "kafka://" + broker + "/", topic, group)) {
            python.ready();
            // It starts with what comes after it has joined its group, which it does not tell.
            AtomicInteger probes = new AtomicInteger();
            Thread prober = Thread.ofVirtual().start(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    notifier.info("probe", probes.incrementAndGet());
                    try {
                        Thread.sleep(200);
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            });
            assertThat(python.json("level").get("event_type").asString()).isEqualTo("probe");
            prober.interrupt();
            prober.join();
            notifier.with(Map.of("request_id", "req-1"))
                    .error("instance.create.error", Map.of("name", "ü", "sizes", List.of(1, 2.5)));
            JsonNode error = python.json("level");
            while (error.get("event_type").asString().equals("probe")) {
                error = python.json("level");
            }
            assertThat(error.get("level").asString()).isEqualTo("error");
            assertThat(error.get("publisher_id").asString()).isEqualTo("compute.host1");
            assertThat(error.at("/payload/name").asString()).isEqualTo("ü");
            assertThat(error.at("/payload/sizes").toString()).isEqualTo("[1,2.5]");
            assertThat(error.at("/context/request_id").asString()).isEqualTo("req-1");
            assertThat(error.at("/metadata/message_id").asString()).hasSize(36);
        }
    }
}
