package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.parley.broker.ConnectionInfo;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.QueueInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the embedded broker; and what only AMQP has. */
@SuppressWarnings("try") // The listeners are never referenced.
class ReceiveOverAmqpTest extends BatchReceiveBehaviour {
    private static final Duration SHORT = Duration.ofMillis(20);

    private EmbeddedBroker broker;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.builder().start();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        connection = factory.newConnection("test");
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        connection.abort();
        broker.close();
    }

    @Override
    String address() {
        return broker.address();
    }

    @Override
    PublishedNotifications publisher() {
        return PublishedNotifications.to(channel);
    }

    private NotificationListener.Builder listener(String options) {
        return NotificationListener.builder(address() + options).topics("notifications");
    }

    private @Nullable QueueInfo queue(String name) {
        return broker.queues().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private boolean isEmpty(String name) {
        QueueInfo queue = queue(name);
        return queue != null && queue.ready() == 0 && queue.unacked() == 0;
    }

    private GetResponse letter(String name) throws Exception {
        until(() -> queue(name) != null && !isEmpty(name));
        return channel.basicGet(name, true);
    }

    private static String header(GetResponse letter, String name) {
        return String.valueOf(letter.getProps().getHeaders().get(name));
    }

    @Test
    void queuesAreThoseOfPython() throws Exception {
        try (NotificationListener one =
                        listener("").endpoint(new Instances()).build().start();
                NotificationListener two = listener("")
                        .pool("billing")
                        .endpoint(new Instances())
                        .build()
                        .start()) {
            assertThat(broker.queues())
                    .extracting(QueueInfo::name)
                    .containsExactlyInAnyOrder("notifications.info", "notifications.error", "billing");
            assertThat(broker.queues()).allSatisfy(queue -> {
                assertThat(queue.durable()).isFalse();
                assertThat(queue.consumers()).isEqualTo(1);
            });
            assertThat(broker.bindings().stream()
                            .filter(binding -> !binding.source().isEmpty())
                            .map(binding ->
                                    binding.source() + " " + binding.routingKey() + " " + binding.destination()))
                    .containsExactlyInAnyOrder(
                            "openstack notifications.info notifications.info",
                            "openstack notifications.error notifications.error",
                            "openstack notifications.info billing",
                            "openstack notifications.error billing");
        }
        assertThat(queue("notifications.info"))
                .as("stays when the listener goes")
                .isNotNull();
    }

    @Test
    void deadLettersSayWhereTheyComeFromAndWhy() throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            throw new IllegalStateException("the database is gone");
        };
        try (NotificationListener listener = listener("")
                .endpoint(endpoint)
                .allowRequeue(2, SHORT, SHORT)
                .build()
                .start()) {
            BasicProperties properties = new BasicProperties.Builder()
                    .contentType("application/json")
                    .headers(Map.of("mine", 5))
                    .build();
            byte[] body = "{\"event_type\": \"x\", \"priority\": \"INFO\"}".getBytes(StandardCharsets.UTF_8);
            channel.basicPublish("openstack", "notifications.info", properties, body);
            GetResponse letter = letter("notifications.info.dead-letters");
            assertThat(letter.getBody()).isEqualTo(body);
            assertThat(header(letter, "mine")).isEqualTo("5");
            assertThat(header(letter, "x-first-death-queue")).isEqualTo("notifications.info");
            assertThat(header(letter, "x-first-death-reason")).isEqualTo("delivery_limit");
            assertThat(header(letter, "x-parley-error")).contains("the database is gone");
            // Put back by hand, its count starts again.
            endpoint.fate = event -> NotificationResult.HANDLED;
            int before = endpoint.seen.size();
            channel.basicPublish("", "notifications.info", letter.getProps(), letter.getBody());
            until(() -> endpoint.seen.size() == before + 1);

            publisher().raw("openstack", "notifications.info", "x".repeat(5000));
            letter = letter("notifications.info.dead-letters");
            assertThat(header(letter, "x-first-death-reason")).isEqualTo("rejected");
            assertThat(header(letter, "x-parley-error")).contains("not a valid oslo.messaging message");
        }
        assertThat(queue("notifications.info.dead-letters").durable()).isTrue();
        assertThat(isEmpty("notifications.info")).isTrue();
    }

    @Test
    void theDeadLetterQueueHasANameByOption() throws Exception {
        try (NotificationListener own = listener("")
                .deadLetterQueue("own")
                .endpoint(new Instances())
                .build()
                .start()) {
            publisher().send("info", "x", 1);
            letter("own");
        }
        try (NotificationListener listener = listener("?dead_letter_queue=dead")
                .endpoint(new Instances())
                .build()
                .start()) {
            publisher().send("error", "x", 1);
            letter("dead");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?rabbit_quorum_queue=True"})
    void whatWaitsIsInAQueueOfTheBroker(String options) throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> NotificationResult.REQUEUE;
        try (NotificationListener listener = listener(options)
                .endpoint(endpoint)
                .allowRequeue(3, Duration.ofHours(1), Duration.ofHours(5))
                .build()
                .start()) {
            publisher().send("info", "x", 1);
            until(() -> queue("notifications.info.retry.3600000") != null
                    && queue("notifications.info.retry.3600000").ready() == 1);
            until(() -> isEmpty("notifications.info"));
        }
        QueueInfo retry = queue("notifications.info.retry.3600000");
        assertThat(retry.durable()).isTrue();
        assertThat(retry.arguments())
                .containsEntry("x-dead-letter-exchange", "")
                .containsEntry("x-dead-letter-routing-key", "notifications.info");
        assertThat(((Number) retry.arguments().get("x-message-ttl")).longValue())
                .isEqualTo(3_600_000);
        // An unused queue disappears, but never before its last message.
        assertThat(((Number) retry.arguments().get("x-expires")).longValue()).isEqualTo(7_800_000);
        // The count is in the message: the next listener goes on where this one stopped, with the next delay.
        GetResponse waiting = channel.basicGet("notifications.info.retry.3600000", true);
        assertThat(header(waiting, "x-parley-returns")).isEqualTo("1");
        try (NotificationListener listener = listener(options)
                .endpoint(endpoint)
                .allowRequeue(3, Duration.ofHours(1), Duration.ofHours(5))
                .build()
                .start()) {
            channel.basicPublish("", "notifications.info", waiting.getProps(), waiting.getBody());
            until(() -> queue("notifications.info.retry.7200000") != null);
        }
    }

    @Test
    void quorumQueuesHaveTheBehaviorToo() throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> NotificationResult.REQUEUE;
        try (NotificationListener listener = listener("?rabbit_quorum_queue=True")
                .endpoint(endpoint)
                .allowRequeue(3, SHORT, SHORT)
                .build()
                .start()) {
            publisher().send("info", "x", 1);
            until(() -> listener.counts().deadLettered() == 1);
            assertThat(endpoint.seen).hasSize(4);
            letter("notifications.info.dead-letters");
        }
    }

    @Test
    void whatSeemsToCrashItsListenersIsDeadLetteredUnread() throws Exception {
        String options = "?rabbit_quorum_queue=True";
        Recorder endpoint = new Recorder();
        listener(options).endpoint(endpoint).build().start().close();
        publisher().send("info", "poison", 1);
        for (int i = 0; i < 21; i++) {
            GetResponse delivered = channel.basicGet("notifications.info", false);
            channel.basicReject(delivered.getEnvelope().getDeliveryTag(), true);
        }
        try (NotificationListener listener =
                listener(options).endpoint(endpoint).build().start()) {
            GetResponse letter = letter("notifications.info.dead-letters");
            assertThat(header(letter, "x-first-death-reason")).isEqualTo("delivery_limit");
            assertThat(header(letter, "x-parley-error")).contains("21 times");
            assertThat(endpoint.seen).isEmpty();
        }
    }

    @Test
    void noMoreThanThePrefetchIsUnacknowledged() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            release.await();
            return null;
        };
        try (NotificationListener listener =
                listener("").endpoint(endpoint).prefetch(3).build().start()) {
            for (int i = 0; i < 10; i++) {
                publisher().send("info", "e" + i, 1);
            }
            until(() -> queue("notifications.info").ready() == 7
                    && queue("notifications.info").unacked() == 3);
            until(() -> !endpoint.seen.isEmpty());
            // Not acknowledged before the work is done.
            assertThat(endpoint.seen).hasSize(1);
            release.countDown();
            until(() -> isEmpty("notifications.info"));
        }
        CountDownLatch again = new CountDownLatch(1);
        endpoint.fate = event -> {
            again.await();
            return null;
        };
        // The address, which the operator writes, takes precedence.
        try (NotificationListener listener = listener("?rabbit_qos_prefetch_count=2")
                .endpoint(endpoint)
                .prefetch(5)
                .build()
                .start()) {
            for (int i = 0; i < 10; i++) {
                publisher().send("info", "f" + i, 1);
            }
            until(() -> queue("notifications.info").unacked() == 2
                    && queue("notifications.info").ready() == 8);
            again.countDown();
            until(() -> isEmpty("notifications.info"));
        }
    }

    @Test
    void lostConnectionsAreResumedWithoutLoss() throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            if (event.startsWith("retry")
                    && endpoint.seen.stream().filter(event::equals).count() < 2) {
                return NotificationResult.REQUEUE;
            }
            return null;
        };
        try (NotificationListener listener = listener("?rabbit_retry_interval=0")
                .endpoint(endpoint)
                .allowRequeue(5, SHORT, SHORT)
                .build()
                .start()) {
            List<String> sent = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 100; i++) {
                    String event = (i % 10 == 0 ? "retry" : "plain") + round + "." + i;
                    publisher().send("info", event, 1);
                    sent.add(event);
                }
                broker.faults().dropConnections(one -> one.clientName().startsWith("parley:"));
            }
            until(() -> endpoint.seen.containsAll(sent));
            until(() -> isEmpty("notifications.info"));
            assertThat(queue("notifications.info.dead-letters")).isNull();
        }
    }

    @Test
    void whatWasPrefetchedOnALostConnectionIsNotHandledTwice() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            if (event.equals("e0")) {
                lost.await();
            }
            return null;
        };
        try (NotificationListener listener =
                listener("?rabbit_retry_interval=0").endpoint(endpoint).build().start()) {
            for (int i = 0; i < 5; i++) {
                publisher().send("info", "e" + i, 1);
            }
            until(() -> endpoint.seen.contains("e0"));
            until(() -> queue("notifications.info").unacked() == 5);
            List<Long> old =
                    broker.connections().stream().map(ConnectionInfo::id).toList();
            broker.faults().dropConnections(one -> one.clientName().startsWith("parley:"));
            until(() -> broker.connections().stream()
                    .noneMatch(one -> one.clientName().startsWith("parley:") && old.contains(one.id())));
            until(() -> queue("notifications.info").unacked() == 5
                    && queue("notifications.info").consumers() == 1);
            lost.countDown();
            until(() -> isEmpty("notifications.info"));
            // Only the one whose acknowledgement was lost with its connection comes twice.
            assertThat(endpoint.seen).containsExactly("e0", "e0", "e1", "e2", "e3", "e4");
        }
    }

    @Test
    void limitsOfTheQueueAreArguments() throws Exception {
        try (NotificationListener listener = listener("")
                .endpoint(new Instances())
                .queueTtl(Duration.ofHours(1))
                .queueLength(1000)
                .build()
                .start()) {
            Map<String, Object> arguments = queue("notifications.info").arguments();
            assertThat(((Number) arguments.get("x-message-ttl")).longValue()).isEqualTo(3_600_000);
            assertThat(((Number) arguments.get("x-max-length")).longValue()).isEqualTo(1000);
        }
    }
}
