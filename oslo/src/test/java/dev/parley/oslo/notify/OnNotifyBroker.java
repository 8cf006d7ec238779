package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.parley.RpcException;
import dev.parley.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An embedded broker per test, notifiers that reconnect quickly, and consumers of RabbitMQ's own client. */
abstract class OnNotifyBroker {
    static final Duration LONG = Duration.ofSeconds(60);
    static final String QUICK = "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2";
    private static final Pattern PAYLOAD = Pattern.compile("\\\\?\"payload\\\\?\":(\\d+)");

    EmbeddedBroker broker;
    private final List<Connection> connections = new ArrayList<>();

    /** A failure that the handler was told of. */
    record Failure(Notification<?> notification, RpcException error) {}

    final BlockingQueue<Failure> failures = new LinkedBlockingQueue<>();

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterEach
    void stopBroker() {
        connections.forEach(Connection::abort);
        broker.close();
    }

    Notifier.Builder builder() {
        return builder(broker.address());
    }

    Notifier.Builder builder(String address) {
        return Notifier.builder(address + QUICK)
                .publisherId("test")
                .onFailure((notification, error) -> failures.add(new Failure(notification, error)));
    }

    Failure failure() throws InterruptedException {
        Failure failure = failures.poll(30, TimeUnit.SECONDS);
        assertThat(failure).as("a failure").isNotNull();
        return failure;
    }

    Channel channel() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        Connection connection = factory.newConnection("consumer");
        connections.add(connection);
        return connection.createChannel();
    }

    /** The bodies that arrive in a queue. */
    BlockingQueue<String> consume(String queue) throws Exception {
        return consume(queue, true);
    }

    BlockingQueue<String> consume(String queue, boolean declare) throws Exception {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        Channel channel = channel();
        if (declare) {
            channel.queueDeclare(queue, false, false, false, null);
        }
        channel.basicConsume(queue, true, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                bodies.add(new String(body, StandardCharsets.UTF_8));
            }
        });
        return bodies;
    }

    /** The payload of a notification that is a number. */
    static int number(@Nullable String body) {
        assertThat(body).as("a notification").isNotNull();
        Matcher payload = PAYLOAD.matcher(body);
        assertThat(payload.find()).as(body).isTrue();
        return Integer.parseInt(payload.group(1));
    }

    /**
     * Reads until every number from 0 to {@code count - 1} has arrived; a number may arrive again, but for the first
     * time only in order.
     */
    static void assertInOrder(BlockingQueue<String> bodies, int count) throws InterruptedException {
        int expected = 0;
        while (expected < count) {
            int number = number(bodies.poll(60, TimeUnit.SECONDS));
            assertThat(number).isLessThanOrEqualTo(expected);
            if (number == expected) {
                expected++;
            }
        }
    }

    void dropNotifiers() {
        broker.faults().dropConnections(one -> one.clientName().startsWith("parley:"));
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
