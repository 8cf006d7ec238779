package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a real RabbitMQ exports makes the embedded broker behave as that RabbitMQ, and it imports what comes back. */
@NeedsPeer(Peer.RABBITMQ)
class DefinitionsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> SECTIONS =
            List.of("users", "vhosts", "permissions", "policies", "parameters", "queues", "exchanges", "bindings");

    @TempDir
    private Path folder;

    @Test
    void goThereAndBack() throws Exception {
        try (RabbitMq rabbit = RabbitMq.start("", "rabbitmq_consistent_hash_exchange")) {
            setUp(rabbit);
            Path exported = folder.resolve("exported.json");
            rabbit.ctl("export_definitions", exported.toString());
            try (EmbeddedBroker broker = EmbeddedBroker.builder()
                    .definitions(exported)
                    .managementPort(0)
                    .start()) {
                assertThat(outcomes(broker.port())).isEqualTo(outcomes(rabbit.port()));

                Path back = Files.writeString(folder.resolve("back.json"), definitions(broker));
                assertThat(sections(back)).isEqualTo(sections(exported));
                rabbit.ctl("delete_vhost", "orders");
                rabbit.ctl("delete_user", "alice");
                rabbit.ctl("import_definitions", back.toString());
                Path again = folder.resolve("again.json");
                rabbit.ctl("export_definitions", again.toString());
                assertThat(sections(again)).isEqualTo(sections(exported));
                assertThat(outcomes(rabbit.port())).isNotEmpty();
            }
        }
    }

    private static void setUp(RabbitMq rabbit) throws Exception {
        rabbit.ctl("await_startup"); // It takes connections a moment before it takes commands.
        rabbit.ctl("add_vhost", "orders");
        rabbit.ctl("add_user", "alice", "secret");
        rabbit.ctl("set_permissions", "-p", "orders", "alice", "^lim", ".*", ".*");
        rabbit.ctl("set_permissions", "-p", "orders", "guest", ".*", ".*", ".*");
        rabbit.ctl(
                "set_policy",
                "-p",
                "orders",
                "--priority",
                "2",
                "--apply-to",
                "queues",
                "lim",
                "^lim",
                "{\"max-length\": 3, \"overflow\": \"reject-publish\"}");
        rabbit.ctl("set_policy", "-p", "orders", "other", "^", "{\"alternate-exchange\": \"unrouted\"}");
        rabbit.ctl("set_operator_policy", "-p", "orders", "--apply-to", "queues", "op", "^lim", "{\"max-length\": 2}");
        try (Connection connection = connect(rabbit.port(), "guest", "guest")) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("dead", "fanout", true);
            channel.exchangeDeclare("unrouted", "fanout", true);
            channel.exchangeDeclare("events", "topic", true);
            channel.exchangeDeclare("hash", "x-consistent-hash", true);
            channel.queueDeclare("lim", true, false, false, Map.of("x-dead-letter-exchange", "dead"));
            channel.queueDeclare("dead", true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueDeclare("rest", true, false, false, null);
            channel.queueBind("lim", "events", "a.#");
            channel.queueBind("dead", "dead", "");
            channel.queueBind("rest", "unrouted", "");
            channel.exchangeBind("dead", "events", "b.*");
            channel.queueDeclare("h1", true, false, false, null);
            channel.queueDeclare("h2", true, false, false, null);
            channel.queueBind("h1", "hash", "1");
            channel.queueBind("h2", "hash", "3");
        }
    }

    private static Connection connect(int port, String user, String password) throws Exception {
        var factory = new ConnectionFactory();
        factory.setPort(port);
        factory.setVirtualHost("orders");
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }

    private static List<String> outcomes(int port) throws Exception {
        List<String> outcomes = new ArrayList<>();
        try (Connection connection = connect(port, "alice", "secret")) {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            for (int i = 1; i <= 3; i++) {
                channel.basicPublish("events", "a.b", null, new byte[] {(byte) i});
                outcomes.add("confirmed " + channel.waitForConfirms(30_000));
            }
            channel.basicReject(channel.basicGet("lim", false).getEnvelope().getDeliveryTag(), false);
            Map<String, Object> headers = take(channel, "dead").getHeaders();
            outcomes.add("died in " + headers.get("x-first-death-queue") + ", " + headers.get("x-first-death-reason"));
            channel.basicPublish("events", "b.x", null, new byte[1]);
            take(channel, "dead");
            channel.basicPublish("events", "nowhere", null, new byte[1]);
            take(channel, "rest");
            for (int i = 0; i < 100; i++) {
                channel.basicPublish("hash", "key" + i, null, new byte[1]);
            }
            channel.waitForConfirmsOrDie(30_000);
            outcomes.add("hashed " + channel.messageCount("h1") + ", " + channel.messageCount("h2"));
            for (String queue : new String[] {"lim", "h1", "h2"}) {
                channel.queuePurge(queue);
            }
        }
        return outcomes;
    }

    private static AMQP.BasicProperties take(Channel channel, String queue) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (GetResponse got = channel.basicGet(queue, true); ; got = channel.basicGet(queue, true)) {
            if (got != null) {
                return got.getProps();
            }
            assertThat(System.nanoTime()).as("nothing in " + queue).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static String definitions(EmbeddedBroker broker) throws Exception {
        var connection =
                (HttpURLConnection) URI.create("http://127.0.0.1:" + broker.managementPort() + "/api/definitions")
                        .toURL()
                        .openConnection();
        connection.setRequestProperty(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString("guest:guest".getBytes(StandardCharsets.UTF_8)));
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The sections, each in an order of its own, with what is in them by the names of the members. */
    private static List<String> sections(Path file) throws Exception {
        JsonNode json = JSON.readTree(Files.readString(file));
        List<String> sections = new ArrayList<>();
        for (String section : SECTIONS) {
            TreeSet<String> entries = new TreeSet<>();
            for (JsonNode entry : json.path(section)) {
                Map<String, Object> fields = sorted(JSON.convertValue(entry, Map.class));
                // The command line has more of some, and less of others, than the management API.
                fields.keySet().removeAll(List.of("limits", "metadata", "internal"));
                if (section.equals("queues")) {
                    fields.remove("type");
                }
                // As the command line writes the settings of operator policies.
                entries.add(fields.toString().replace("[[max-length, 2]]", "{max-length=2}"));
            }
            sections.add(section + " " + entries);
        }
        return sections;
    }

    private static Map<String, Object> sorted(Map<?, ?> map) {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((name, value) ->
                sorted.put(String.valueOf(name), value instanceof Map<?, ?> inner ? sorted(inner) : value));
        return sorted;
    }
}
