package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import dev.parley.broker.amqp.FieldTable;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConnectionConformanceTest extends ConformanceTest {
    @Test
    @DisplayName("server-properties")
    void serverProperties() throws Exception {
        Connection connection = connect();
        Map<String, Object> properties = connection.getServerProperties();
        assertThat(properties.get("product") + " " + properties.get("version"))
                .isEqualTo("RabbitMQ "
                        + ByVersion.of("3.10.8")
                                .from("4.0", "4.0.5")
                                .from("4.3", "4.3.6")
                                .on(broker));
        assertThat(properties.get("copyright").toString()).startsWith("Copyright (c) 2007-20");
        assertThat(new TreeMap<>((Map<?, ?>) properties.get("capabilities")))
                .hasToString("{authentication_failure_close=true, basic.nack=true, connection.blocked=true,"
                        + " consumer_cancel_notify=true, consumer_priorities=true, direct_reply_to=true,"
                        + " exchange_exchange_bindings=true, per_consumer_qos=true, publisher_confirms=true}");
        assertThat(connection.getChannelMax()).isEqualTo(2047);
        assertThat(connection.getFrameMax()).isEqualTo(131072);
        assertThat(connection.getHeartbeat()).isEqualTo(60);
    }

    private String connectOutcome(ConnectionFactory factory) throws Exception {
        return outcome(() -> factory.newConnection().close());
    }

    @Test
    @DisplayName("vhost '' accepted")
    void emptyVirtualHost() throws Exception {
        ConnectionFactory factory = broker.factory();
        factory.setVirtualHost("");
        assertThat(connectOutcome(factory)).isEqualTo("CONNECTION closed 530 NOT_ALLOWED - vhost  not found");
    }

    @Test
    @DisplayName("unknown vhost")
    void unknownVirtualHost() throws Exception {
        ConnectionFactory factory = broker.factory();
        factory.setVirtualHost("nope");
        assertThat(connectOutcome(factory)).isEqualTo("CONNECTION closed 530 NOT_ALLOWED - vhost nope not found");
    }

    @Test
    @DisplayName("wrong password")
    void wrongPassword() {
        ConnectionFactory factory = broker.factory();
        factory.setPassword("wrong");
        assertThatThrownBy(factory::newConnection)
                .isInstanceOf(AuthenticationFailureException.class)
                .hasMessage(
                        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the"
                                + " broker logfile.");
    }

    @Test
    @DisplayName("heartbeat=1 s, idle 4 s stays open")
    void heartbeatKeepsIdleConnection() throws Exception {
        ConnectionFactory factory = broker.factory();
        factory.setRequestedHeartbeat(1);
        Connection connection = factory.newConnection();
        assertThat(connection.getHeartbeat()).isEqualTo(1);
        Thread.sleep(4_000);
        assertThat(connection.isOpen()).isTrue();
        connection.close();
    }

    @Test
    @DisplayName("heartbeat=1 s, silent client is closed by broker")
    void silentClientIsClosed() throws Exception {
        try (RawClient client = new RawClient(broker.host(), broker.port()).login(1)) {
            int beats = 0;
            try {
                while (true) {
                    assertThat(client.receive().type()).isEqualTo(8);
                    beats++;
                }
            } catch (EOFException | java.net.SocketException closed) {
                assertThat(beats).isPositive();
            }
        }
    }

    @Test
    @DisplayName("connection.blocked capability")
    void blockedCapability() throws Exception {
        Map<?, ?> capabilities = (Map<?, ?>) connect().getServerProperties().get("capabilities");
        assertThat(capabilities.get("connection.blocked")).isEqualTo(true);
    }

    @Test
    @DisplayName("automatic recovery after TCP cut (topology+consumer)")
    void automaticRecovery() throws Exception {
        try (CuttableProxy proxy = new CuttableProxy(broker.host(), broker.port())) {
            ConnectionFactory factory = broker.factory();
            factory.setPort(proxy.port());
            factory.setAutomaticRecoveryEnabled(true);
            factory.setNetworkRecoveryInterval(100);
            Connection connection = factory.newConnection();
            Channel channel = connection.createChannel();
            String queue = name();
            String exchange = name();
            channel.exchangeDeclare(exchange, "direct", false, true, Map.of());
            channel.queueDeclare(queue, false, true, true, Map.of());
            channel.queueBind(queue, exchange, "k");
            BlockingQueue<Delivery> deliveries = consume(channel, queue, true);
            publish(channel, exchange, "k", "before");
            assertThat(text(next(deliveries))).isEqualTo("before");
            var recovered = new CountDownLatch(1);
            ((Recoverable) connection).addRecoveryListener(new RecoveryListener() {
                @Override
                public void handleRecovery(Recoverable recoverable) {
                    recovered.countDown();
                }

                @Override
                public void handleRecoveryStarted(Recoverable recoverable) {}
            });
            proxy.cut();
            assertThat(recovered.await(20, TimeUnit.SECONDS)).isTrue();
            publish(channel, exchange, "k", "after");
            assertThat(text(next(deliveries))).isEqualTo("after");
            connection.close();
        }
    }

    @Test
    @DisplayName("200 connections open+close")
    void manyConnections() throws Exception {
        List<Connection> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            open.add(connect());
        }
        for (Connection connection : open) {
            assertThat(connection.isOpen()).isTrue();
            connection.close();
        }
    }

    @Test
    @DisplayName("500 queues declare/bind/delete")
    void manyQueues() throws Exception {
        Channel channel = channel();
        List<String> queues = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            String queue = name();
            channel.queueDeclare(queue, mustBeDurable(), false, false, Map.of());
            channel.queueBind(queue, "amq.topic", queue);
            queues.add(queue);
        }
        publish(channel, "amq.topic", queues.get(499), "last");
        assertThat(body(get(channel, queues.get(499)))).isEqualTo("last");
        for (String queue : queues) {
            channel.queueDelete(queue);
        }
        assertThat(outcome(() -> channel.queueDeclarePassive(queues.get(0))))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no queue '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("connection.update-secret")
    void updateSecret() throws Exception {
        try (RawClient client = new RawClient(broker.host(), broker.port()).login(0)) {
            ByteBuf update = Unpooled.buffer().writeShort(10).writeShort(70);
            FieldTable.writeLongString(update, "another");
            FieldTable.writeShortString(update, "it changed");
            client.send(RawClient.frame(1, 0, update));
            client.expect("10.71");
        }
    }
}
