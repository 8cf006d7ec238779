package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.parley.Args;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Where an exchange or a queue exists on RabbitMQ with other attributes than the options ask for. */
@OnRabbitMq
@SuppressWarnings("try") // Servers are there to be called, not referenced.
class MismatchTest {
    private final String topic = "m-" + UUID.randomUUID();
    private final String exchange = "x-" + topic;
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final RabbitMq rabbit;

    MismatchTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @BeforeEach
    void listen() {
        logged.start();
        logger().addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(logged);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("dev.parley.oslo");
    }

    interface Declaration {
        void on(Channel channel, String exchange, String topic) throws IOException;
    }

    /** What somebody else has declared before, and the options of those who come then. */
    enum Existing {
        DURABLE_EXCHANGE("", (it, exchange, topic) -> it.exchangeDeclare(exchange, "topic", true)),
        PASSING_EXCHANGE(
                "?amqp_durable_queues=True", (it, exchange, topic) -> it.exchangeDeclare(exchange, "topic", false)),
        PASSING_EXCHANGE_FOR_QUORUM(
                "?rabbit_quorum_queue=True", (it, exchange, topic) -> it.exchangeDeclare(exchange, "topic", false)),
        AUTO_DELETED_EXCHANGE(
                "", (it, exchange, topic) -> it.exchangeDeclare(exchange, "topic", false, true, Map.of())),
        EXCHANGE_WITH_ARGUMENTS(
                "",
                (it, exchange, topic) -> it.exchangeDeclare(
                        exchange, "topic", false, false, Map.of("alternate-exchange", "amq.fanout"))),
        LASTING_FANOUT_EXCHANGE(
                "", (it, exchange, topic) -> it.exchangeDeclare(topic + "_fanout", "fanout", true, false, Map.of())),
        DURABLE_QUEUE("", (it, exchange, topic) -> it.queueDeclare(topic, true, false, false, Map.of())),
        PASSING_QUEUE(
                "?amqp_durable_queues=True",
                (it, exchange, topic) -> it.queueDeclare(topic, false, false, false, Map.of())),
        QUEUE_WITH_A_BOUND(
                "", (it, exchange, topic) -> it.queueDeclare(topic, false, false, false, Map.of("x-max-length", 100))),
        CLASSIC_QUEUE_FOR_QUORUM(
                "?rabbit_quorum_queue=True",
                (it, exchange, topic) -> it.queueDeclare(topic, true, false, false, Map.of())),
        QUORUM_QUEUE(
                "?amqp_durable_queues=True",
                (it, exchange, topic) -> it.queueDeclare(topic, true, false, false, Map.of("x-queue-type", "quorum"))),
        SERVER_QUEUE_THAT_EXPIRES(
                "",
                (it, exchange, topic) ->
                        it.queueDeclare(topic + ".java", false, false, false, Map.of("x-expires", 600_000)));

        final String options;
        final Declaration declaration;

        Existing(String options, Declaration declaration) {
            this.options = options;
            this.declaration = declaration;
        }
    }

    /** What is served. */
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public String who() {
            return "java";
        }

        public void note(String text) {
            seen.add(text);
        }
    }

    private RpcServer serve(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(
                        rabbit.transportUrl() + options,
                        Target.topic(topic).withExchange(exchange).withServer("java"))
                .build()
                .start();
    }

    private RpcClient client(String options) {
        return RpcClient.builder(rabbit.transportUrl() + options)
                .target(Target.topic(topic).withExchange(exchange))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void whatExistsIsUsedAsItIsAndSaidOnce(Existing existing) throws Exception {
        try (Connection connection = rabbit.connect()) {
            existing.declaration.on(connection.createChannel(), exchange, topic);
            for (int round = 0; round < 2; round++) {
                Endpoint endpoint = new Endpoint();
                try (RpcServer server = serve(endpoint, existing.options);
                        RpcClient client = client(existing.options)) {
                    assertThat(client.call("who", String.class)).isEqualTo("java");
                    assertThat(client.prepare(o -> o.withServer("java")).call("who", String.class))
                            .isEqualTo("java");
                    client.prepare(o -> o.withFanout(true)).cast("note", Args.named("text", "all"));
                    assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("all");
                    // As it was: the same declaration is still good.
                    existing.declaration.on(connection.createChannel(), exchange, topic);
                }
            }
            List<String> told = List.copyOf(logged.list).stream()
                    .map(ILoggingEvent::getFormattedMessage)
                    .filter(text -> text.contains("exists with other attributes"))
                    .toList();
            assertThat(told).isNotEmpty().doesNotHaveDuplicates();
            assertThat(told).allMatch(text -> text.contains(topic) && text.contains("inequivalent arg"));
        }
    }

    /** Python 14 ends with an error there. */
    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING)
    void pythonJoinsJavaOnAnExchangeThatIsNotDurable() throws Exception {
        try (Connection connection = rabbit.connect()) {
            connection.createChannel().exchangeDeclare(exchange, "topic", false);
            try (RpcServer server = serve(new Endpoint(), "?amqp_durable_queues=True");
                    PeerProcess peer = PeerProcess.start(
                            Peer.OSLO_MESSAGING,
                            "oslo_server.py",
                            rabbit.transportUrl(),
                            "--topic",
                            topic,
                            "--exchange",
                            exchange,
                            "--server",
                            "python",
                            "--conf",
                            "oslo_messaging_rabbit.amqp_durable_queues=true");
                    RpcClient client = client("?amqp_durable_queues=True")) {
                peer.ready();
                for (String name : List.of("java", "python")) {
                    assertThat(client.prepare(o -> o.withServer(name)).call("who", String.class))
                            .isEqualTo(name);
                }
            }
        }
    }

    @Test
    void attributesThatDoNotGoTogetherAreToldAtTheStart() throws Exception {
        assertThatThrownBy(() -> serve(new Endpoint(), "?rabbit_quorum_queue=True&amqp_auto_delete=True"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("auto-delete")
                .hasMessageContaining(topic);
        try (Connection connection = rabbit.connect()) {
            Channel channel = connection.createChannel();
            assertThatThrownBy(() -> channel.queueDeclarePassive(topic))
                    .isInstanceOfAny(IOException.class, AlreadyClosedException.class);
        }
    }
}
