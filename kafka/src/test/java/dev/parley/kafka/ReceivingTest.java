package dev.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.Target;
import dev.parley.oslo.message.ReceivedNotification;
import dev.parley.oslo.notify.Priority;
import dev.parley.oslo.notify.spi.NotificationDelivery;
import dev.parley.oslo.notify.spi.NotificationPublisher;
import dev.parley.oslo.notify.spi.NotificationSubscriber.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The subscriber, on a real broker. */
@OnKafka
class ReceivingTest {
    private final String broker;
    private final Feed feed;
    private final String group = "g-" + UUID.randomUUID();
    private final String query = "?consumer_group=" + group;

    ReceivingTest(KafkaBroker broker) {
        this.broker = broker.plain();
        this.feed = new Feed("kafka://" + broker.plain() + "/");
    }

    @AfterEach
    void close() {
        feed.close();
    }

    private void publish(NotificationPublisher publisher, String... events) throws Exception {
        for (String event : events) {
            Feed.await(feed.publish(publisher, event));
        }
    }

    private static String[] numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "e" + i).toArray(String[]::new);
    }

    @Test
    void deliversWhatWasPublishedBeforeTheFirstListener() throws Exception {
        publish(feed.publisher(""), "compute.instance.create.end");
        Feed.Inbox inbox = feed.subscribe(query, null, 10);
        NotificationDelivery delivery = inbox.next();
        ReceivedNotification notification = inbox.read(delivery);
        assertThat(notification.eventType()).isEqualTo("compute.instance.create.end");
        assertThat(notification.payload(Object.class)).isEqualTo(Map.of("instance_id", "i-1"));
        assertThat(notification.context()).isEqualTo(Map.of("request_id", "req-1"));
        assertThat(delivery.queue()).isEqualTo(feed.topic + ".info");
        assertThat(delivery.redeliveries()).isZero();
    }

    @Test
    void startsWithWhatComesIfAskedTo() throws Exception {
        NotificationPublisher publisher = feed.publisher("");
        publish(publisher, "old");
        Feed.Inbox inbox = feed.subscribe(query + "&auto_offset_reset=latest", null, 10);
        publish(publisher, "new");
        assertThat(inbox.take()).isEqualTo("new");
    }

    @Test
    void missesNothingOfATopicThatIsMadeLaterIfItStartsWithWhatComes() throws Exception {
        Feed.Inbox inbox = feed.subscribe(query + "&auto_offset_reset=latest", null, 10);
        publish(feed.publisher(""), "first");
        assertThat(inbox.take()).isEqualTo("first");
    }

    @Test
    void readsBareMessagesAndContextInMembers() throws Exception {
        NotificationPublisher publisher = feed.publisher("");
        String bare = """
                {"event_type": "e", "priority": "INFO", "payload": 1, "_context_user": "u", "_context_tenant": null}""";
        Feed.await(publisher.publish(null, feed.topic, "info", bare.getBytes(StandardCharsets.UTF_8), Feed.PATIENCE));
        Feed.Inbox inbox = feed.subscribe(query, null, 10);
        ReceivedNotification notification = inbox.read(inbox.next());
        assertThat(notification.payload(int.class)).isEqualTo(1);
        assertThat(notification.context()).containsEntry("user", "u").containsEntry("tenant", null);
    }

    @Test
    void commitsUpToTheFirstUnsettledOne() throws Exception {
        publish(feed.publisher(""), numbered(0, 5));
        Feed.Inbox inbox = feed.subscribe(query, null, 10);
        List<NotificationDelivery> deliveries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            deliveries.add(inbox.next());
        }
        deliveries.get(0).acknowledge();
        deliveries.get(1).acknowledge();
        deliveries.get(3).acknowledge();
        feed.awaitCommitted(broker, group, 2);

        inbox.subscriber.close();
        Feed.Inbox next = feed.subscribe(query, null, 10);
        assertThat(next.take(3)).containsExactly("e2", "e3", "e4");
        feed.awaitCommitted(broker, group, 5);
    }

    @Test
    void commitsAtTheEndWhatWasSettledAfterStopping() throws Exception {
        publish(feed.publisher(""), numbered(0, 3));
        Feed.Inbox inbox = feed.subscribe(query, null, 2);
        NotificationDelivery first = inbox.next();
        NotificationDelivery second = inbox.next();
        inbox.subscriber.stop();
        first.acknowledge();
        second.acknowledge();
        inbox.subscriber.close();
        assertThat(inbox.deliveries).isEmpty();
        assertThat(feed.committed(broker, group)).isEqualTo(2);
        assertThat(feed.subscribe(query, null, 2).take()).isEqualTo("e2");
    }

    @Test
    void deliversNoMoreThanThePrefetch() throws Exception {
        publish(feed.publisher(""), numbered(0, 50));
        Feed.Inbox inbox = feed.subscribe(query, null, 3);
        List<NotificationDelivery> held = List.of(inbox.next(), inbox.next(), inbox.next());
        // A fourth one would come in this time.
        publish(feed.publisher(""), numbered(50, 60));
        assertThat(inbox.deliveries).isEmpty();
        held.forEach(NotificationDelivery::acknowledge);
        assertThat(inbox.take(57)).startsWith("e3").endsWith("e59");
    }

    @Test
    void prefetchOfOneDeliversOneAfterTheOther() throws Exception {
        publish(feed.publisher(""), numbered(0, 200));
        Feed.Inbox inbox = feed.subscribe(query, null, 1);
        for (int i = 0; i < 200; i++) {
            NotificationDelivery delivery = inbox.next();
            assertThat(inbox.deliveries).isEmpty();
            assertThat(inbox.event(delivery)).isEqualTo("e" + i);
            delivery.acknowledge();
        }
    }

    @Test
    void redeliversAfterADelayWhileOthersGoOn() throws Exception {
        publish(feed.publisher(""), numbered(0, 20));
        Feed.Inbox inbox = feed.subscribe(query, null, 5);
        inbox.next().requeue(Duration.ofMillis(500));
        assertThat(inbox.take(19)).startsWith("e1").endsWith("e19");
        NotificationDelivery again = inbox.next();
        assertThat(inbox.event(again)).isEqualTo("e0");
        assertThat(again.redeliveries()).isEqualTo(1);
        again.requeue(Duration.ZERO);
        NotificationDelivery third = inbox.next();
        assertThat(third.redeliveries()).isEqualTo(2);
        // The commit has to wait for it.
        assertThat(feed.committed(broker, group)).isLessThanOrEqualTo(0);
        third.acknowledge();
        feed.awaitCommitted(broker, group, 20);
    }

    @Test
    void whatIsGivenBackComesAgainUncounted() throws Exception {
        publish(feed.publisher(""), "a");
        Feed.Inbox inbox = feed.subscribe(query, null, 5);
        NotificationDelivery first = inbox.next();
        first.release();
        NotificationDelivery again = inbox.next();
        assertThat(again.redeliveries()).isZero();
        assertThat(again.isCurrent()).isTrue();
        inbox.subscriber.stop();
        again.release();
        inbox.subscriber.close();
        assertThat(again.isCurrent()).isFalse();
        assertThat(inbox.deliveries).isEmpty();
        assertThat(feed.subscribe(query, null, 5).take()).isEqualTo("a");
    }

    @Test
    void countsRedeliveriesAcrossListeners() throws Exception {
        publish(feed.publisher(""), "a", "b");
        Feed.Inbox inbox = feed.subscribe(query, null, 5);
        NotificationDelivery first = inbox.next();
        first.requeue(Duration.ZERO);
        inbox.next().acknowledge();
        NotificationDelivery again = inbox.next();
        again.requeue(Duration.ofDays(1));
        inbox.subscriber.close();

        Feed.Inbox next = feed.subscribe(query, null, 5);
        NotificationDelivery third = next.next();
        assertThat(next.event(third)).isEqualTo("a");
        assertThat(third.redeliveries()).isEqualTo(2);
        assertThat(next.next().redeliveries()).isZero();
    }

    @Test
    void runsAheadOfAnUnsettledOneOnlySoFar() throws Exception {
        publish(feed.publisher(""), numbered(0, 30));
        Feed.Inbox inbox = feed.subscribe(query + "&max_uncommitted=10", null, 100);
        NotificationDelivery held = inbox.next();
        assertThat(inbox.take(9)).startsWith("e1").endsWith("e9");
        publish(feed.publisher(""), "last");
        assertThat(inbox.deliveries).isEmpty();
        held.acknowledge();
        assertThat(inbox.take(21)).startsWith("e10").endsWith("last");
    }

    @Test
    void deadLettersWithTheReason() throws Exception {
        publish(feed.publisher(""), "poison");
        Feed.Inbox inbox = feed.subscribe(query, null, 5);
        NotificationDelivery poison = inbox.next();
        poison.deadLetter("delivery_limit", "IllegalStateException: é");
        feed.awaitCommitted(broker, group, 1);
        ConsumerRecord<byte[], byte[]> letter =
                Feed.records(broker, feed.topic + ".info.dead-letters", 1).getFirst();
        assertThat(letter.value()).isEqualTo(poison.body());
        Map<String, String> headers = new HashMap<>();
        letter.headers()
                .forEach(header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        assertThat(headers)
                .isEqualTo(Map.of(
                        "x-first-death-queue", feed.topic + ".info",
                        "x-first-death-reason", "delivery_limit",
                        "x-parley-error", "IllegalStateException: é",
                        "x-parley-partition", "0",
                        "x-parley-offset", "0"));
    }

    @Test
    void poolsGetACopyEachAndShareItAmongTheirMembers() throws Exception {
        feed.create(broker, 2);
        List<Feed.Inbox> members =
                List.of(feed.subscribe(query, "p1-" + group, 10), feed.subscribe(query, "p1-" + group, 10));
        Feed.Inbox alone = feed.subscribe(query, "p2-" + group, 10);
        Feed.Inbox group = feed.subscribe(query, null, 10);
        NotificationPublisher publisher = feed.publisher("?ordered=false");
        publish(publisher, numbered(0, 40));
        assertThat(alone.take(40)).containsExactlyInAnyOrder(numbered(0, 40));
        assertThat(group.take(40)).containsExactlyInAnyOrder(numbered(0, 40));
        List<String> shared = new ArrayList<>();
        long end = System.nanoTime() + Feed.PATIENCE.toNanos();
        while (shared.size() < 40 && System.nanoTime() - end < 0) {
            for (Feed.Inbox member : members) {
                for (NotificationDelivery d = member.deliveries.poll(); d != null; d = member.deliveries.poll()) {
                    d.acknowledge();
                    shared.add(member.event(d));
                }
            }
        }
        assertThat(shared).containsExactlyInAnyOrder(numbered(0, 40));
    }

    @Test
    void commitsAsItReadsIfAskedTo() throws Exception {
        publish(feed.publisher(""), numbered(0, 5));
        Feed.Inbox inbox = feed.subscribe(query + "&enable_auto_commit=true", null, 10);
        for (int i = 0; i < 5; i++) {
            inbox.next();
        }
        // Nothing was settled.
        inbox.subscriber.close();
        assertThat(feed.committed(broker, group)).isEqualTo(5);
    }

    @Test
    void readsTheTopicsOfItsVirtualHost() throws Exception {
        Feed site = new Feed("kafka://" + broker + "/site-1");
        try (site) {
            Feed.Inbox inbox = site.subscribe(query, null, 10);
            Feed.await(site.publish(site.publisher(""), "a"));
            NotificationDelivery delivery = inbox.next();
            assertThat(delivery.queue()).isEqualTo(site.topic + ".info.site-1");
        }
    }

    @Test
    void startFailsWithoutABroker() {
        try (Feed nowhere = new Feed("kafka://127.0.0.1:1/")) {
            assertThat(catchThrowable(() -> nowhere.subscribe("?connect_timeout=1", null, 10)))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("failed to connect to kafka://127.0.0.1:1/");
        }
    }

    @Test
    void startRefusesExchanges() {
        Feed.Inbox inbox = feed.subscribe(query, null, 1);
        Subscription subscription = new Subscription(
                List.of(Target.topic("t").withExchange("nova")), List.of(Priority.INFO), null, false, 1, null);
        assertThat(catchThrowable(() -> inbox.subscriber.start(subscription, inbox)))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("exchange 'nova'");
    }
}
