package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.parley.Args;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.QueueInfo;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are malformed, or crash their server. */
@SuppressWarnings("try") // The servers are never referenced.
class DeadLettersTest {
    private EmbeddedBroker broker;
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.builder()
                .user("guest", "guest")
                .user("other", "other")
                .start();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setUsername("other");
        factory.setPassword("other");
        connection = factory.newConnection("test");
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        connection.abort();
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        final CountDownLatch release = new CountDownLatch(1);

        public void note(String text) {
            seen.add(text);
        }

        public void hold(String text) throws InterruptedException {
            seen.add(text);
            release.await();
        }
    }

    private RpcServer serve(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(broker.address() + options, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private static String next(Endpoint endpoint) throws InterruptedException {
        return String.valueOf(endpoint.seen.poll(20, TimeUnit.SECONDS));
    }

    private GetResponse letter(String queue) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        GetResponse letter = null;
        while (letter == null && System.nanoTime() < end) {
            boolean there = broker.queues().stream().anyMatch(one -> one.name().equals(queue));
            letter = there ? channel.basicGet(queue, true) : null;
            Thread.sleep(20);
        }
        assertThat(letter).as("a message in %s", queue).isNotNull();
        return letter;
    }

    private static @Nullable String header(GetResponse letter, String name) {
        Object value = letter.getProps().getHeaders().get(name);
        return value == null ? null : value.toString();
    }

    @Test
    void malformedRequestsAreMovedUnchanged() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "?dead_letter_queue=dead&kombu_compression=gzip")) {
            byte[] body = {0, 1, (byte) 0xff};
            channel.queueDeclare("spy", false, false, false, null);
            channel.basicPublish(
                    "openstack",
                    "test.server1",
                    new BasicProperties.Builder()
                            .contentType("image/png")
                            .correlationId("c1")
                            .userId("other")
                            .expiration("60000")
                            .headers(Map.of("mine", 5, "CC", List.of("spy")))
                            .build(),
                    body);
            GetResponse letter = letter("dead");
            assertThat(letter.getBody()).isEqualTo(body);
            assertThat(letter.getProps().getContentType()).isEqualTo("image/png");
            assertThat(letter.getProps().getCorrelationId()).isEqualTo("c1");
            // Otherwise it would have expired before it is read.
            assertThat(letter.getProps().getExpiration()).isNull();
            assertThat(header(letter, "mine")).isEqualTo("5");
            assertThat(header(letter, "x-first-death-queue")).isEqualTo("test.server1");
            assertThat(header(letter, "x-first-death-reason")).isEqualTo("rejected");
            assertThat(header(letter, "x-parley-error")).contains("image/png");
            assertThat(letter.getProps().getHeaders().get("x-parley-time")).isInstanceOf(Date.class);
            channel.basicPublish("openstack", "test", null, "{}".getBytes(StandardCharsets.UTF_8));
            assertThat(header(letter("dead"), "x-parley-error")).contains("without a method");
            note("alive");
            assertThat(next(endpoint)).isEqualTo("alive");
        }
        assertThat(broker.queues()).allMatch(queue -> queue.ready() == 0 && queue.unacked() == 0);
        assertThat(broker.queues()).anyMatch(queue -> queue.name().equals("dead") && queue.durable());
    }

    private void note(String text) {
        cast("note", text, "");
    }

    private void cast(String method, String text, String options) {
        try (RpcClient client = RpcClient.connect(broker.address() + options, Target.topic("test"))) {
            client.cast(method, Args.named("text", text));
        }
    }

    /** Starts a server that takes the request and loses its connection while the method runs. */
    private void crashOnRequest(String options) throws InterruptedException {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, options)) {
            assertThat(next(endpoint)).isEqualTo("poison");
            // Stopped, it takes nothing when it reconnects; disconnected, it cannot acknowledge.
            server.stop();
            await(queue -> queue.consumers() == 0);
            broker.faults().dropConnections(one -> one.clientName().startsWith("parley:"));
            await(queue -> queue.ready() == 1);
            endpoint.release.countDown();
        }
    }

    private void await(Predicate<QueueInfo> condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!isTopicQueue(condition) && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(isTopicQueue(condition)).isTrue();
    }

    private boolean isTopicQueue(Predicate<QueueInfo> condition) {
        return broker.queues().stream().anyMatch(queue -> queue.name().equals("test") && condition.test(queue));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&rabbit_quorum_queue=True"})
    void requestsThatCrashTheirServersAreDeadLettered(String kind) throws Exception {
        String options = "?acknowledge=after&delivery_limit=2&dead_letter_queue=dead" + kind;
        serve(new Endpoint(), options).close();
        cast("hold", "poison", "?acknowledge=after" + kind);
        for (int i = 0; i < 3; i++) {
            crashOnRequest(options);
        }
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, options)) {
            GetResponse letter = letter("dead");
            assertThat(header(letter, "x-first-death-queue")).isEqualTo("test");
            assertThat(header(letter, "x-first-death-reason")).isEqualTo("delivery_limit");
            assertThat(header(letter, "x-parley-error")).contains("3 times");
            // Put back by hand its count starts again, even on the server that dead-lettered it.
            assertThat(header(letter, "x-parley-returns")).isNull();
            assertThat(endpoint.seen).isEmpty();
            channel.basicPublish("", "test", letter.getProps(), letter.getBody());
            assertThat(next(endpoint)).isEqualTo("poison");
            endpoint.release.countDown();
        }
    }

    @Test
    void withoutALimitItIsRedeliveredForever() throws Exception {
        String options = "?acknowledge=after";
        serve(new Endpoint(), options).close();
        cast("hold", "poison", "");
        for (int i = 0; i < 5; i++) {
            crashOnRequest(options);
        }
        assertThat(isTopicQueue(queue -> queue.ready() == 1)).isTrue();
    }

    @Test
    void aDeliveryLimitNeedsAcknowledgementAfterTheWork() {
        assertThatThrownBy(() -> serve(new Endpoint(), "?delivery_limit=3"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("delivery_limit")
                .hasMessageContaining("acknowledge=after");
    }
}
