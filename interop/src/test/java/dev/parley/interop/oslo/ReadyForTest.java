package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMqVersion;
import dev.parley.oslo.admin.QueueInspector;
import dev.parley.oslo.admin.QueueInspector.Kind;
import dev.parley.oslo.admin.Readiness;
import dev.parley.oslo.admin.Readiness.Obstacle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a live RabbitMQ a later version would lose or refuse, and that what is said to mend it does. */
@NeedsPeer({Peer.RABBITMQ, Peer.OSLO_MESSAGING})
class ReadyForTest {
    private static final String OPTIONS = "?rabbit_quorum_queue=true&rabbit_transient_quorum_queue=true";

    private static Management management;

    @BeforeAll
    static void start() {
        management = new Management(RabbitMqVersion.V3_10);
    }

    @AfterAll
    static void stop() {
        management.close();
    }

    /** What the statistics tell comes some seconds late. */
    private static Readiness await(Management management, String host, String version, Predicate<Readiness> wanted)
            throws InterruptedException {
        long end = System.nanoTime() + PeerProcess.PATIENCE.toNanos();
        try (QueueInspector inspector = new QueueInspector(management.uri(), "guest", "guest", host)) {
            while (true) {
                Readiness readiness = inspector.readiness(version);
                if (wanted.test(readiness)) {
                    return readiness;
                }
                assertThat(System.nanoTime()).as(readiness.toString()).isLessThan(end);
                Thread.sleep(200);
            }
        }
    }

    private static Connection connect(String host, String name, int frameMax) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setPort(management.rabbit().port());
        factory.setVirtualHost(host);
        factory.setRequestedFrameMax(frameMax);
        return factory.newConnection(name);
    }

    @Test
    void servicesAreToldTheirOptions() throws Exception {
        String url = management.virtualHost("services");
        try (PeerProcess server = PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_server.py", url, "--topic", "compute");
                PeerProcess client =
                        PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_client.py", url, "--topic", "compute")) {
            server.ready();
            assertThat(client.call(Map.of("method", "add", "kwargs", Map.of("x", 1, "y", 2)))
                            .has("ok"))
                    .isTrue();
            Readiness readiness = await(
                    management,
                    "services",
                    "4.3",
                    found -> found.obstacles().size() >= 4
                            && found.obstacles().stream()
                                    .noneMatch(one -> one.users().isEmpty()));

            assertThat(readiness.unchecked()).isEmpty();
            assertThat(readiness.obstacles())
                    .extracting(Obstacle::kind)
                    .containsExactlyInAnyOrder(Kind.TOPIC, Kind.SERVER, Kind.FANOUT, Kind.REPLY);
            assertThat(readiness.obstacles()).allSatisfy(one -> {
                boolean privately = one.kind() == Kind.FANOUT || one.kind() == Kind.REPLY;
                assertThat(one.remedy().contains("rabbit_transient_quorum_queue=true"))
                        .isEqualTo(privately);
                assertThat(one.remedy()).contains("rabbit_quorum_queue=true");
                assertThat(one.users())
                        .singleElement()
                        .asString()
                        .startsWith(one.kind() == Kind.REPLY ? "oslo_client.py:" : "oslo_server.py:");
            });
            assertThat(await(management, "services", "4.0", found -> true).isReady())
                    .isTrue();
        }
    }

    /** With the options, on the version before and on the one that denies everything else. */
    @ParameterizedTest
    @EnumSource(names = {"V3_10", "V4_3_DENYING"})
    void theirOptionsMakeThemReady(RabbitMqVersion version) throws Exception {
        NeedsPeer.Condition.assume(version.peer());
        try (Management other = new Management(version)) {
            String url = other.virtualHost("mended") + OPTIONS;
            try (PeerProcess server =
                            PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_server.py", url, "--topic", "compute");
                    PeerProcess client =
                            PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_client.py", url, "--topic", "compute")) {
                server.ready();
                assertThat(client.call(Map.of("method", "add", "kwargs", Map.of("x", 1, "y", 2)))
                                .has("ok"))
                        .isTrue();
                Readiness readiness = await(other, "mended", "4.3", found -> true);
                assertThat(readiness.obstacles()).isEmpty();
                assertThat(readiness.unchecked()).isEmpty();
                try (PeerProcess command = command(other, "mended")) {
                    assertThat(command.exitCode()).isZero();
                }
            }
        }
    }

    @Test
    void everythingElseIsTold() throws Exception {
        management.virtualHost("rest");
        management.policy("rest", "mirrors", "^none$", "{\"ha-mode\": \"all\", \"ha-sync-mode\": \"automatic\"}");
        management.policy("rest", "places", "^none$", "{\"queue-master-locator\": \"min-masters\"}");
        try (Connection connection = connect("rest", "shop:1", 0);
                Connection small = connect("rest", "small:1", 4096)) {
            assertThat(small.isOpen()).isTrue();
            Channel channel = connection.createChannel();
            channel.queueDeclare("placed", true, false, false, Map.of("x-queue-master-locator", "client-local"));
            channel.queueDeclare("old", true, false, false, Map.of("x-queue-version", 1));
            channel.queueDeclare("timed", true, false, false, Map.of("x-consumer-timeout", 60_000));
            channel.queueDeclare("big", true, false, false, Map.of());
            channel.basicPublish("", "big", null, new byte[(16 << 20) + 1]);
            channel.queueDeclare("mine", false, true, false, Map.of());
            channel.basicQos(3, true);
            channel.basicConsume("old", false, (tag, delivery) -> {}, tag -> {});

            Readiness readiness =
                    await(management, "rest", "4.3", found -> found.obstacles().size() >= 8);
            assertThat(readiness.obstacles())
                    .extracting(one -> one.object() + " " + one.name().replaceFirst("127.*", "of") + " "
                            + String.join(",", one.users()))
                    .containsExactlyInAnyOrder(
                            "queue placed ",
                            "queue old shop:1",
                            "queue timed ",
                            "queue big ",
                            "policy mirrors ",
                            "policy places ",
                            "channel of shop:1",
                            "connection small:1 ");
            assertThat(readiness.unchecked()).isEmpty();
            assertThat(await(management, "rest", "4.0", found -> true).obstacles())
                    .extracting(Obstacle::name)
                    .containsExactlyInAnyOrder("mirrors", "big");

            try (PeerProcess command = command(management, "rest")) {
                assertThat(command.exitCode()).isEqualTo(1);
                assertThat(String.join("\n", command.rest()))
                        .contains("queue placed has the argument x-queue-master-locator, which 4.3 refuses (541)")
                        .contains("policy mirrors mirrors classic queues (ha-mode, ha-sync-mode)")
                        .contains("used by shop:1");
                assertThat(command.errors()).contains("8 things stand in the way of RabbitMQ 4.3");
            }
        }
    }

    private static PeerProcess command(Management management, String host) {
        return PeerProcess.start(
                Map.of(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.parley.cli.Main",
                        "queues",
                        management.rabbit().transportUrl() + host,
                        "--management",
                        management.uri().toString(),
                        "--ready-for",
                        "4.3"));
    }
}
