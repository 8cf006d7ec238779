package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.oslo.QueueInspector.Kind;
import dev.parley.oslo.QueueInspector.OsloQueue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Servers are there to be called, not referenced.
class QueueInspectorTest {
    @Test
    void explainsQueuesAndRemovesThoseLeftBehind() throws Exception {
        class Endpoint {
            @SuppressWarnings("UnusedMethod") // Called by name.
            public void nothing() {}
        }
        ConnectionFactory factory = new ConnectionFactory();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().managementPort(0).start()) {
            factory.setUri(broker.amqpUri());
            URI management = URI.create("http://127.0.0.1:" + broker.managementPort());
            try (Connection connection = factory.newConnection();
                    QueueInspector inspector = new QueueInspector(management, "guest", "guest", "/")) {
                Channel channel = connection.createChannel();
                channel.queueDeclare("unrelated", false, false, false, Map.of());
                try (RpcServer server = RpcServer.builder()
                        .endpoint(new Endpoint())
                        .listen(broker.address(), Target.topic("compute").server("host.example.org"))
                        .build()
                        .start()) {
                    try (RpcClient client = RpcClient.connect(broker.address(), Target.topic("compute"))) {
                        client.call("nothing", void.class);
                    }
                    channel.queueDeclare("notifications.info", false, false, false, Map.of());
                    channel.queueBind("notifications.info", "openstack", "notifications.info");
                    List<OsloQueue> queues = inspector.queues();
                    assertThat(queues)
                            .extracting(OsloQueue::kind)
                            .containsExactlyInAnyOrder(
                                    Kind.TOPIC, Kind.SERVER, Kind.FANOUT, Kind.REPLY, Kind.NOTIFICATION, Kind.OTHER);
                    assertThat(queues)
                            .filteredOn(queue -> queue.kind() == Kind.SERVER)
                            .allMatch(queue -> queue.explanation()
                                            .equals(
                                                    "calls and casts to the one server host.example.org of topic compute")
                                    && queue.bindings().equals(List.of("openstack/compute.host.example.org"))
                                    && queue.consumers() == 1);
                    List<OsloQueue> leaked =
                            queues.stream().filter(OsloQueue::isLeaked).toList();
                    assertThat(leaked).extracting(OsloQueue::kind).containsExactly(Kind.REPLY);
                    assertThat(inspector.delete(leaked.getFirst())).isTrue();
                    assertThat(inspector.delete(leaked.getFirst())).isFalse();
                    assertThat(inspector.queues())
                            .noneMatch(OsloQueue::isLeaked)
                            .hasSize(5);
                    assertThat(queues.stream()
                                    .filter(queue -> queue.kind() == Kind.TOPIC)
                                    .map(inspector::delete))
                            .containsExactly(false);
                }
            }
            try (QueueInspector stranger = new QueueInspector(management, "guest", "wrong", "/")) {
                assertThatThrownBy(stranger::queues).isInstanceOf(AccessDeniedException.class);
            }
            broker.close();
            try (QueueInspector late = new QueueInspector(management, "guest", "guest", "/")) {
                assertThatThrownBy(late::queues).isInstanceOf(ConnectionLostException.class);
            }
        }
    }
}
