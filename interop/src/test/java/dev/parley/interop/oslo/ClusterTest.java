package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMqCluster;
import dev.parley.interop.RabbitMqVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cluster of three nodes, of which one is killed, cut off, or stands still while clients and servers are at work.
 * Each test leaves all three running.
 */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@NeedsPeer(Peer.RABBITMQ)
@ParameterizedClass(name = "{0}")
@MethodSource("versions")
class ClusterTest {
    /** Queues that live on all nodes, so that one node more or less does not matter. */
    private static final String REPLICATED = "&rabbit_quorum_queue=true&rabbit_transient_quorum_queue=true";

    /** Casts, and calls, of each client. */
    private static final int SOME = 50;

    private static @Nullable RabbitMqCluster running;

    @Parameter
    RabbitMqVersion version;

    private final RabbitMqCluster cluster = Objects.requireNonNull(running);

    static Stream<RabbitMqVersion> versions() {
        return Stream.of(RabbitMqVersion.V3_10, RabbitMqVersion.V4_3).filter(RabbitMqVersion::isWanted);
    }

    @BeforeParameterizedClassInvocation
    static void start(RabbitMqVersion version) {
        NeedsPeer.Condition.assume(version.peer());
        running = RabbitMqCluster.start(version);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    @Test
    void noConfirmedCastIsLostWhenTheLeadersNodeIsKilled() throws Exception {
        nothingIsLost("", cluster::kill, cluster::start);
    }

    @Test
    void noConfirmedCastIsLostWhenTheLeadersNodeIsCutOff() throws Exception {
        nothingIsLost("", cluster::cut, cluster::heal);
    }

    @Test
    void noConfirmedCastIsLostWhenTheLeadersNodeStandsStill() throws Exception {
        nothingIsLost("&heartbeat_timeout_threshold=5", cluster::pause, cluster::resume);
    }

    /** Gets the leader's node into trouble, and out of it. */
    private void nothingIsLost(String options, IntConsumer trouble, IntConsumer end) throws Exception {
        try (Load load = new Load(cluster.transportUrl(), REPLICATED + options, 3)) {
            load.awaitMore(SOME);
            int leader = cluster.home(load.topic());
            trouble.accept(leader);
            try {
                load.awaitMore(SOME);
            } finally {
                end.accept(leader);
            }
            load.awaitMore(SOME);
            load.assertNothingLost();
        }
    }

    @Test
    void noConfirmedCastIsLostWhenTheOnlyBrokerIsKilledAndComesBack() throws Exception {
        // Queues of this one node alone, on its disk.
        try (Load load = new Load(cluster.transportUrl(2), "&amqp_durable_queues=true", 3)) {
            load.awaitMore(SOME);
            cluster.kill(2);
            cluster.start(2);
            load.awaitMore(SOME);
            load.assertNothingLost();
        }
    }

    @Test
    void noNotificationIsLostWhenTheLeadersNodeIsKilled(@TempDir Path folder) throws Exception {
        String url = cluster.transportUrl() + "?" + REPLICATED.substring(1);
        try (NotificationLoad load = new NotificationLoad(url, 3_000, folder)) {
            load.publish(0, 1_000);
            int leader = cluster.home(load.topic() + ".info");
            cluster.kill(leader);
            try {
                load.publish(1_000, 2_000);
            } finally {
                cluster.start(leader);
            }
            load.publish(2_000, 3_000);
            load.assertAllArrive();
        }
    }

    @Test
    void callsAndCastsGoOnWhenQueuesAreGoneWithTheirNode() throws Exception {
        try (Load load = new Load(cluster.transportUrl(), "&control_exchange=mortal", 2)) {
            load.awaitMore(SOME);
            int home = cluster.home(load.topic());
            cluster.kill(home);
            try {
                if (version == RabbitMqVersion.V3_10) {
                    load.awaitMore(SOME);
                } // 4.3 keeps the queues of a node that is gone, and does not respond to their declaration for 72 s.
            } finally {
                cluster.start(home);
            }
            load.awaitMore(SOME);
            load.assertNobodyHangs();
        }
    }

    /** What is served. */
    public static class Endpoint {
        public int twice(int n) {
            return 2 * n;
        }
    }

    @Test
    void clientsSpreadOverTheNodesAndLeaveOneThatIsGone() {
        Target topic = Target.topic("spread-" + UUID.randomUUID());
        String url = cluster.transportUrl() + "?" + REPLICATED.substring(1);
        List<RpcClient> clients = new ArrayList<>();
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(url, topic.withServer("s"))
                .build()
                .start()) {
            for (int i = 0; i < 20; i++) {
                clients.add(RpcClient.builder(url)
                        .target(topic)
                        .timeout(Duration.ofSeconds(30))
                        .build());
            }
            callAll(clients);
            // The odds that one of three is chosen by none of 20 are below 1 in 1000.
            assertThat(connections()).containsOnlyKeys(cluster.port(1), cluster.port(2), cluster.port(3));
            cluster.kill(3);
            try {
                callAll(clients);
                Load.await(
                        () -> connections().values().stream().mapToLong(n -> n).sum() == 42);
                assertThat(connections()).containsOnlyKeys(cluster.port(1), cluster.port(2));
                // New ones find their way too, whichever host they begin with.
                for (int i = 0; i < 5; i++) {
                    try (RpcClient late = RpcClient.builder(url)
                            .target(topic)
                            .timeout(Duration.ofSeconds(30))
                            .build()) {
                        callAll(List.of(late));
                    }
                }
            } finally {
                cluster.start(3);
            }
        } finally {
            clients.forEach(RpcClient::close);
        }
    }

    private static void callAll(List<RpcClient> clients) {
        for (RpcClient client : clients) {
            assertThat(call(client)).isEqualTo(42);
        }
    }

    private static int call(RpcClient client) {
        while (true) {
            try {
                return client.call("twice", int.class, Args.named("n", 21));
            } catch (ConnectionLostException e) {
                // It had not noticed yet that its host is gone.
            }
        }
    }

    /** How many connections each port has. */
    private Map<Integer, Long> connections() {
        return cluster.ctl(2, "list_connections port")
                .lines()
                .filter(line -> line.matches("\\d+"))
                .collect(Collectors.groupingBy(Integer::valueOf, Collectors.counting()));
    }
}
