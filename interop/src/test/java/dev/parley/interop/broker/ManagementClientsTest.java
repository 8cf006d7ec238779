package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Clients of RabbitMQ's management API, {@code rabbitmqadmin}, pyrabbit2 and Flower, see the same of the embedded broker
 * as of RabbitMQ. {@code rabbitmqadmin} is the one that RabbitMQ hands out.
 */
@OnRabbitMq
@NeedsPeer(Peer.RABBITMQ_MANAGEMENT)
class ManagementClientsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, JsonNode> onEmbedded = new HashMap<>();
    private static final Map<String, JsonNode> onRabbitMq = new HashMap<>();

    @BeforeAll
    static void run(@TempDir Path folder) throws Exception {
        int api = FreePorts.take();
        try (RabbitMq rabbitMq = RabbitMq.start("""
                        management.tcp.ip = 127.0.0.1
                        management.tcp.port = %d
                        """.formatted(api), "rabbitmq_management");
                EmbeddedBroker embedded =
                        EmbeddedBroker.builder().managementPort(0).start()) {
            String admin =
                    Files.write(folder.resolve("rabbitmqadmin"), download(api)).toString();
            try (PeerProcess embeddedRows = rows(embedded.managementPort(), embedded.port(), admin);
                    PeerProcess rabbitMqRows = rows(api, rabbitMq.port(), admin)) {
                read(embeddedRows, onEmbedded);
                read(rabbitMqRows, onRabbitMq);
            }
        }
    }

    @AfterAll
    static void forget() {
        onEmbedded.clear();
        onRabbitMq.clear();
    }

    private static byte[] download(int api) throws Exception {
        long end = System.nanoTime() + PeerProcess.PATIENCE.toNanos();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api + "/cli/rabbitmqadmin"))
                .build();
        // The API takes an offer of HTTP/2 badly.
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            while (true) {
                try {
                    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                    assertThat(response.statusCode()).isEqualTo(200);
                    return response.body();
                } catch (ConnectException e) { // It comes up a moment after the broker.
                    if (System.nanoTime() > end) {
                        throw e;
                    }
                    LockSupport.parkNanos(50_000_000);
                }
            }
        }
    }

    private static PeerProcess rows(int api, int amqp, String admin) {
        return PeerProcess.start(
                Peer.RABBITMQ_MANAGEMENT,
                "management_outcomes.py",
                Integer.toString(api),
                Integer.toString(amqp),
                admin);
    }

    private static void read(PeerProcess program, Map<String, JsonNode> outcomes) {
        String line = program.line(ManagementClientsTest::isWanted);
        while (!line.equals("done")) {
            JsonNode row = JSON.readTree(line);
            outcomes.put(row.get("row").asString(), row.get("outcome"));
            line = program.line(ManagementClientsTest::isWanted);
        }
        assertThat(program.exitCode()).isZero();
    }

    private static boolean isWanted(String line) {
        return line.startsWith("{") || line.equals("done");
    }

    @TestFactory
    List<DynamicTest> sameOutcomes() {
        assertThat(onRabbitMq).hasSize(10);
        return onRabbitMq.keySet().stream()
                .sorted()
                .map(row -> DynamicTest.dynamicTest(row, () -> {
                    JsonNode expected = onRabbitMq.get(row);
                    assertThat(expected.isArray())
                            .as("on RabbitMQ: %s", expected)
                            .isTrue();
                    assertThat(onEmbedded.get(row)).isEqualTo(expected);
                }))
                .toList();
    }
}
