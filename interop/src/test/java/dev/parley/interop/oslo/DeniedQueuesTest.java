package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.OnEachRabbitMq;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.RabbitMqVersion;
import dev.parley.interop.faults.FaultProxy;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Parley declares on a RabbitMQ that denies transient queues, and what is refused there for good. */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@OnEachRabbitMq(RabbitMqVersion.V4_3_DENYING)
class DeniedQueuesTest {
    private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

    private final String topic = "denied-" + UUID.randomUUID();
    private final String exchange = "exchange-of-" + topic;
    private final RabbitMq rabbit;
    private Connection connection;
    private Channel channel;

    DeniedQueuesTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @BeforeEach
    void connect() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.transportUrl().replaceFirst("rabbit", "amqp"));
        factory.setVirtualHost("/");
        connection = factory.newConnection("parley-interop");
        channel = connection.createChannel();
    }

    @AfterEach
    void deleteEverything() throws IOException {
        for (String queue : List.of(topic, topic + ".server1")) {
            channel.queueDelete(queue);
        }
        channel.exchangeDelete(exchange);
        connection.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

        public int twice(int n) {
            seen.add(n);
            return 2 * n;
        }
    }

    private String url(String options) {
        return rabbit.transportUrl() + "?control_exchange=" + exchange + options;
    }

    private RpcServer server(String url, Endpoint endpoint) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(url, Target.topic(topic).withServer("server1"))
                .build()
                .start();
    }

    private RpcClient client(String url) {
        return RpcClient.builder(url)
                .target(Target.topic(topic))
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    private static void twice(RpcClient client, int n) {
        assertThat(client.call("twice", int.class, Args.named("n", n))).isEqualTo(2 * n);
    }

    /** Declares what exists: the broker closes the channel if it has other attributes. */
    private void assertQuorum(String queue) throws IOException {
        channel.queueDeclare(queue, true, false, false, QUORUM);
    }

    @Test
    void defaultsDeclareWhatPythonMustUseThere() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = server(url(""), endpoint);
                RpcClient client = client(url(""))) {
            twice(client, 21);
            client.prepare(o -> o.withFanout(true)).cast("twice", Args.named("n", 4));
            assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo(21);
            assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo(4);
            assertQuorum(topic);
            assertQuorum(topic + ".server1");
            channel.exchangeDeclare(exchange, "topic", true);
            channel.exchangeDeclare(topic + "_fanout", "fanout", true, true, null);
        }
    }

    /** It would stay, and peers that must declare it durable would be refused. */
    @Test
    void castAloneLeavesNoTransientExchange() throws Exception {
        try (RpcClient client = client(url(""))) {
            client.cast("twice", Args.named("n", 1));
            channel.exchangeDeclare(exchange, "topic", true);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "&amqp_durable_queues=true&rabbit_transient_quorum_queue=true",
                "&amqp_durable_queues=true",
                "&rabbit_quorum_queue=true",
                "&rabbit_quorum_queue=true&rabbit_transient_quorum_queue=true",
                "&amqp_auto_delete=true",
                "&enable_cancel_on_failover=true",
                "&rabbit_ha_queues=true",
                "&reply_exchange=true",
            })
    void withEveryOptionThereIsAnAnswer(String options) throws Exception {
        // The exchange stays from a time when it was not durable.
        channel.exchangeDeclare(exchange, "topic", false, options.contains("auto_delete"), null);
        try (RpcServer server = server(url(options), new Endpoint());
                RpcClient client = client(url(options))) {
            twice(client, 21);
        }
    }

    @Test
    void queuesOfAFleetAreShared() throws Exception {
        channel.queueDeclare(topic, true, false, false, Map.of());
        try (RpcServer server = server(url(""), new Endpoint());
                RpcClient client = client(url(""))) {
            twice(client, 21);
            assertThat(channel.queueDeclare(topic, true, false, false, Map.of()).getConsumerCount())
                    .isEqualTo(1);
        }
    }

    @Test
    void connectionsThatAreLostComeBack() throws Exception {
        String options = "&rabbit_retry_interval=1&rabbit_retry_backoff=0.1&rabbit_interval_max=0.2";
        int port = URI.create(rabbit.transportUrl()).getPort();
        try (FaultProxy proxy = new FaultProxy(port)) {
            String url = url(options).replace(":" + port + "/", ":" + proxy.port() + "/");
            try (RpcServer server = server(url, new Endpoint());
                    RpcClient client = client(url)) {
                for (int i = 1; i <= 3; i++) {
                    twice(client, i);
                    proxy.cut();
                    await(() -> !server.isReady() && !client.isReady());
                    await(() -> server.isReady() && client.isReady());
                }
                twice(client, 4);
                assertQuorum(topic);
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void virtualHostsAndLoginsAreRefusedInItsWords() {
        String url = rabbit.transportUrl();
        assertThatThrownBy(() -> client(url + "nosuch"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("NOT_ALLOWED - vhost nosuch not found");
        assertThatThrownBy(() -> client(url.replaceFirst(":[^:@]*@", ":wrong@")))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("ACCESS_REFUSED - Login was refused");
    }
}
