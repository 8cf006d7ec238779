package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the documentation and the source of rabbitmq-delayed-message-exchange say; RabbitMQ does not ship it. */
class DelayedExchangeTest {
    private static final int FOR_EVER = 3_600_000;

    private final EmbeddedBroker broker = EmbeddedBroker.builder().start();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        connection = newConnection(broker);
        channel = connection.createChannel();
    }

    private static Connection newConnection(EmbeddedBroker broker) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    @AfterEach
    void close() {
        connection.abort();
        broker.close();
    }

    private void declare(String name, String type) throws IOException {
        channel.exchangeDeclare(name, "x-delayed-message", true, false, Map.of("x-delayed-type", type));
    }

    private BlockingQueue<Delivery> bound(String exchange, String key) throws IOException {
        String queue =
                channel.queueDeclare(exchange + ".q", true, false, false, null).getQueue();
        channel.queueBind(queue, exchange, key);
        var deliveries = new LinkedBlockingQueue<Delivery>();
        channel.basicConsume(queue, true, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        return deliveries;
    }

    private void publish(String exchange, String key, Object delay) throws IOException {
        var properties = new AMQP.BasicProperties.Builder();
        if (delay != null) {
            properties.headers(Map.of("x-delay", delay));
        }
        channel.basicPublish(
                exchange, key, properties.build(), String.valueOf(delay).getBytes(StandardCharsets.UTF_8));
    }

    private static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(30, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private static String text(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    private int held(String exchange) {
        return broker.exchanges().stream()
                .filter(one -> one.name().equals(exchange))
                .findFirst()
                .orElseThrow()
                .delayed();
    }

    @Test
    void routesInTheOrderOfTheDelays() throws Exception {
        declare("d", "topic");
        var deliveries = bound("d", "a.*");
        publish("d", "a.b", FOR_EVER);
        publish("d", "a.b", 600);
        publish("d", "a.b", 300);
        publish("d", "other", 1);
        publish("d", "a.b", null);
        assertThat(text(next(deliveries))).as("without a delay").isEqualTo("null");
        Delivery first = next(deliveries);
        assertThat(text(first)).isEqualTo("300");
        assertThat(((Number) first.getProperties().getHeaders().get("x-delay")).longValue())
                .as("negative, so that nothing delays it again")
                .isEqualTo(-300);
        assertThat(first.getEnvelope().getExchange()).isEqualTo("d");
        assertThat(text(next(deliveries))).isEqualTo("600");
        assertThat(held("d")).isEqualTo(1);
    }

    @Test
    void whatIsNoDelayIsRoutedAtOnce() throws Exception {
        declare("d", "direct");
        var deliveries = bound("d", "k");
        for (Object none : List.of(0, -5, "soon", true, 1L << 32)) {
            publish("d", "k", none);
            assertThat(text(next(deliveries))).isEqualTo(String.valueOf(none));
        }
        publish("d", "k", "50");
        publish("d", "k", 60.5);
        assertThat(text(next(deliveries))).isEqualTo("50");
        assertThat(text(next(deliveries))).isEqualTo("60.5");
        publish("d", "k", (1L << 32) - 1);
        publish("d", "k", 0);
        next(deliveries);
        assertThat(held("d")).as("the longest delay").isEqualTo(1);
    }

    @Test
    void isConfirmedAtOnceAndReturnedIfMandatory() throws Exception {
        declare("d", "fanout");
        bound("d", "");
        CountDownLatch returned = new CountDownLatch(1);
        channel.addReturnListener(message -> returned.countDown());
        channel.confirmSelect();
        channel.basicPublish(
                "d",
                "",
                true,
                new AMQP.BasicProperties.Builder()
                        .headers(Map.of("x-delay", FOR_EVER))
                        .build(),
                new byte[1]);
        assertThat(channel.waitForConfirms(30_000)).isTrue();
        assertThat(returned.await(30, TimeUnit.SECONDS)).as("returned").isTrue();
    }

    @Test
    void heldMessagesSurviveStopAndStart() throws Exception {
        declare("d", "fanout");
        channel.queueDeclare("q", true, false, false, null);
        channel.queueBind("q", "d", "");
        channel.confirmSelect();
        publish("d", "", 500);
        publish("d", "", FOR_EVER);
        channel.waitForConfirmsOrDie(30_000);
        broker.stop();
        broker.start();
        connect();
        var deliveries = new LinkedBlockingQueue<Delivery>();
        channel.basicConsume("q", true, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        assertThat(text(next(deliveries))).isEqualTo("500");
        assertThat(held("d")).isEqualTo(1);
    }

    @Test
    void isFoundAgainByItsName() throws Exception {
        declare("d", "fanout");
        channel.confirmSelect();
        publish("d", "", 400);
        channel.waitForConfirmsOrDie(30_000);
        channel.exchangeDelete("d");
        declare("d", "fanout");
        var deliveries = bound("d", "");
        assertThat(text(next(deliveries))).isEqualTo("400");
    }

    @Test
    void heldMessagesCountAsMemory() throws Exception {
        declare("d", "fanout");
        channel.confirmSelect();
        channel.basicPublish(
                "d",
                "",
                new AMQP.BasicProperties.Builder()
                        .headers(Map.of("x-delay", 300))
                        .build(),
                new byte[100_000]);
        channel.waitForConfirmsOrDie(30_000);
        assertThat(broker.counters().memoryBytes()).isGreaterThan(100_000);
        long end = System.nanoTime() + 30_000_000_000L;
        while (broker.counters().memoryBytes() > 0) {
            assertThat(System.nanoTime()).as("nobody took it, so it is gone").isLessThan(end);
            Thread.sleep(10);
        }
        publish("d", "", FOR_EVER);
        channel.waitForConfirmsOrDie(30_000);
        broker.close();
        assertThat(broker.counters().memoryBytes()).isZero();
    }

    @Test
    void requiresAType() throws Exception {
        assertRefused(Map.of(), "406", "Invalid argument, 'x-delayed-type' must be an existing exchange type");
        assertRefused(
                Map.of("x-delayed-type", "x-delayed-message"),
                "406",
                "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'");
        assertRefused(Map.of("x-delayed-type", "bogus"), "503", "unknown exchange type 'bogus'");
    }

    private void assertRefused(Map<String, Object> arguments, String code, String text) throws Exception {
        Connection own = newConnection(broker);
        Channel fresh = own.createChannel();
        assertThatThrownBy(() -> fresh.exchangeDeclare("x", "x-delayed-message", true, false, arguments))
                .hasStackTraceContaining("reply-code=" + code)
                .hasStackTraceContaining(text);
        own.abort();
    }

    @Test
    void canHashWhatItDelayed() throws Exception {
        declare("d", "x-consistent-hash");
        var a = bound("d", "1");
        channel.queueDeclare("b", true, false, false, null);
        channel.queueBind("b", "d", "1");
        channel.confirmSelect();
        for (int i = 0; i < 50; i++) {
            publish("d", String.valueOf(i), 1);
        }
        channel.waitForConfirmsOrDie(30_000);
        for (int left = 50 - a.size(); left > 0 && held("d") > 0; left = 50 - a.size()) {
            Thread.sleep(10);
        }
        assertThat(channel.messageCount("b")).isBetween(1L, 49L);
        assertThat(outcomeOfBinding()).contains("The binding key must be an integer: <<\"x\">>");
    }

    private String outcomeOfBinding() {
        try {
            channel.queueBind("b", "d", "x");
            return "ok";
        } catch (IOException e) {
            return String.valueOf(e.getCause().getMessage());
        }
    }
}
