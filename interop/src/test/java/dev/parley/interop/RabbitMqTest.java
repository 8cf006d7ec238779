package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import tools.jackson.databind.JsonNode;

/** RabbitMQ starts, and Python's oslo.messaging talks to itself over it: what the tests of our own wire stand on. */
@OnRabbitMq
class RabbitMqTest {
    private final RabbitMq rabbit;

    RabbitMqTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Test
    void takesConnectionsOfItsOwnClient() throws Exception {
        try (Connection connection = rabbit.connect()) {
            assertThat(connection.getServerProperties().get("product")).hasToString("RabbitMQ");
        }
    }

    @Test
    void sharedNodeIsOneForTheRun(RabbitMq again) {
        assertThat(again).isSameAs(rabbit);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "V3_10")
    void newerVersionsRun(RabbitMqVersion version) throws Exception {
        NeedsPeer.Condition.assume(version.peer());
        long pid;
        try (RabbitMq newer = RabbitMq.start(version);
                Connection connection = newer.connect()) {
            assertThat(connection.getServerProperties().get("version").toString())
                    .startsWith(version.peer().installedAs().substring("rabbitmq-".length()) + ".");
            assertThat(newer.ctl("list_vhosts").strip()).endsWith("/");
            pid = newer.handle().pid();
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void secondNodeLivesBesideTheFirst() throws Exception {
        long pid;
        try (RabbitMq second = RabbitMq.start();
                Connection connection = second.connect()) {
            assertThat(connection.isOpen()).isTrue();
            assertThat(second.port()).isNotEqualTo(rabbit.port());
            assertThat(second.ctl("list_vhosts").strip()).endsWith("/");
            pid = second.handle().pid();
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
        try (Connection connection = rabbit.connect()) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    @NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
    void osloMessagingTalksToItself(Peer oslo) {
        String topic = "test-" + UUID.randomUUID();
        String url = rabbit.transportUrl();
        try (PeerProcess first = PeerProcess.start(oslo, "oslo_server.py", url, "--topic", topic);
                PeerProcess second =
                        PeerProcess.start(oslo, "oslo_server.py", url, "--topic", topic, "--server", "server2");
                PeerProcess client = PeerProcess.start(oslo, "oslo_client.py", url, "--topic", topic)) {
            assertThat(first.ready()).isEqualTo(topic + " server1");
            assertThat(second.ready()).isEqualTo(topic + " server2");

            JsonNode answer = client.call(Map.of(
                    "method",
                    "test",
                    "kwargs",
                    Map.of("arg", "hi"),
                    "context",
                    Map.of("user", "ada"),
                    "version",
                    "2.0"));
            assertThat(answer.path("ok").asString()).isEqualTo("hi");

            JsonNode failure = client.call(Map.of("method", "fail", "kwargs", Map.of("message", "no luck")));
            assertThat(failure.at("/error/type").asString()).isEqualTo("ValueError");

            client.call(Map.of("method", "who", "kind", "fanout"));
            assertThat(first.json("received").path("received").asString()).isIn("who", "test");
            assertThat(second.json("received").path("received").asString()).isIn("who", "test");

            client.call(Map.of("method", "echo", "kind", "cast", "server", "server2", "kwargs", Map.of("n", 1)));
            String last = second.line(line -> line.contains("\"echo\""));
            assertThat(last).contains("\"n\": 1");

            JsonNode stopped = client.call(
                    Map.of("method", "stop", "namespace", "control", "version", "2.0", "server", "server1"));
            assertThat(stopped.has("ok")).as(stopped.toString()).isTrue();
            assertThat(first.json("stopped").path("stopped").asBoolean()).isTrue();
            assertThat(second.isAlive()).isTrue();
        }
    }
}
