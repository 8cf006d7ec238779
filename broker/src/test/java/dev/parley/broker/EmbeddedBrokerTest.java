package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerTest {
    static Connection connect(EmbeddedBroker broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("the test");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void startsOnAFreePortAndHasAnAddress() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                EmbeddedBroker other = EmbeddedBroker.builder().start()) {
            assertThat(broker.port()).isPositive().isNotEqualTo(other.port());
            assertThat(broker.address()).isEqualTo("rabbit://guest:guest@127.0.0.1:" + broker.port() + "/");
        }
    }

    @Test
    void namesThePortThatIsInUse() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            assertThatThrownBy(
                            () -> EmbeddedBroker.builder().port(broker.port()).start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + broker.port())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void releasesItsPortIfTheManagementPortIsInUse() {
        try (EmbeddedBroker taken = EmbeddedBroker.builder().start()) {
            int free;
            try (EmbeddedBroker gone = EmbeddedBroker.builder().start()) {
                free = gone.port();
            }
            assertThatThrownBy(() -> EmbeddedBroker.builder()
                            .port(free)
                            .managementPort(taken.port())
                            .start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(":" + taken.port());
            EmbeddedBroker.builder().port(free).start().close();
        }
    }

    @Test
    void rejectsSettingsOutOfRange() {
        assertThatThrownBy(() -> EmbeddedBroker.builder().port(70_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port must be 0 to 65535, was 70000");
        assertThatThrownBy(() -> EmbeddedBroker.builder().permissions("bob", "/", Permissions.ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no user 'bob'");
    }

    @Test
    void takesSnapshots() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("orders", "topic", true);
            channel.queueDeclare("invoices", true, false, false, Map.of("x-max-length", 10));
            channel.queueBind("invoices", "orders", "order.#");
            channel.confirmSelect();
            for (int i = 0; i < 3; i++) {
                channel.basicPublish("orders", "order.new", null, bytes("order"));
            }
            channel.waitForConfirmsOrDie(10_000);
            channel.basicGet("invoices", false);
            channel.basicQos(5);
            channel.queueDeclare("watched", false, false, false, Map.of());
            channel.basicConsume("watched", false, "watcher", (t, d) -> {}, t -> {});

            assertThat(broker.exchanges())
                    .extracting(ExchangeInfo::name)
                    .contains("", "amq.direct", "amq.fanout", "amq.headers", "amq.match", "amq.topic", "orders");
            QueueInfo queue = broker.queues().get(0);
            assertThat(queue.name()).isEqualTo("invoices");
            assertThat(queue.arguments()).isEqualTo(Map.of("x-max-length", 10));
            assertThatThrownBy(() -> queue.arguments().clear()).isInstanceOf(UnsupportedOperationException.class);
            assertThat(queue.ready()).isEqualTo(2);
            assertThat(queue.unacked()).isEqualTo(1);
            assertThat(queue.published()).isEqualTo(3);
            assertThat(broker.bindings())
                    .contains(new BindingInfo("/", "orders", "invoices", false, "order.#", Map.of()));
            ConsumerInfo consumer = broker.consumers().get(0);
            assertThat(consumer.tag()).isEqualTo("watcher");
            assertThat(consumer.prefetch()).isEqualTo(5);
            ConnectionInfo info = broker.connections().get(0);
            assertThat(info.clientName()).isEqualTo("the test");
            assertThat(info.user()).isEqualTo("guest");
            assertThat(info.channels()).isEqualTo(1);
            BrokerCounters counters = broker.counters();
            assertThat(counters.published()).isEqualTo(3);
            assertThat(counters.confirmed()).isEqualTo(3);
            assertThat(counters.memoryBytes()).isGreaterThan(3 * 5);

            assertThat(broker.deleteQueue("/", "invoices")).isTrue();
            assertThat(broker.deleteQueue("/", "invoices")).isFalse();
            assertThat(broker.deleteExchange("/", "orders")).isTrue();
            assertThatThrownBy(() -> broker.deleteExchange("/", "amq.topic"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void declaresTheConfiguredTopology() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                        .exchange("events", "fanout")
                        .queue("audit", Map.of())
                        .binding("events", "audit", "")
                        .start();
                Connection connection = connect(broker)) {
            Channel channel = connection.createChannel();
            channel.basicPublish("events", "", null, bytes("event"));
            assertThat(channel.basicGet("audit", true).getBody()).isEqualTo(bytes("event"));
        }
    }

    @Test
    void notifiesClientsWhenItCloses() throws Exception {
        var closed = new CompletableFuture<ShutdownSignalException>();
        EmbeddedBroker broker = EmbeddedBroker.builder().start();
        Connection connection = connect(broker);
        connection.addShutdownListener(closed::complete);
        broker.close();
        broker.close();
        var reason = (AMQP.Connection.Close) closed.get(30, TimeUnit.SECONDS).getReason();
        assertThat(reason.getReplyCode()).isEqualTo(320);
        assertThat(reason.getReplyText()).startsWith("CONNECTION_FORCED");
        assertThat(broker.connections()).isEmpty();
        assertThatThrownBy(() -> connect(broker)).isInstanceOf(java.net.ConnectException.class);
    }

    @Test
    void listensOnlyOnceStarted() {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().build()) {
            assertThatThrownBy(broker::port).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(broker::amqpUri).isInstanceOf(IllegalStateException.class);
            assertThat(broker.start()).isSameAs(broker);
            assertThat(broker.port()).isPositive();
            assertThatThrownBy(broker::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("already started");
        }
    }

    @Test
    void startsAgainOnTheSamePortsWithWhatItHeld() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder()
                .queue("kept", Map.of())
                .managementPort(0)
                .start()) {
            int port = broker.port();
            int managementPort = broker.managementPort();
            Channel channel = connect(broker).createChannel();
            channel.queueDeclare("exclusive", false, true, false, Map.of());
            channel.confirmSelect();
            channel.basicPublish("", "kept", null, bytes("message"));
            channel.waitForConfirmsOrDie(10_000);
            broker.stop();
            broker.stop();
            assertThatThrownBy(() -> connect(broker)).isInstanceOf(java.net.ConnectException.class);
            assertThat(broker.queues()).extracting(QueueInfo::name).containsExactly("kept");
            broker.start();
            assertThat(broker.port()).isEqualTo(port);
            assertThat(broker.managementPort()).isEqualTo(managementPort);
            try (Connection connection = connect(broker)) {
                assertThat(connection.createChannel().basicGet("kept", true).getBody())
                        .isEqualTo(bytes("message"));
            }
        }
    }

    @Test
    void cannotStartOnceClosed() {
        EmbeddedBroker broker = EmbeddedBroker.builder().build();
        broker.close();
        assertThatThrownBy(broker::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void reportsATopologyThatCannotBeDeclared() {
        assertThatThrownBy(() -> EmbeddedBroker.builder().exchange("e", "unknown"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown exchange type 'unknown'");
        try (EmbeddedBroker broker =
                EmbeddedBroker.builder().binding("amq.topic", "missing", "#").build()) {
            assertThatThrownBy(broker::start)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NOT_FOUND - no queue 'missing' in vhost '/'");
        }
    }

    @Test
    void buildersCanBeUsedAgain() {
        BrokerBuilder builder = EmbeddedBroker.builder().queue("q", Map.of());
        try (EmbeddedBroker first = builder.start();
                EmbeddedBroker second = builder.queue("r", Map.of()).start()) {
            assertThat(first.queues()).extracting(QueueInfo::name).containsExactly("q");
            assertThat(second.queues()).extracting(QueueInfo::name).containsExactly("q", "r");
        }
    }
}
