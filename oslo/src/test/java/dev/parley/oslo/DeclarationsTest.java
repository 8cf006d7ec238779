package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exchanges, queues and bindings on the broker. The expected values were recorded from oslo.messaging 14.0.3. */
@SuppressWarnings("try") // The servers are never referenced.
class DeclarationsTest extends OnBroker {
    @Test
    void topologyMatchesPython() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            client.call("nothing", void.class);
            assertThat(exchanges())
                    .containsExactlyInAnyOrder("openstack topic - -", "test_fanout fanout - auto-delete");
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test - - {}",
                            "test.server1 - - {}",
                            "test_fanout_ID - - {x-expires=1800000}",
                            "reply_ID - - {x-expires=1800000}");
            assertThat(broker.bindings().stream()
                            .filter(binding -> !binding.source().isEmpty())
                            .map(binding -> binding.source() + " " + binding.routingKey() + " "
                                    + withoutIds(binding.destination()) + " " + binding.arguments()))
                    .containsExactlyInAnyOrder(
                            "openstack test test {}",
                            "openstack test.server1 test.server1 {}",
                            "test_fanout test test_fanout_ID {}");
        }
        // The fanout queue is deleted with its server; the reply queue expires.
        assertThat(queues())
                .containsExactlyInAnyOrder("test - - {}", "test.server1 - - {}", "reply_ID - - {x-expires=1800000}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "amqp_durable_queues=True | durable - {} | durable - | - - {x-expires=1800000}",
                "amqp_auto_delete=True | - auto-delete {} | - auto-delete | - - {x-expires=1800000}",
                "rabbit_quorum_queue=True&rabbit_quorum_delivery_limit=3 | durable - {x-delivery-limit=3,"
                        + " x-queue-type=quorum} | durable - | - - {x-expires=1800000}",
                "rabbit_ha_queues=True | - - {x-ha-policy=all} | - - | - - {x-expires=1800000, x-ha-policy=all}",
                "rabbit_transient_queues_ttl=5 | - - {} | - - | - - {x-expires=5000}",
                "rabbit_transient_queues_ttl=0 | - - {} | - - | - - {}",
            })
    void topologyWithOptionsMatchesPython(String options, String topicQueue, String exchange, String transientQueue) {
        try (RpcServer server = serve(new Endpoint(), "?" + options);
                RpcClient client = client("?" + options)) {
            client.call("nothing", void.class);
            assertThat(queues())
                    .containsExactlyInAnyOrder(
                            "test " + topicQueue,
                            "test.server1 " + topicQueue,
                            "test_fanout_ID " + transientQueue,
                            "reply_ID " + transientQueue);
            assertThat(exchanges()).contains("openstack topic " + exchange, "test_fanout fanout - auto-delete");
        }
    }

    private List<String> queues() {
        return broker.queues().stream()
                .map(queue -> withoutIds(queue.name())
                        + (queue.durable() ? " durable" : " -")
                        + (queue.autoDelete() ? " auto-delete " : " - ")
                        + new TreeMap<>(queue.arguments()))
                .toList();
    }

    private List<String> exchanges() {
        return broker.exchanges().stream()
                .filter(exchange ->
                        !exchange.name().isEmpty() && !exchange.name().startsWith("amq."))
                .map(exchange -> exchange.name() + " " + exchange.type() + (exchange.durable() ? " durable" : " -")
                        + (exchange.autoDelete() ? " auto-delete" : " -"))
                .collect(Collectors.toList());
    }

    private static String withoutIds(String name) {
        return name.replaceAll(ID, "ID");
    }

    @Test
    void existingQueuesWithOtherAttributesAreUsed() throws Exception {
        channel.exchangeDeclare("openstack", "topic", true, false, null);
        channel.queueDeclare("test", true, false, false, null);
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            assertThat(client.call("echo", Object.class, Args.named("arg", 1))).isEqualTo(Map.of("got", 1));
            assertThat(queues()).contains("test durable - {}");
        }
    }

    @Test
    void clientAndServerHaveTwoConnectionsEach() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client()) {
            client.call("nothing", void.class);
            client.prepare(o -> o.withFanout(true)).cast("nothing");
            assertThat(broker.connections())
                    .filteredOn(one -> one.clientName().startsWith("parley:"))
                    .hasSize(4);
            assertThat(broker.connections()).allMatch(one -> one.heartbeatSeconds() == 60);
        }
    }

    @Test
    void stableNamesAreTheSameAfterARestart() {
        String options = "?use_queue_manager=True&hostname=h&processname=p" + broker.port();
        try (RpcServer server = serve(new Endpoint(), options)) {
            assertThat(queues()).contains("test_fanout_h:p" + broker.port() + ":1 - - {x-expires=1800000}");
        }
        // It is kept for the restart of its server.
        assertThat(queues()).contains("test_fanout_h:p" + broker.port() + ":1 - - {x-expires=1800000}");
    }

    @Test
    void fanoutsThroughOneStream() throws InterruptedException {
        String options = "?rabbit_stream_fanout=True&rabbit_transient_quorum_queue=True&rabbit_qos_prefetch_count=10";
        Endpoint one = new Endpoint();
        Endpoint two = new Endpoint();
        try (RpcServer first = serve(one, options);
                RpcServer second = serve(two, options);
                RpcClient client = client(options)) {
            for (int i = 0; i < 30; i++) {
                client.prepare(o -> o.withFanout(true)).cast("echo", Args.named("arg", i));
            }
            for (int i = 0; i < 30; i++) {
                assertThat(one.seen.poll(20, TimeUnit.SECONDS)).isNotNull();
                assertThat(two.seen.poll(20, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(queues()).contains("test_fanout durable - {x-max-age=1800s, x-queue-type=stream}");
        }
    }
}
