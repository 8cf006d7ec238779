package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.Notifier;
import dev.parley.oslo.notify.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that denies queues which are neither durable nor exclusive, as RabbitMQ 4.3 does. */
@SuppressWarnings("try") // The servers are never referenced.
class DeniedTransientQueuesTest extends OnBroker {
    private static final String QUORUM = " durable - {x-queue-type=quorum}";
    private static final String EXPIRING_QUORUM = " durable - {x-expires=1800000, x-queue-type=quorum}";

    private RefusingProxy proxy;

    @BeforeEach
    void startProxy() {
        proxy = new RefusingProxy(broker.port()).denyTransientQueues();
    }

    @AfterEach
    void stopProxy() {
        proxy.close();
    }

    private RpcServer server(String options) {
        return RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(proxy.address() + options, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private RpcClient remote(String options) {
        return RpcClient.builder(proxy.address() + options)
                .target(Target.topic("test"))
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private List<String> queues() {
        return broker.queues().stream()
                .map(queue -> queue.name().replaceAll(ID, "ID")
                        + (queue.durable() ? " durable" : " -")
                        + (queue.autoDelete() ? " auto-delete " : " - ")
                        + new TreeMap<>(queue.arguments()))
                .toList();
    }

    private List<String> exchanges() {
        return broker.exchanges().stream()
                .filter(exchange ->
                        !exchange.name().isEmpty() && !exchange.name().startsWith("amq."))
                .map(exchange -> exchange.name() + (exchange.durable() ? " durable" : " -"))
                .toList();
    }

    private static void echo(RpcClient client, int number) {
        assertThat(client.call("echo", Object.class, Args.named("arg", number))).isEqualTo(Map.of("got", number));
    }

    /** 4.3 is asked first, so that no connection in use is lost; an older one that was configured so is not. */
    @ParameterizedTest
    @ValueSource(strings = {"4.3.6", "5.0.0-rc.1", "4.2.0"})
    void everythingIsDurable(String version) {
        proxy.version(version);
        try (RpcServer server = server("");
                RpcClient client = remote("")) {
            echo(client, 1);
            client.prepare(o -> o.withFanout(true)).cast("nothing");
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test" + QUORUM,
                            "test.server1" + QUORUM,
                            "test_fanout_ID" + EXPIRING_QUORUM,
                            "reply_ID" + EXPIRING_QUORUM);
            assertThat(exchanges()).contains("test_fanout durable");
            // One of the server, and one of the client.
            assertThat(proxy.refusals()).isEqualTo(2);
        }
    }

    @Test
    void anExchangeThatOthersDeclareDurableIsDurable() {
        proxy.version("4.3.6");
        try (RpcClient client = remote("")) {
            client.cast("nothing");
            client.prepare(o -> o.withFanout(true)).cast("nothing");
            assertThat(exchanges()).containsExactlyInAnyOrder("openstack durable", "test_fanout durable");
            assertThat(proxy.refusals()).isEqualTo(1);
        }
    }

    /** Debian's 4.3 permits transient queues. */
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"4.2.0", "4.3.6"})
    void elsewhereNothingIs(String version) {
        proxy.permitAll();
        if (version != null) {
            proxy.version(version);
        }
        try (RpcServer server = server("");
                RpcClient client = remote("")) {
            echo(client, 1);
            echo(client, 2);
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test - - {}",
                            "test.server1 - - {}",
                            "test_fanout_ID - - {x-expires=1800000}",
                            "reply_ID - - {x-expires=1800000}");
            assertThat(exchanges()).containsExactlyInAnyOrder("openstack -", "test_fanout -");
            // Two of each, and the one to ask on.
            assertThat(proxy.connections()).isEqualTo("4.3.6".equals(version) ? 6 : 4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.3.6", "4.0.5"})
    void optionsOfTheAddressCount(String version) {
        proxy.version(version);
        try (RpcServer server = server("?amqp_durable_queues=true");
                RpcClient client = remote("?amqp_durable_queues=true&rabbit_quorum_delivery_limit=7")) {
            echo(client, 1);
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test durable - {}",
                            "test.server1 durable - {}",
                            "test_fanout_ID" + EXPIRING_QUORUM,
                            "reply_ID durable - {x-delivery-limit=7, x-expires=1800000, x-queue-type=quorum}");
        }
    }

    /** Quorum queues cannot be. */
    @Test
    void queuesThatAreDeletedAutomaticallyAreDurableClassicOnes() {
        proxy.version("4.3.6");
        try (RpcServer server = server("?amqp_auto_delete=true&rabbit_ha_queues=true");
                RpcClient client = remote("?amqp_auto_delete=true")) {
            echo(client, 1);
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test durable auto-delete {x-ha-policy=all}",
                            "test.server1 durable auto-delete {x-ha-policy=all}",
                            "test_fanout_ID" + EXPIRING_QUORUM,
                            "reply_ID" + EXPIRING_QUORUM);
        }
    }

    /** A durable queue may be bound to an exchange that is not; elsewhere the queue would not be durable either. */
    @ParameterizedTest
    @ValueSource(strings = {"4.3.6", "4.0.5"})
    void anExchangeThatExistsMakesNoQueueTransient(String version) throws Exception {
        proxy.version(version);
        channel.exchangeDeclare("openstack", "topic", false, false, null);
        for (String options : List.of(
                "?amqp_durable_queues=true&rabbit_transient_quorum_queue=true",
                "?amqp_durable_queues=true",
                "?rabbit_quorum_queue=true",
                "")) {
            try (RpcServer server = server(options);
                    RpcClient client = remote(options)) {
                echo(client, 1);
                assertThat(queues()).contains("test durable - {}");
                assertThat(exchanges()).contains("openstack -");
            }
        }
    }

    /** Whatever queue a fleet has is shared. */
    @ParameterizedTest
    @ValueSource(strings = {"4.3.6", "4.0.5"})
    void queuesThatExistAreUsed(String version) throws Exception {
        proxy.version(version);
        channel.exchangeDeclare("openstack", "topic", true, false, null);
        channel.queueDeclare("test", true, false, false, null);
        try (RpcServer server = server("");
                RpcClient client = remote("")) {
            echo(client, 1);
            assertThat(queues()).contains("test durable - {}", "test.server1" + QUORUM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.3.6", "4.0.5"})
    void alsoNotifications(String version) throws Exception {
        proxy.version(version);
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (Notifier notifier =
                Notifier.builder(proxy.address()).publisherId("test.host1").build()) {
            notifier.info("event.one", Map.of());
            try (NotificationListener listener = NotificationListener.builder(proxy.address())
                    .topics("notifications")
                    .on(notification -> received.add(notification.eventType()), Priority.INFO)
                    .build()
                    .start()) {
                assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("event.one");
                notifier.info("event.two", Map.of());
                assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo("event.two");
            }
            assertThat(queues()).contains("notifications.info" + QUORUM);
        }
    }

    /** A node comes back with a newer version. */
    @Test
    void fromTheNextConnectionOn() throws Exception {
        proxy.permitAll();
        String quick = "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2";
        try (RpcServer server = server(quick);
                RpcClient client = remote(quick)) {
            echo(client, 1);
            assertThat(queues()).contains("test - - {}");
            proxy.denyTransientQueues();
            broker.queues().forEach(queue -> delete(queue.name()));
            proxy.cut();
            awaitReady(() -> server.isReady() && client.isReady());
            echo(client, 2);
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test" + QUORUM,
                            "test.server1" + QUORUM,
                            "test_fanout_ID" + EXPIRING_QUORUM,
                            "reply_ID" + EXPIRING_QUORUM);
        }
    }

    private void delete(String queue) {
        try {
            channel.queueDelete(queue);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitReady(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
