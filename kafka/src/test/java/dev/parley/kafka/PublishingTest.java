package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The publisher, on a real broker. */
@OnKafka
class PublishingTest {
    private final String broker;

    PublishingTest(KafkaBroker broker) {
        this.broker = broker.plain();
    }

    private Feed feed(String rest) {
        return new Feed("kafka://" + broker + rest);
    }

    @Test
    void writesWhatTheDriverOfOsloMessagingWrites() throws Exception {
        try (Feed feed = feed("/")) {
            Feed.await(feed.publish(feed.publisher(""), "compute.instance.create.end"));
            ConsumerRecord<byte[], byte[]> message =
                    Feed.records(broker, feed.topic + ".info", 1).getFirst();
            assertThat(message.key()).isNull();
            JsonMapper json = JsonMapper.shared();
            JsonNode envelope = json.readTree(message.value());
            assertThat(envelope.propertyNames()).containsExactly("oslo.version", "oslo.message");
            assertThat(envelope.get("oslo.version").asString()).isEqualTo("2.0");
            JsonNode inner = json.readTree(envelope.get("oslo.message").asString());
            assertThat(inner.propertyNames())
                    .containsExactlyInAnyOrder(
                            "message_id",
                            "publisher_id",
                            "event_type",
                            "priority",
                            "payload",
                            "timestamp",
                            "_unique_id",
                            "_context");
            assertThat(inner.at("/_context/request_id").asString()).isEqualTo("req-1");
            assertThat(inner.get("timestamp").asString()).isEqualTo("2026-11-27 10:00:00.123456");
            assertThat(inner.get("priority").asString()).isEqualTo("INFO");
        }
    }

    @Test
    void appendsTheVirtualHost() throws Exception {
        try (Feed feed = feed("/site-1")) {
            Feed.await(feed.publish(feed.publisher(""), "a"));
            assertThat(Feed.records(broker, feed.topic + ".info.site-1", 1)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void compresses(String codec) throws Exception {
        try (Feed feed = feed("/")) {
            Feed.Inbox inbox = feed.subscribe("?consumer_group=compress", null, 10);
            Feed.await(feed.publish(feed.publisher("?compression_codec=" + codec), codec));
            assertThat(inbox.take()).isEqualTo(codec);
        }
    }

    @Test
    void keepsTheOrderAlsoWithSeveralPartitions() throws Exception {
        try (Feed feed = feed("/")) {
            feed.create(broker, 4);
            NotificationPublisher publisher = feed.publisher("");
            List<CompletableFuture<?>> confirms = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                confirms.add(feed.publish(publisher, "e" + i));
            }
            for (CompletableFuture<?> confirm : confirms) {
                Feed.await(confirm);
            }
            List<ConsumerRecord<byte[], byte[]>> records = Feed.records(broker, feed.topic + ".info", 10_000);
            assertThat(records.stream().map(ConsumerRecord::partition).distinct())
                    .hasSize(1);
            assertThat(events(records))
                    .isEqualTo(IntStream.range(0, 10_000).mapToObj(i -> "e" + i).toList());
        }
    }

    @Test
    void spreadsOverThePartitionsIfOrderDoesNotMatter() throws Exception {
        try (Feed feed = feed("/")) {
            feed.create(broker, 4);
            NotificationPublisher publisher = feed.publisher("?ordered=false");
            // Kafka's partitioner changes the partition with each batch.
            for (int i = 0; i < 100; i++) {
                Feed.await(feed.publish(publisher, "e" + i));
            }
            Set<Integer> partitions = Feed.records(broker, feed.topic + ".info", 100).stream()
                    .map(ConsumerRecord::partition)
                    .collect(Collectors.toSet());
            assertThat(partitions).hasSizeGreaterThan(1);
        }
    }

    @Test
    void failsWhatIsTooLargeForTheTopicAndGoesOn() throws Exception {
        try (Feed feed = feed("/")) {
            NotificationPublisher publisher = feed.publisher("");
            byte[] large = new byte[2 << 20];
            CompletableFuture<?> refused = publisher.publish(null, feed.topic, "info", large, Feed.PATIENCE);
            assertThat(catchThrowable(() -> Feed.await(refused)))
                    .cause()
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("max.message.bytes");
            Feed.await(feed.publish(publisher, "small"));
        }
    }

    @Test
    void refusesExchangesAndNamesThatAreNoTopics() {
        try (Feed feed = feed("/")) {
            NotificationPublisher publisher = feed.publisher("");
            assertThat(publisher.publish("nova", feed.topic, "info", new byte[0], Feed.PATIENCE))
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(InvalidTargetException.class)
                    .withMessageContaining("no exchanges");
            assertThat(publisher.publish(null, "to pic", "info", new byte[0], Feed.PATIENCE))
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(InvalidTargetException.class)
                    .withMessageContaining("'to pic.info'");
        }
    }

    @Test
    void failsAfterTheDeadlineWithoutABroker() {
        try (Feed feed = new Feed("kafka://127.0.0.1:1/")) {
            NotificationPublisher publisher = feed.publisher("");
            assertThat(feed.publish(publisher, "a", Duration.ofMillis(300)))
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class)
                    .withMessageContaining("no broker of kafka://127.0.0.1:1/ is reachable");
            assertThat(publisher.isConnected()).isFalse();
        }
    }

    @Test
    void failsAfterTheDeadlineIfTheHostIsUnknown() {
        try (Feed feed = new Feed("kafka://no-such-host.invalid/")) {
            assertThat(feed.publish(feed.publisher(""), "a", Duration.ofMillis(300)))
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void closingFailsWhatIsNotConfirmed() {
        try (Feed feed = new Feed("kafka://127.0.0.1:1/")) {
            NotificationPublisher publisher = feed.publisher("");
            CompletableFuture<?> waiting = feed.publish(publisher, "a");
            publisher.close();
            assertThat(waiting).isCompletedExceptionally();
            assertThat(feed.publish(publisher, "b")).isCompletedExceptionally();
        }
    }

    private static List<String> events(List<ConsumerRecord<byte[], byte[]>> records) {
        JsonMapper json = JsonMapper.shared();
        return records.stream()
                .map(message -> json.readTree(json.readTree(new String(message.value(), StandardCharsets.UTF_8))
                                .get("oslo.message")
                                .asString())
                        .get("event_type")
                        .asString())
                .toList();
    }
}
