package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.http.client.Client;
import com.rabbitmq.http.client.ClientParameters;
import com.rabbitmq.http.client.HttpClientException;
import com.rabbitmq.http.client.domain.BindingInfo;
import com.rabbitmq.http.client.domain.ExchangeInfo;
import com.rabbitmq.http.client.domain.OutboundMessage;
import com.rabbitmq.http.client.domain.PolicyInfo;
import com.rabbitmq.http.client.domain.QueueInfo;
import com.rabbitmq.http.client.domain.UserPermissions;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** RabbitMQ's own HTTP client for Java on the management APIs of the embedded broker and of RabbitMQ. */
@NeedsPeer(Peer.RABBITMQ)
class RabbitMqHttpClientTest {
    private static final String HOST = "http-client";

    private static String told(Callable<?> call) throws Exception {
        try {
            return String.valueOf(call.call());
        } catch (HttpClientException e) {
            return "HTTP " + e.status();
        }
    }

    private static Callable<?> done(Runnable action) {
        return () -> {
            action.run();
            return "done";
        };
    }

    private static List<String> outcomes(int port) throws Exception {
        Client client = new Client(new ClientParameters()
                .url("http://127.0.0.1:" + port + "/api/")
                .username("guest")
                .password("guest"));
        List<String> outcomes = new ArrayList<>();
        for (Callable<?> call : calls(client)) {
            outcomes.add(told(call));
        }
        return outcomes;
    }

    private static List<Callable<?>> calls(Client client) {
        QueueInfo durable = new QueueInfo(true, false, false, Map.of("x-max-length", 7));
        return List.of(
                () -> client.whoAmI().getName(),
                () -> client.getNodes().size(),
                () -> client.getOverview().getExchangeTypes().size(),
                done(() -> client.createVhost(HOST, "for tests", "one", "two")),
                () -> client.getVhost(HOST).getDescription(),
                () -> client.getVhost(HOST).getTags(),
                done(() -> client.createUser("http-user", "secret".toCharArray(), List.of("monitoring"))),
                () -> client.getUser("http-user").getTags(),
                done(() -> client.updatePermissions(HOST, "http-user", new UserPermissions("c", "w", "r"))),
                () -> client.getPermissions(HOST, "http-user").getConfigure(),
                done(() -> client.updatePermissions(HOST, "guest", new UserPermissions(".*", ".*", ".*"))),
                () -> client.alivenessTest(HOST),
                done(() -> client.declareExchange(HOST, "x", new ExchangeInfo("topic", true, false))),
                () -> client.getExchange(HOST, "x").getType(),
                done(() -> client.declareQueue(HOST, "q", durable)),
                done(() -> client.declareQueue(HOST, "q", new QueueInfo(false, false, false))),
                () -> client.getQueue(HOST, "q").getArguments(),
                done(() -> client.bindQueue(HOST, "q", "x", "a.*", Map.of("n", 1))),
                done(() -> client.bindQueue(HOST, "q", "x", "b.#")),
                () -> client.getQueueBindingsBetween(HOST, "x", "q").stream()
                        .map(BindingInfo::getRoutingKey)
                        .sorted()
                        .toList(),
                () -> client.publish(HOST, "x", "a.b", new OutboundMessage().payload("hello")),
                () -> client.publish(HOST, "x", "c", new OutboundMessage().payload("nowhere")),
                () -> Objects.requireNonNull(client.get(HOST, "q")).getPayload(),
                done(() -> client.declarePolicy(HOST, "p", new PolicyInfo("^q", 3, "queues", Map.of("max-length", 5)))),
                () -> client.getPolicies(HOST).get(0).getDefinition(),
                done(() -> client.deletePolicy(HOST, "p")),
                done(() -> client.purgeQueue(HOST, "q")),
                done(() -> client.purgeQueue(HOST, "missing")),
                done(() -> client.unbindQueue(HOST, "q", "x", "b.#")),
                () -> client.getQueueBindings(HOST, "q").size(),
                done(() -> client.deleteQueue(HOST, "q")),
                () -> client.getQueue(HOST, "q"),
                done(() -> client.deleteExchange(HOST, "x")),
                () -> client.getDefinitions().getVhosts().stream()
                        .anyMatch(host -> host.getName().equals(HOST)),
                done(() -> client.clearPermissions(HOST, "http-user")),
                done(() -> client.deleteUser("http-user")),
                () -> client.getUser("http-user"),
                done(() -> client.deleteVhost(HOST)),
                () -> client.getVhost(HOST));
    }

    @Test
    @SuppressWarnings("try") // The node is there to be asked by its port.
    void bothTellTheSame() throws Exception {
        int port = FreePorts.take();
        try (RabbitMq rabbit = RabbitMq.start(
                        "management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = %d\n".formatted(port),
                        "rabbitmq_management");
                ManagementClient management = new ManagementClient(port);
                EmbeddedBroker embedded =
                        EmbeddedBroker.builder().managementPort(0).start()) {
            management.await("whoami", answer -> answer.has("name"));
            List<String> real = outcomes(port);
            assertThat(outcomes(embedded.managementPort())).isEqualTo(real);
            assertThat(real).contains("[one, two]", "hello", "HTTP 400", "{max-length=5}");
        }
    }
}
