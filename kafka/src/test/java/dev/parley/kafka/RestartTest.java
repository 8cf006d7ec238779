package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.ConnectionLostException;
import dev.parley.oslo.notify.spi.NotificationDelivery;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A broker that is killed and started again. */
class RestartTest {
    private static KafkaBroker broker;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    @Test
    void nothingIsLostOrInventedAndTheOrderIsKept() throws Exception {
        try (Feed feed = new Feed("kafka://" + broker.plain() + "/")) {
            int count = 6_000;
            NotificationPublisher publisher = feed.publisher("");
            Feed.Inbox inbox = feed.subscribe("?consumer_group=g-" + UUID.randomUUID(), null, 50);
            Set<String> seen = new LinkedHashSet<>();
            List<CompletableFuture<?>> confirms = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                confirms.add(feed.publish(publisher, "e" + i, Duration.ofMinutes(5)));
                NotificationDelivery delivery = inbox.deliveries.poll();
                if (delivery != null) {
                    seen.add(inbox.event(delivery));
                    delivery.acknowledge();
                }
                if (i == 2_000 || i == 4_000) {
                    Feed.await(confirms.get(i - 1_000));
                    broker.kill();
                } else if (i == 3_000 || i == 5_000) {
                    broker.run();
                }
            }
            for (CompletableFuture<?> confirm : confirms) {
                Feed.await(confirm);
            }
            while (seen.size() < count) {
                seen.add(inbox.take());
            }
            assertThat(seen)
                    .containsExactlyElementsOf(
                            IntStream.range(0, count).mapToObj(i -> "e" + i).toList());
        }
    }

    @Test
    void whatHasFailedIsNotPublishedLater() throws Exception {
        try (Feed feed = new Feed("kafka://" + broker.plain() + "/")) {
            NotificationPublisher publisher = feed.publisher("");
            Feed.await(feed.publish(publisher, "before"));
            assertThat(publisher.isConnected()).isTrue();
            broker.kill();
            // Kafka's producer takes these, since it knows the topic and does not know yet that the broker is gone.
            CompletableFuture<?> late = feed.publish(publisher, "late", Duration.ofMillis(500));
            CompletableFuture<?> kept = feed.publish(publisher, "kept", Duration.ofMinutes(5));
            assertThat(late)
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class);
            assertThat(publisher.isConnected()).isFalse();
            // And these wait for a producer that reaches the broker.
            CompletableFuture<?> later = feed.publish(publisher, "later", Duration.ofMillis(500));
            CompletableFuture<?> last = feed.publish(publisher, "last", Duration.ofMinutes(5));
            assertThat(later)
                    .failsWithin(Feed.PATIENCE)
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class)
                    .withMessageContaining("no broker");
            assertThat(kept).isNotDone();
            broker.run();
            Feed.await(kept);
            Feed.await(last);
            Feed.Inbox inbox = feed.subscribe("?consumer_group=g-" + UUID.randomUUID(), null, 50);
            assertThat(inbox.take(3)).containsExactly("before", "kept", "last");
            Feed.await(feed.publish(publisher, "end"));
            assertThat(inbox.take()).isEqualTo("end");
        }
    }

    @Test
    void aPublisherStartsBeforeItsBroker() throws Exception {
        broker.kill();
        try (Feed feed = new Feed("kafka://" + broker.plain() + "/")) {
            CompletableFuture<?> early =
                    feed.publish(feed.publisher("?connect_timeout=2"), "early", Duration.ofMinutes(5));
            assertThat(early).isNotDone();
            broker.run();
            Feed.await(early);
            assertThat(feed.subscribe("?consumer_group=g-" + UUID.randomUUID(), null, 50)
                            .take())
                    .isEqualTo("early");
        }
    }
}
