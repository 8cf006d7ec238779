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
    void startsOnAFreePortAndTellsItsAddress() {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                EmbeddedBroker other = EmbeddedBroker.start()) {
            assertThat(broker.port()).isPositive().isNotEqualTo(other.port());
            assertThat(broker.address()).isEqualTo("rabbit://guest:guest@127.0.0.1:" + broker.port() + "/");
        }
    }

    @Test
    void saysWhichPortIsTaken() {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            assertThatThrownBy(
                            () -> EmbeddedBroker.builder().port(broker.port()).start())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("127.0.0.1:" + broker.port())
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void letsGoOfItsPortWhenTheManagementPortIsTaken() {
        try (EmbeddedBroker taken = EmbeddedBroker.start()) {
            int free;
            try (EmbeddedBroker gone = EmbeddedBroker.start()) {
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
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> EmbeddedBroker.builder().port(70_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("port 70000: 0 to 65535 is right");
        assertThatThrownBy(() -> EmbeddedBroker.builder().permissions("bob", "/", Permissions.ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no user 'bob'");
    }

    @Test
    void showsWhatItHolds() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start();
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
    void hasTheTopologyItWasBuiltWith() throws Exception {
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
    void tellsItsClientsWhenItCloses() throws Exception {
        var told = new CompletableFuture<ShutdownSignalException>();
        EmbeddedBroker broker = EmbeddedBroker.start();
        Connection connection = connect(broker);
        connection.addShutdownListener(told::complete);
        broker.close();
        broker.close();
        var reason = (AMQP.Connection.Close) told.get(10, TimeUnit.SECONDS).getReason();
        assertThat(reason.getReplyCode()).isEqualTo(320);
        assertThat(reason.getReplyText()).startsWith("CONNECTION_FORCED");
        assertThat(broker.connections()).isEmpty();
        assertThatThrownBy(() -> connect(broker)).isInstanceOf(java.net.ConnectException.class);
    }
}
