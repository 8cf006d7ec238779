package dev.parley.oslo.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.oslo.admin.QueueInspector.Kind;
import dev.parley.oslo.admin.QueueInspector.OsloQueue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // The servers are never referenced.
class QueueInspectorTest {
    @Test
    void explainsQueuesAndDeletesAbandonedOnes() throws Exception {
        class Endpoint {
            @SuppressWarnings("UnusedMethod") // Called by its name.
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
                        .listen(broker.address(), Target.topic("compute").withServer("host.example.org"))
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
                                            .equals("calls and casts to server host.example.org of topic compute")
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

    @Test
    void onlyWhatIsKnownIsSaidAsAFact() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().managementPort(0).start()) {
            factory.setUri(broker.amqpUri());
            try (Connection connection = factory.newConnection();
                    QueueInspector inspector = new QueueInspector(
                            URI.create("http://127.0.0.1:" + broker.managementPort()), "guest", "guest", "/")) {
                Channel channel = connection.createChannel();
                channel.exchangeDeclare("openstack", "topic");
                channel.exchangeDeclare("celery", "direct");
                bind(channel, "celery", "celery", "celery");
                bind(channel, "news", "openstack", "news.*");
                bind(channel, "alone", "openstack", "alone");
                bind(channel, "a.b", "openstack", "a.b");
                bind(channel, "a.b.host.1", "openstack", "a.b.host.1");
                bind(channel, "notifications.error", "openstack", "notifications.error");
                bind(channel, "telemetry", "openstack", "notifications.info");
                bind(channel, "telemetry", "openstack", "notifications.error");
                channel.queueDeclare("dead", true, false, false, Map.of());
                channel.queueDeclare("alone.dead-letters", true, false, false, Map.of());
                channel.queueDeclare("alone.retry.1000", true, false, false, Map.of());
                bind(channel, "parley_watch_1", "openstack", "notifications.info");
                assertThat(inspector.queues())
                        .extracting(OsloQueue::name, OsloQueue::kind, OsloQueue::explanation)
                        .containsExactly(
                                tuple("a.b", Kind.TOPIC, "calls and casts to any server of topic a.b"),
                                tuple("a.b.host.1", Kind.SERVER, "calls and casts to server host.1 of topic a.b"),
                                tuple("alone", Kind.TOPIC, "perhaps calls and casts to any server of topic alone"),
                                tuple("alone.dead-letters", Kind.OTHER, "perhaps dead letters of queue alone"),
                                tuple(
                                        "alone.retry.1000",
                                        Kind.OTHER,
                                        "perhaps notifications of queue alone that wait to be delivered again"),
                                tuple(
                                        "celery",
                                        Kind.OTHER,
                                        "not as oslo.messaging declares queues: bound to direct exchange celery with"
                                                + " key 'celery'"),
                                tuple(
                                        "dead",
                                        Kind.OTHER,
                                        "not as oslo.messaging declares queues: bound to no exchange"),
                                tuple(
                                        "news",
                                        Kind.OTHER,
                                        "not as oslo.messaging declares queues: bound to topic exchange openstack with"
                                                + " key 'news.*'"),
                                tuple(
                                        "notifications.error",
                                        Kind.NOTIFICATION,
                                        "notifications of priority error on topic notifications"),
                                tuple(
                                        "parley_watch_1",
                                        Kind.NOTIFICATION,
                                        "notifications on topic notifications for one listener that only watches"),
                                tuple(
                                        "telemetry",
                                        Kind.NOTIFICATION,
                                        "notifications on topic notifications for the listeners of pool telemetry"));
                assertThat(inspector.queues())
                        .filteredOn(OsloQueue::isUnread)
                        .extracting(OsloQueue::name)
                        .containsExactly("notifications.error", "parley_watch_1", "telemetry");
                channel.basicConsume("telemetry", (tag, delivery) -> {}, tag -> {});
                assertThat(inspector.queues())
                        .filteredOn(OsloQueue::isUnread)
                        .extracting(OsloQueue::name)
                        .containsExactly("notifications.error", "parley_watch_1");
            }
        }
    }

    private static void bind(Channel channel, String queue, String exchange, String key) throws Exception {
        channel.queueDeclare(queue, false, false, false, Map.of());
        channel.queueBind(queue, exchange, key);
    }

    @Test
    void queuesThatOnlyLookLikeFanoutsAreNotAbandoned() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        try (EmbeddedBroker broker = EmbeddedBroker.builder().managementPort(0).start()) {
            factory.setUri(broker.amqpUri());
            try (Connection connection = factory.newConnection();
                    QueueInspector inspector = new QueueInspector(
                            URI.create("http://127.0.0.1:" + broker.managementPort()), "guest", "guest", "/")) {
                Channel channel = connection.createChannel();
                channel.exchangeDeclare("openstack", "topic");
                channel.queueDeclare("to_fanout", false, false, false, Map.of());
                channel.queueBind("to_fanout", "openstack", "to_fanout");
                channel.exchangeDeclare("all_fanout", "fanout");
                channel.queueDeclare("all_fanout", true, false, false, Map.of("x-queue-type", "stream"));
                channel.queueBind("all_fanout", "all_fanout", "all");
                String lost = "to_fanout_fanout_0123456789abcdef0123456789abcdef";
                channel.exchangeDeclare("to_fanout_fanout", "fanout");
                channel.queueDeclare(lost, false, false, false, Map.of());
                channel.queueBind(lost, "to_fanout_fanout", "to_fanout");
                assertThat(inspector.queues())
                        .extracting(OsloQueue::name, OsloQueue::kind, OsloQueue::isLeaked, OsloQueue::explanation)
                        .containsExactly(
                                tuple("all_fanout", Kind.FANOUT, false, "casts to all servers of topic all"),
                                tuple(
                                        "to_fanout",
                                        Kind.TOPIC,
                                        false,
                                        "calls and casts to any server of topic to_fanout"),
                                tuple(lost, Kind.FANOUT, true, "casts to all servers of topic to_fanout"));
            }
        }
    }
}
