package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.perf.PerfTest;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RabbitMQ's own load generator, PerfTest, on the embedded broker and on RabbitMQ: it must end by itself, which it does
 * when every producer has published and every consumer has got its number of messages, and leave none behind. How fast
 * it goes is not looked at.
 */
@OnRabbitMq
class PerfTestTest {
    private static final int MESSAGES = 3_000;

    /** Where PerfTest's several queues are numbered each producer and each consumer has its own. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "transient, 1, --auto-delete false",
        "persistent, 1, --auto-delete false --flag persistent",
        "confirmed, 1, --auto-delete false --confirm 100 --flag mandatory --qos 50 --multi-ack-every 10",
        "three of each, 3, --auto-delete false --qos 100 --confirm 200",
        "quorum, 1, --quorum-queue --confirm 100 --qos 100",
    })
    void countsAgree(String name, int each, String options, RabbitMq rabbitMq) throws Exception {
        String queue = "perf-" + name.replace(' ', '-');
        try (EmbeddedBroker embedded = EmbeddedBroker.builder().start()) {
            // One after the other: each is a JVM of its own.
            check(embedded.amqpUri(), queue, each, options);
            assertThat(embedded.counters().published()).isEqualTo((long) each * MESSAGES);
            assertThat(embedded.counters().delivered()).isEqualTo((long) each * MESSAGES);
            check(rabbitMq.amqpUrl().replaceFirst("/$", "/%2f"), queue, each, options);
        }
    }

    private static void check(String uri, String queue, int each, String options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                PerfTest.class.getName(),
                "--uri",
                uri,
                "--producers",
                Integer.toString(each),
                "--consumers",
                Integer.toString(each),
                "--pmessages",
                Integer.toString(MESSAGES),
                "--cmessages",
                Integer.toString(MESSAGES),
                "--size",
                "200"));
        command.addAll(List.of(options.split(" ")));
        List<String> queues = new ArrayList<>();
        if (each == 1) {
            command.addAll(List.of("--queue", queue));
            queues.add(queue);
        } else {
            command.addAll(List.of("--queue-pattern", queue + "-%d"));
            command.addAll(List.of("--queue-pattern-from", "1", "--queue-pattern-to", Integer.toString(each)));
            for (int i = 1; i <= each; i++) {
                queues.add(queue + "-" + i);
            }
        }
        try (PeerProcess perfTest = PeerProcess.start(Map.of(), command)) {
            assertThat(perfTest.output())
                    .doesNotContainIgnoringCase("exception")
                    .contains("receiving rate avg");
        }
        var factory = new ConnectionFactory();
        factory.setUri(uri);
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            for (String left : queues) {
                assertThat(channel.messageCount(left)).isZero();
                channel.queueDelete(left);
            }
        }
    }
}
