package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.oslo.notify.spi.NotificationDelivery;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a subscriber does while its group is balanced anew. */
@OnKafka
class GroupsTest {
    private final String broker;
    private final Feed feed;
    private final String group = "g-" + UUID.randomUUID();
    private final String query = "?consumer_group=" + group;

    GroupsTest(KafkaBroker broker) {
        this.broker = broker.plain();
        this.feed = new Feed("kafka://" + broker.plain() + "/");
    }

    @AfterEach
    void close() {
        feed.close();
    }

    private void publish(int from, int to) throws Exception {
        NotificationPublisher publisher = feed.publisher("");
        List<CompletableFuture<?>> confirms = new ArrayList<>();
        for (int i = from; i < to; i++) {
            confirms.add(feed.publish(publisher, "e" + i));
        }
        for (CompletableFuture<?> confirm : confirms) {
            Feed.await(confirm);
        }
    }

    @Test
    void whatIsInWorkIsDeliveredAgainOnlyIfAnotherListenerGetsThePartition() throws Exception {
        feed.create(broker, 2);
        // Each publisher uses one partition: some until both are used.
        Feed.Inbox first = feed.subscribe(query, null, 1000);
        List<KafkaDelivery> held = new ArrayList<>();
        while (held.stream().map(GroupsTest::partition).distinct().count() < 2) {
            publish(held.size(), held.size() + 1);
            held.add((KafkaDelivery) first.next());
        }
        Feed.Inbox second = feed.subscribe(query, null, 1000);
        KafkaDelivery moved = (KafkaDelivery) second.next();
        List<String> ofMoved = held.stream()
                .filter(delivery -> partition(delivery) == partition(moved))
                .map(first::event)
                .toList();
        List<String> again = new ArrayList<>(List.of(second.event(moved)));
        moved.acknowledge();
        while (again.size() < ofMoved.size()) {
            again.add(second.take());
        }
        assertThat(again).isEqualTo(ofMoved);

        // Those of the partition that moved have no effect.
        held.forEach(NotificationDelivery::acknowledge);
        for (int partition = 0; partition < 2; partition++) {
            int number = partition;
            feed.awaitCommitted(
                    broker,
                    group,
                    partition,
                    held.stream()
                            .filter(delivery -> partition(delivery) == number)
                            .count());
        }
        assertThat(first.deliveries).isEmpty();
        assertThat(second.deliveries).isEmpty();
    }

    private static int partition(KafkaDelivery delivery) {
        return delivery.message().partition();
    }

    @Test
    void nothingIsLostWhileListenersComeAndGo() throws Exception {
        feed.create(broker, 3);
        int count = 3_000;
        NotificationPublisher publisher = feed.publisher("?ordered=false");
        List<CompletableFuture<?>> confirms = new ArrayList<>();
        Feed.Inbox first = feed.subscribe(query, null, 20);
        Set<String> seen = ConcurrentHashMap.newKeySet();
        List<Feed.Inbox> members = new CopyOnWriteArrayList<>(List.of(first));
        Thread worker = Thread.ofPlatform().start(() -> {
            long end = System.nanoTime() + 2 * Feed.PATIENCE.toNanos();
            while (seen.size() < count && System.nanoTime() - end < 0) {
                for (Feed.Inbox member : members) {
                    NotificationDelivery delivery = member.deliveries.poll();
                    if (delivery != null) {
                        seen.add(member.event(delivery));
                        delivery.acknowledge();
                    }
                }
                Thread.onSpinWait();
            }
        });
        for (int i = 0; i < count; i++) {
            confirms.add(feed.publish(publisher, "e" + i));
            if (i == 1_000) {
                members.add(feed.subscribe(query, null, 20));
            } else if (i == 2_000) {
                first.subscriber.close();
            }
        }
        for (CompletableFuture<?> confirm : confirms) {
            Feed.await(confirm);
        }
        worker.join(2 * Feed.PATIENCE.toMillis());
        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, count).mapToObj(i -> "e" + i).toList());
    }

    @Test
    void aListenerThatLeavesGivesWhatItHasNotSettledToAnother() throws Exception {
        publish(0, 10);
        Feed.Inbox first = feed.subscribe(query, null, 10);
        assertThat(first.take(4)).containsExactly("e0", "e1", "e2", "e3");
        NotificationDelivery unsettled = first.next();
        first.subscriber.close();
        Feed.Inbox second = feed.subscribe(query, null, 10);
        assertThat(second.take(6)).startsWith("e4").endsWith("e9");
        // Without effect.
        unsettled.acknowledge();
        feed.awaitCommitted(broker, group, 10);
    }
}
