package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.broker.ManagementClient.Answer;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The management API of the embedded broker beside RabbitMQ's: the same requests to both, and the answers compared
 * field by field.
 */
@NeedsPeer(Peer.RABBITMQ)
class ManagementComparisonTest {
    /** What the embedded broker has not: no rates, nothing of Erlang, no history of statistics. */
    private static final Set<String> LEFT_OUT = Set.of(
            // rates
            "messages_details",
            "messages_ready_details",
            "messages_unacknowledged_details",
            "ack_details",
            "confirm_details",
            "deliver_details",
            "deliver_get_details",
            "deliver_no_ack_details",
            "drop_unroutable_details",
            "get_details",
            "get_empty_details",
            "get_no_ack_details",
            "publish_details",
            "publish_in_details",
            "publish_out_details",
            "redeliver_details",
            "return_unroutable_details",
            "recv_oct_details",
            "send_oct_details",
            "reductions_details",
            "sample_retention_policies",
            // Erlang and its storage
            "backing_queue_status",
            "garbage_collection",
            "reductions",
            "erlang_version",
            "erlang_full_version",
            "cowboy_opts",
            "open_files",
            "readers",
            "disk_reads",
            "disk_reads_details",
            "disk_writes",
            "disk_writes_details",
            // not measured
            "consumer_capacity",
            "consumer_utilisation",
            "recv_oct",
            "send_oct",
            "user_who_performed_action",
            "channel_closed",
            "channel_closed_details",
            "channel_created",
            "channel_created_details",
            "connection_closed_details",
            "connection_created_details",
            "queue_created",
            "queue_created_details",
            "queue_declared",
            "queue_declared_details",
            "queue_deleted",
            "queue_deleted_details");

    /** Values of another machine, time or place. */
    private static final Set<String> VARYING = Set.of(
            "idle_since",
            "connected_at",
            "memory",
            "peer_port",
            "port",
            "recv_cnt",
            "send_cnt",
            "recv_oct",
            "send_oct",
            "cluster_name",
            "os_pid",
            "uptime",
            "sockets_used",
            "connection_created",
            "connection_closed",
            "rates_mode",
            "socket_opts",
            "password_hash",
            // With arguments it ends in a hash that only Erlang has.
            "properties_key");

    /** RabbitMQ shows these of a virtual host only once its statistics have come. */
    private static final Set<String> ADDED = Set.of("messages", "messages_ready", "messages_unacknowledged");

    private static final JsonComparison COMPARISON = new JsonComparison(LEFT_OUT, VARYING, ADDED);

    private static RabbitMq rabbit;
    private static EmbeddedBroker embedded;
    private static ManagementClient real;
    private static ManagementClient ours;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePorts.take();
        rabbit = RabbitMq.start("""
            management.tcp.ip = 127.0.0.1
            management.tcp.port = %d
            collect_statistics_interval = 500
            """.formatted(port), "rabbitmq_management");
        embedded = EmbeddedBroker.builder().managementPort(0).start();
        real = new ManagementClient(port);
        ours = new ManagementClient(embedded.managementPort());
        real.await("whoami", answer -> answer.has("name"));
    }

    @AfterAll
    static void stop() {
        real.close();
        ours.close();
        embedded.close();
        rabbit.close();
    }

    /** One after the other, since each changes what the next one sees. */
    @Test
    void requestsAreAnsweredAlike() throws Exception {
        List<String> differences = new ArrayList<>();
        int requests = 0;
        for (String line : lines()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = (line.startsWith("@") ? line.substring(1) : "guest:guest " + line).split(" ", 4);
            String body = parts.length > 3 ? parts[3] : "";
            Answer expected = real.call(parts[0], parts[1], parts[2], body);
            Answer answer = ours.call(parts[0], parts[1], parts[2], body);
            if (expected.status() != answer.status()) {
                differences.add(line + "\n    " + expected + " on RabbitMQ, here " + answer);
            }
            if (!expected.location().contains("~") && !expected.location().equals(answer.location())) {
                differences.add(
                        line + "\n    Location: " + expected.location() + " on RabbitMQ, here " + answer.location());
            }
            COMPARISON
                    .differences(expected.body(), answer.body())
                    .forEach(difference -> differences.add(line + "\n    " + difference));
            requests++;
        }
        assertThat(differences).isEmpty();
        assertThat(requests).isGreaterThan(250);
    }

    private static List<String> lines() throws Exception {
        try (InputStream in = ManagementComparisonTest.class.getResourceAsStream("/management/requests.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    /** What a client does to a broker, by AMQP. */
    private static final class Client implements AutoCloseable {
        final Connection connection;
        final CompletableFuture<String> closed = new CompletableFuture<>();

        Client(int port, String virtualHost) throws Exception {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setHost("127.0.0.1");
            factory.setPort(port);
            factory.setVirtualHost(virtualHost);
            factory.setAutomaticRecoveryEnabled(false);
            connection = factory.newConnection("the client");
            connection.addShutdownListener((ShutdownSignalException e) -> closed.complete(e.getMessage()));
            Channel channel = connection.createChannel();
            channel.basicQos(7);
            channel.queueDeclare("classic", true, false, false, Map.of("x-max-length", 5));
            channel.queueDeclare("quorum", true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueDeclare("own", false, true, false, Map.of());
            channel.exchangeDeclare("topics", "topic", true);
            channel.queueBind("classic", "topics", "key");
            Channel confirming = connection.createChannel();
            confirming.confirmSelect();
            BasicProperties persistent =
                    new BasicProperties.Builder().deliveryMode(2).build();
            for (int i = 0; i < 4; i++) {
                channel.basicPublish("topics", "key", persistent, "hello".getBytes(StandardCharsets.UTF_8));
                confirming.basicPublish("", "quorum", null, "hello, world".getBytes(StandardCharsets.UTF_8));
            }
            confirming.basicPublish("topics", "nowhere", true, null, new byte[1]);
            confirming.waitForConfirmsOrDie(PeerProcess.PATIENCE.toMillis());
            // RabbitMQ's queues count before they take what was published without confirms.
            long deadline = System.nanoTime() + PeerProcess.PATIENCE.toNanos();
            while (channel.messageCount("classic") < 4 && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            assertThat(channel.messageCount("classic")).isEqualTo(4);
            channel.basicGet("classic", false);
            channel.basicGet("classic", true);
            channel.basicGet("own", true);
            channel.basicAck(channel.basicGet("quorum", false).getEnvelope().getDeliveryTag(), false);
            channel.basicConsume(
                    "own", false, "one", false, false, Map.of("x-priority", 3), (tag, message) -> {}, tag -> {});
            channel.basicConsume("quorum", false, "two", (tag, message) -> {}, tag -> {});
        }

        @Override
        public void close() {
            connection.abort();
        }
    }

    @Test
    void whatClientsDoIsShownAlike() throws Exception {
        for (ManagementClient api : List.of(real, ours)) {
            assertThat(api.call("PUT", "vhosts/live", "{}").status()).isEqualTo(201);
        }
        try (Client onReal = new Client(rabbit.port(), "live");
                Client onOurs = new Client(embedded.port(), "live")) {
            Predicate<JsonNode> counted = queue -> queue.at("/messages").asInt() == 3
                    && queue.at("/message_stats/get").asInt() > 0
                    && !queue.path("idle_since").asString("").isEmpty()
                            == queue.at("/type").asString().equals("classic");
            List<String> differences = new ArrayList<>();
            compare("queues/live/classic", counted, differences);
            compare("queues/live/quorum", counted, differences);
            compare(
                    "queues/live/own",
                    queue -> queue.at("/consumers").asInt() == 1
                            && queue.at("/message_stats/get_empty").asInt() == 1,
                    differences);
            compare("queues/live?page=1&page_size=2&name=o&sort=name&columns=name,messages", any -> true, differences);
            compare(
                    "exchanges/live/topics",
                    it -> it.at("/message_stats/publish_in").asInt() == 5,
                    differences);
            compare("consumers/live?sort=consumer_tag", it -> it.size() == 2, differences);
            Predicate<JsonNode> channels = it -> it.size() == 2
                    && it.at("/0/message_stats/deliver").asInt() == 3
                    && it.at("/1/message_stats/confirm").asInt() == 5
                    && it.at("/0/idle_since").isString()
                    && it.at("/1/idle_since").isString();
            compare("vhosts/live/channels?sort=number", channels, differences);
            compare(
                    "vhosts/live/connections",
                    it -> it.size() == 1 && it.at("/0/channels").asInt() == 2,
                    differences);
            compare("connections/username/guest", it -> it.size() == 1, differences);
            compare("vhosts/live", it -> it.at("/message_stats/deliver").asInt() == 3, differences);
            compare("bindings/live", it -> true, differences);
            compare(
                    "overview?columns=management_version,product_name,product_version,rabbitmq_version,exchange_types,"
                            + "queue_totals,object_totals,contexts,cluster_name",
                    it -> it.at("/object_totals/channels").asInt() == 2,
                    differences);
            compare(
                    "nodes?columns=name,type,running,partitions,mem_alarm,disk_free_alarm,exchange_types,contexts,"
                            + "enabled_plugins,os_pid,uptime,sockets_used,processors",
                    it -> it.at("/0/running").asBoolean(),
                    differences);
            assertThat(differences).isEmpty();

            closeConnections(onReal, onOurs);
        } finally {
            for (ManagementClient api : List.of(real, ours)) {
                api.call("DELETE", "vhosts/live", "");
            }
        }
    }

    private static void closeConnections(Client onReal, Client onOurs) throws Exception {
        List<String> reasons = new ArrayList<>();
        for (ManagementClient api : List.of(real, ours)) {
            String name = api.get("vhosts/live/connections").at("/0/name").asString();
            assertThat(api.get("channels/" + part(name + " (1)")).path("consumer_details"))
                    .hasSize(2);
            assertThat(api.call("DELETE", "connections/" + part(name), "").status())
                    .isEqualTo(204);
            Client client = api == real ? onReal : onOurs;
            reasons.add(client.closed.get(PeerProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }
        assertThat(reasons.get(0)).contains("CONNECTION_FORCED - Closed via management plugin");
        assertThat(reasons.get(1)).isEqualTo(reasons.get(0));
    }

    private static String part(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void compare(String path, Predicate<JsonNode> complete, List<String> differences) throws Exception {
        JsonNode expected = real.await(path, complete);
        JsonNode answer = ours.await(path, complete);
        COMPARISON.differences(expected, answer).forEach(difference -> differences.add(path + "\n    " + difference));
    }
}
