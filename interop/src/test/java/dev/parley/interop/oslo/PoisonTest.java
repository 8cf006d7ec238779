package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that kills every process that works on it, in both kinds of RabbitMQ's queues. */
@OnRabbitMq
@SuppressWarnings("try") // Servers are there to be called, not referenced.
class PoisonTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final RabbitMq rabbit;

    PoisonTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    /** What is served when the poison is gone. */
    public static class Endpoint {
        public String echo(String text) {
            return text;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&rabbit_quorum_queue=True"})
    void isGivenUpAfterAFewDeaths(String kind) throws Exception {
        String topic = "poison-" + UUID.randomUUID();
        String letters = topic + "-letters";
        String address =
                rabbit.transportUrl() + "?acknowledge=after&delivery_limit=1&dead_letter_queue=" + letters + kind;
        // Declares the queue that the cast waits in.
        serve(address, topic).close();
        try (RpcClient client = RpcClient.connect(address, Target.topic(topic))) {
            client.cast("die");
            for (int i = 0; i < 2; i++) {
                List<String> command = List.of(
                        JAVA,
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingServer.class.getName(),
                        address,
                        topic);
                try (PeerProcess server = PeerProcess.start(Map.of(), command)) {
                    assertThat(server.exitCode()).as(server.errors()).isEqualTo(DyingServer.EXIT_CODE);
                }
            }
            try (RpcServer server = serve(address, topic);
                    Connection connection = rabbit.connect()) {
                assertThat(client.call("echo", String.class, Args.named("text", "alive")))
                        .isEqualTo("alive");
                Map<String, Object> headers =
                        letter(connection, letters).getProps().getHeaders();
                assertThat(headers.get("x-first-death-queue")).hasToString(topic);
                assertThat(headers.get("x-first-death-reason")).hasToString("delivery_limit");
            }
        }
    }

    private static RpcServer serve(String address, String topic) {
        return RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(address, Target.topic(topic).withServer("server1"))
                .build()
                .start();
    }

    /** The message in a queue that may not be there yet. */
    private static GetResponse letter(Connection connection, String queue) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        GetResponse letter = null;
        while (letter == null && System.nanoTime() < end) {
            // As it is declared by the server, so that either may come first.
            try (Channel channel = connection.createChannel()) {
                channel.queueDeclare(queue, true, false, false, null);
                letter = channel.basicGet(queue, true);
            }
            Thread.sleep(100);
        }
        assertThat(letter).as("a message in %s", queue).isNotNull();
        return letter;
    }
}
