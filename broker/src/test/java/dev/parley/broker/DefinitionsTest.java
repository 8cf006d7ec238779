package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The definitions in the resources are exports of RabbitMQ 3.10.8, 4.0.5 and 4.3.6 that were set up alike. */
class DefinitionsTest {
    @TempDir
    private Path folder;

    private BrokerBuilder with(String json) throws IOException {
        return EmbeddedBroker.builder().definitions(Files.writeString(folder.resolve("definitions.json"), json));
    }

    private BrokerBuilder withExport(String version) throws IOException {
        try (InputStream in = DefinitionsTest.class.getResourceAsStream("definitions-" + version + ".json")) {
            return with(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Connection connect(EmbeddedBroker broker, String host, String user, String password)
            throws Exception {
        var factory = new ConnectionFactory();
        factory.setPort(broker.port());
        factory.setVirtualHost(host);
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.10", "4.0", "4.3"})
    void loadsAnExport(String version) throws Exception {
        try (EmbeddedBroker broker = withExport(version).start()) {
            assertThat(broker.virtualHosts()).containsExactly("/", "orders");
            assertThat(broker.queues())
                    .extracting(QueueInfo::name, QueueInfo::kind, QueueInfo::durable)
                    .containsExactlyInAnyOrder(
                            tuple("lim.q", "classic", true),
                            tuple("mirrored", "classic", true),
                            tuple("quo", "quorum", true),
                            tuple("str", "stream", true),
                            tuple("transient", "classic", false));
            assertThat(broker.policies("orders"))
                    .extracting(Policy::name)
                    .contains("lim", "oplim")
                    .hasSize(3);
            Connection connection = connect(broker, "orders", "bob", "hunter2");
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            for (String body : new String[] {"1", "2"}) {
                channel.basicPublish("ev", "a.b.c", null, body.getBytes(StandardCharsets.UTF_8));
                channel.waitForConfirms(30_000);
            }
            assertThat(channel.messageCount("lim.q"))
                    .as("one by the operator policy, the other rejected by the policy")
                    .isEqualTo(1);
            channel.basicReject(channel.basicGet("lim.q", false).getEnvelope().getDeliveryTag(), false);
            var dead = poll(channel, "quo");
            assertThat(dead.getProps().getHeaders().get("x-first-death-queue")).hasToString("lim.q");
            channel.basicPublish("ev", "b.x", null, new byte[1]);
            assertThat(poll(channel, "quo").getEnvelope().getExchange())
                    .as("from exchange to exchange")
                    .isEqualTo("ev");
            channel.basicPublish("ev", "unrouted", null, new byte[1]);
            assertThat(poll(channel, "quo")).as("by the alternate exchange").isNotNull();
            channel.basicPublish("hash", "k", null, new byte[1]);
            assertThat(poll(channel, "quo")).isNotNull();
            channel.basicPublish("", "mirrored", null, new byte[1]);
            for (long end = System.nanoTime() + 30_000_000_000L; channel.messageCount("mirrored") > 0; ) {
                assertThat(System.nanoTime()).as("the policy's time to live").isLessThan(end);
                Thread.sleep(50);
            }
            connection.close();
        }
    }

    private static GetResponse poll(Channel channel, String queue) throws Exception {
        for (long end = System.nanoTime() + 30_000_000_000L; System.nanoTime() < end; Thread.sleep(10)) {
            var got = channel.basicGet(queue, true);
            if (got != null) {
                return got;
            }
        }
        throw new AssertionError("nothing in " + queue);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.10", "4.0", "4.3"})
    void productionLoginsWork(String version) throws Exception {
        try (EmbeddedBroker broker =
                withExport(version).loginDelays(Duration.ZERO, Duration.ZERO).start()) {
            connect(broker, "/", "alice", "secret").close(); // SHA-256
            connect(broker, "orders", "bob", "hunter2").close(); // SHA-512
            connect(broker, "orders", "carol", "pässword").close(); // MD5
            connect(broker, "/", "guest", "guest").close();
            for (String[] wrong : new String[][] {{"bob", "wrong"}, {"nopassword", ""}, {"alice", ""}}) {
                assertThatThrownBy(() -> connect(broker, "/", wrong[0], wrong[1]))
                        .isInstanceOf(AuthenticationFailureException.class);
            }
            assertThatThrownBy(() -> connect(broker, "/", "bob", "hunter2"))
                    .as("no permissions there")
                    .hasStackTraceContaining("access to vhost '/' refused for user 'bob'");
            try (Connection alice = connect(broker, "orders", "alice", "secret")) {
                Channel channel = alice.createChannel();
                channel.queueDeclare("allowed", false, false, false, null);
                assertThatThrownBy(() -> channel.queueDeclare("forbidden", false, false, false, null))
                        .hasStackTraceContaining("access to queue 'forbidden' in vhost 'orders' refused");
            }
        }
    }

    @Test
    void tellsWhatItIgnoresOncePerKind() throws Exception {
        try (CapturedLogs logs = CapturedLogs.of("dev.parley.broker.definitions", Level.WARN);
                EmbeddedBroker broker = withExport("3.10").start()) {
            assertThat(broker.virtualHosts()).contains("orders");
            assertThat(logs.lines())
                    .containsExactly(
                            "WARN definitions: limits of users ignored, which the embedded broker does not have (1): alice",
                            "WARN definitions: topic permissions ignored, which the embedded broker does not have (1):"
                                    + " alice in vhost '/'",
                            "WARN definitions: global parameters ignored, which the embedded broker does not have (1): myparam",
                            "WARN definitions: parameters ignored, which the embedded broker does not have (1):"
                                    + " vhost-limits 'limits'",
                            "WARN definitions: mirroring in policies ignored, which the embedded broker does not have (1):"
                                    + " mirror");
        }
    }

    /** As {@code rabbitmqctl export_definitions} of 3.10 writes them. */
    @Test
    void operatorPoliciesMayBePairs() throws Exception {
        try (EmbeddedBroker broker = with("""
                {"parameters": [{"vhost": "/", "component": "operator_policy", "name": "op", "value":
                  {"pattern": "^q", "definition": [["max-length", 2], ["expires", 5000]], "priority": 0, "apply-to": "queues"}}]}
                """).start()) {
            assertThat(broker.policies("/"))
                    .singleElement()
                    .satisfies(policy ->
                            assertThat(policy.definition()).isEqualTo(Map.of("max-length", 2L, "expires", 5000L)));
        }
    }

    @Test
    void skipsWhatPluginsHave() throws Exception {
        try (EmbeddedBroker broker = with("""
                        {"policies": [{"vhost": "/", "name": "f", "pattern": "", "definition": {"federation-upstream-set": "all"}}],
                         "queues": [{"vhost": "/", "name": "q"}],
                         "exchanges": [{"vhost": "/", "name": "recent", "type": "x-recent-history"}],
                         "bindings": [{"vhost": "/", "source": "recent", "destination": "q", "destination_type": "queue"}]}
                        """).start()) {
            assertThat(broker.policies("/")).isEmpty();
            assertThat(broker.queues()).hasSize(1);
            assertThat(broker.exchanges()).noneMatch(exchange -> exchange.name().equals("recent"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]                                     | definitions must be a JSON object",
                "{                                      | definitions are not JSON: ",
                "{\"queues\": 3}                        | definitions: queues must be a list, was 3",
                "{\"queues\": [3]}                      | definitions: queues[0] must be an object, was 3",
                "{\"queues\": [{\"name\": \"q\"}]}      | definitions: queues[0] 'q': the field vhost is absent",
                "{\"queues\": [{\"name\": \"q\", \"vhost\": \"none\"}]} | definitions: queues[0] 'q': no vhost 'none'",
                "{\"queues\": [{\"name\": \"q\", \"vhost\": \"/\", \"durable\": 1}]} "
                        + "| definitions: queues[0] 'q': durable must be true or false, was 1",
                "{\"queues\": [{\"name\": \"q\", \"vhost\": \"/\", \"arguments\": {\"x-max-length\": -1}}]} "
                        + "| definitions: queues[0] 'q': PRECONDITION_FAILED - invalid arg 'x-max-length'",
                "{\"exchanges\": [{\"name\": \"e\", \"vhost\": \"/\", \"type\": \"bogus\"}]} "
                        + "| definitions: exchanges[0] 'e': COMMAND_INVALID - unknown exchange type 'bogus'",
                "{\"bindings\": [{\"vhost\": \"/\", \"source\": \"e\", \"destination\": \"q\"}]} "
                        + "| definitions: bindings[0]: no exchange 'e' in vhost '/'",
                "{\"policies\": [{\"name\": \"p\", \"vhost\": \"/\", \"pattern\": \"\", \"definition\": {\"bogus\": 1}}]} "
                        + "| definitions: policies[0] 'p': [{<<\"bogus\">>,1}] are not recognised policy settings",
                "{\"users\": [{\"name\": \"u\"}]}       | definitions: users[0] 'u': the field tags is absent",
                "{\"users\": [{\"name\": \"u\", \"tags\": \"\", \"password_hash\": \"AAAA\", \"hashing_algorithm\": \"rot13\"}]} "
                        + "| definitions: users[0] 'u': unknown hashing algorithm 'rot13'",
                "{\"permissions\": [{\"user\": \"u\", \"vhost\": \"/\", \"configure\": \"\", \"write\": \"\", \"read\": \"\"}]} "
                        + "| definitions: permissions[0]: no user 'u'"
            })
    void namesTheEntryThatIsInvalid(String json, String message) {
        assertThatThrownBy(() -> with(json).start().close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void tellsThatThereIsNoFile() {
        assertThatThrownBy(() -> EmbeddedBroker.builder().definitions(folder.resolve("none.json")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none.json");
    }

    @Test
    void usersOfTheBuilderHavePermissionsToo() throws Exception {
        try (EmbeddedBroker broker = withExport("3.10").user("tester", "t").start()) {
            connect(broker, "orders", "tester", "t").close();
        }
        try (EmbeddedBroker broker = with("{}").queue("q", Map.of()).start()) {
            assertThat(broker.queues()).hasSize(1);
        }
    }
}
