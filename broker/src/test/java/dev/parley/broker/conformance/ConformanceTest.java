package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DeliverCallback;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the rows share: connections that are closed after the test, generated names, and outcomes as strings. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.parley.broker.conformance.BrokerUnderTest#all")
abstract class ConformanceTest {
    static final AMQP.BasicProperties NONE = new AMQP.BasicProperties();
    private static final int TIMEOUT_SECONDS = 30;

    @Parameter
    @SuppressWarnings("NullAway")
    BrokerUnderTest broker;

    private final List<Connection> connections = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> leftovers = new ArrayList<>();
    private @Nullable Connection shared;

    /** An operation on the broker. */
    interface Step {
        void run() throws Exception;
    }

    @AfterEach
    void end() throws Exception {
        if (!leftovers.isEmpty()) {
            Channel last = channel();
            for (String queue : leftovers) {
                last.queueDelete(queue);
            }
        }
        for (Connection connection : connections) {
            connection.abort();
        }
    }

    Connection connect() throws Exception {
        Connection connection = broker.factory().newConnection();
        connections.add(connection);
        return connection;
    }

    /** A new channel of the test's own connection. */
    Channel channel() throws Exception {
        if (shared == null || !shared.isOpen()) {
            shared = connect();
        }
        return shared.createChannel();
    }

    /** A unique name; {@link #outcome} replaces it by {@code <q>}. */
    String name() {
        String name = "c-" + UUID.randomUUID().toString().substring(0, 13);
        names.add(name);
        return name;
    }

    /** A queue that is not exclusive, and not durable unless the broker refuses that; deleted after the test. */
    String queue(Channel channel) throws IOException {
        return queue(channel, Map.of());
    }

    String queue(Channel channel, Map<String, Object> arguments) throws IOException {
        String name = name();
        channel.queueDeclare(name, mustBeDurable(), false, false, arguments);
        leftovers.add(name);
        return name;
    }

    /** Whether a queue that is not exclusive has to be durable. */
    boolean mustBeDurable() {
        return !broker.permitsTransientQueues();
    }

    String durableQueue(Channel channel, Map<String, Object> arguments) throws IOException {
        String name = name();
        channel.queueDeclare(name, true, false, false, arguments);
        leftovers.add(name);
        return name;
    }

    /** "ok", or how the broker closed the channel or connection. */
    String outcome(Step step) throws Exception {
        try {
            step.run();
            return "ok";
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException signal) {
                return text(signal);
            }
            throw e;
        } catch (AlreadyClosedException e) {
            return text(e);
        }
    }

    /** How the broker closes the channel after an operation that has no response. */
    String asynchronousOutcome(Channel channel, Step step) throws Exception {
        var closed = new CompletableFuture<ShutdownSignalException>();
        channel.addShutdownListener(closed::complete);
        step.run();
        return text(closed.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    }

    String text(ShutdownSignalException signal) {
        String text = switch (signal.getReason()) {
            case AMQP.Channel.Close close -> "CHANNEL closed " + close.getReplyCode() + " " + close.getReplyText();
            case AMQP.Connection.Close close ->
                "CONNECTION closed " + close.getReplyCode() + " " + close.getReplyText();
            case null, default -> "closed " + signal.getMessage();
        };
        for (String name : names) {
            text = text.replace(name, "<q>");
        }
        return text;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Delivery delivery) {
        return new String(delivery.getBody(), StandardCharsets.UTF_8);
    }

    static void publish(Channel channel, String exchange, String key, String body) throws IOException {
        channel.basicPublish(exchange, key, null, bytes(body));
    }

    static void publish(Channel channel, String exchange, String key, AMQP.BasicProperties properties, String body)
            throws IOException {
        channel.basicPublish(exchange, key, properties, bytes(body));
    }

    /** The deliveries, in order. */
    static BlockingQueue<Delivery> consume(Channel channel, String queue, boolean autoAck) throws IOException {
        return consume(channel, queue, autoAck, Map.of());
    }

    static BlockingQueue<Delivery> consume(
            Channel channel, String queue, boolean autoAck, Map<String, Object> arguments) throws IOException {
        var deliveries = new LinkedBlockingQueue<Delivery>();
        DeliverCallback callback = (tag, delivery) -> deliveries.add(delivery);
        channel.basicConsume(queue, autoAck, arguments, callback, tag -> {});
        return deliveries;
    }

    static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return delivery;
    }

    /** Fetches until there is a message; fails if there is none in time. */
    static GetResponse get(Channel channel, String queue) throws Exception {
        GetResponse[] got = {null};
        eventually(() -> {
            got[0] = channel.basicGet(queue, true);
            return got[0] != null;
        });
        return got[0];
    }

    static @Nullable String body(@Nullable GetResponse response) {
        return response == null ? null : new String(response.getBody(), StandardCharsets.UTF_8);
    }

    /** A condition that becomes true. */
    interface Check {
        boolean holds() throws Exception;
    }

    static void eventually(Check check) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!check.holds()) {
            assertThat(System.nanoTime())
                    .as("not true after %s s", TIMEOUT_SECONDS)
                    .isLessThan(end);
            Thread.sleep(10);
        }
    }
}
