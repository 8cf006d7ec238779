package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.QueueInfo;
import dev.parley.cli.Cli.Run;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadLettersCommandTest {
    private final EmbeddedBroker broker = EmbeddedBroker.builder().start();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void fill() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.queueDeclare("dead", true, false, false, null);
        channel.queueDeclare("test", false, false, false, null);
        letter("test", "delivery_limit", "returned 3 times", 7_500, "{\"method\": \"resize\"}");
        letter("gone", "rejected", "bad", 90, "{\"method\": \"resize\"}");
        letter("test", "rejected", "a request without a method", 5, "{\"event_type\": \"a.b\"}");
        channel.basicPublish("", "dead", null, "not a letter".getBytes(StandardCharsets.UTF_8));
        channel.close();
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        connection.abort();
        broker.close();
    }

    private void letter(String origin, String reason, String error, int age, String body) throws Exception {
        Map<String, Object> headers = Map.of(
                "x-first-death-queue", origin,
                "x-first-death-reason", reason,
                "x-parley-error", error,
                "x-parley-time", Date.from(Instant.now().minusSeconds(age)),
                "mine", 5);
        channel.basicPublish(
                "",
                "dead",
                new BasicProperties.Builder().headers(headers).build(),
                body.getBytes(StandardCharsets.UTF_8));
    }

    private Run letters(String action, String... options) {
        List<String> args = new ArrayList<>(List.of("dead-letters", broker.address(), action, "--queue", "dead"));
        args.addAll(List.of(options));
        return Cli.run(args.toArray(String[]::new));
    }

    private long ready(String queue) {
        return broker.queues().stream()
                .filter(one -> one.name().equals(queue))
                .mapToLong(QueueInfo::ready)
                .sum();
    }

    @Test
    void listsAndLeavesTheMessagesInTheirOrder() {
        for (int i = 0; i < 2; i++) {
            Run run = letters("list");

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out().lines().toList())
                    .satisfiesExactly(
                            line -> assertThat(line).matches(" *2h5m  test  delivery_limit  resize  returned 3 times"),
                            line -> assertThat(line).matches(" *1m3\\ds  gone  rejected        resize  bad"),
                            line -> assertThat(line)
                                    .matches(" *\\d+s  test  rejected        a.b     a request without a method"),
                            line -> assertThat(line).matches(" *\\?  \\?     \\?               \\?       \\?"));
        }
        assertThat(ready("dead")).isEqualTo(4);
    }

    @Test
    void filtersAndLimits() {
        assertThat(letters("list", "--limit", "2").out()).hasLineCount(2);
        assertThat(letters("list", "--method", "resize", "--reason", "rejected").out())
                .hasLineCount(1)
                .contains("gone");
        assertThat(letters("list", "--origin", "test", "--older-than", "1h").out())
                .hasLineCount(1)
                .contains("returned 3 times");
        assertThat(letters("list", "--method", "no").out()).isEmpty();
        assertThat(letters("list", "--json", "--limit", "1").out())
                .contains(
                        "\"origin\":\"test\"", "\"reason\":\"delivery_limit\"", "\"method\":\"resize\"", "\"since\":");
    }

    @Test
    void returnsMessagesWhereTheyCameFrom() throws Exception {
        assertThat(letters("return", "--dry-run", "--origin", "test").err()).contains("dry run");
        assertThat(ready("test")).isZero();

        Run run = letters("return", "--origin", "test");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("returned 2 messages");
        assertThat(ready("test")).isEqualTo(2);
        assertThat(ready("dead")).isEqualTo(2);
        var back = channel.basicGet("test", true);
        assertThat(back.getBody()).isEqualTo("{\"method\": \"resize\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(back.getProps().getHeaders()).containsOnlyKeys("mine");

        Run rest = letters("return");
        assertThat(rest.exitCode()).isEqualTo(ExitCode.REMOTE_FAILURE);
        assertThat(rest.err())
                .contains("returned 0 messages", "2 messages left in 'dead': 1 without an origin, 1 whose origin");
        assertThat(ready("dead")).isEqualTo(2);
    }

    @Test
    void dropsMessages() {
        assertThat(letters("drop", "--yes", "--method", "resize", "--limit", "1")
                        .err())
                .contains("dropped 1 message");
        assertThat(ready("dead")).isEqualTo(3);
        assertThat(letters("drop", "--yes").err()).contains("dropped 3 messages");
        assertThat(ready("dead")).isZero();
        assertThat(letters("drop", "--yes").err()).contains("no such message");
    }

    @Test
    void saysWhatIsMissing() {
        assertUsage("say what to do: list, return or drop", "dead-letters", broker.address());
        assertUsage("not 'purge'", "dead-letters", broker.address(), "purge");
        assertUsage("dead_letter_queue", "dead-letters", broker.address(), "list");
        assertUsage("no queue 'nosuch'", "dead-letters", broker.address(), "list", "--queue", "nosuch");
        assertUsage("expected a rabbit:// address", "dead-letters", "memory://x", "list", "--queue", "q");
        assertUsage("at least 1", "dead-letters", broker.address(), "list", "--queue", "dead", "--limit", "0");
        assertThat(Cli.run("dead-letters", broker.address() + "?dead_letter_queue=dead", "list")
                        .out())
                .hasLineCount(4);
    }

    private static void assertUsage(String message, String... args) {
        Run run = Cli.run(args);

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains(message);
    }
}
