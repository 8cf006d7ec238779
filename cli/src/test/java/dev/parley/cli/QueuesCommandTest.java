package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.Args;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.cli.Cli.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueuesCommandTest {
    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().managementPort(0).start();

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    private Run queues(String... options) {
        String[] args = new String[4 + options.length];
        args[0] = "queues";
        args[1] = broker.address();
        args[2] = "--management";
        args[3] = "http://127.0.0.1:" + broker.managementPort();
        System.arraycopy(options, 0, args, 4, options.length);
        return Cli.run(args);
    }

    /** Looks at the broker while a server and a client are on it that have exchanged a call. */
    private void whileInUse(Runnable look) {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Calculator())
                        .listen(broker.address(), Target.topic("test").withServer("one"))
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri(), Target.topic("test"))) {
            assertThat(client.call("add", int.class, Args.named("x", 2).and("y", 3)))
                    .isEqualTo(5);
            look.run();
        }
    }

    @Test
    void tellsWhatEachQueueIsFor() {
        whileInUse(() -> {
            Run run = queues();

            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .containsPattern("(?m)^test +0 messages +1 consumers  calls and casts to any server of topic test$")
                    .containsPattern("(?m)^test\\.one .* calls and casts to server one of topic test$")
                    .containsPattern("(?m)^test_fanout_.* casts to all servers of topic test$")
                    .containsPattern("(?m)^reply_.* replies to one client$")
                    .doesNotContain("left behind");
            assertThat(queues("--leaked").out()).isEmpty();
        });
    }

    @Test
    void showsNotificationsThatNobodyReads() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            channel.exchangeDeclare("openstack", "topic");
            channel.queueDeclare("notifications.info", false, false, false, null);
            channel.queueBind("notifications.info", "openstack", "notifications.info");
            channel.basicPublish("openstack", "notifications.info", null, new byte[] {1});
            channel.queueDeclare("tasks", false, false, false, null);

            assertThat(queues().out())
                    .containsPattern("(?m)^notifications.info +1 messages +0 consumers"
                            + "  notifications of priority info on topic notifications  nobody reads it$")
                    .containsPattern("(?m)^tasks .* not as oslo.messaging declares queues: bound to no exchange$");
        }
    }

    @Test
    void deletesWhatIsLeftBehindOnlyWhenTold() {
        whileInUse(() -> {});
        // The client is gone; its reply queue stays until it expires.
        assertThat(queues("--leaked").out()).startsWith("reply_").contains("left behind?");

        Run dry = queues("--delete-leaked", "--dry-run");
        assertThat(dry.out()).startsWith("reply_");
        assertThat(dry.err()).contains("dry run");
        assertThat(queues("--leaked").out()).startsWith("reply_");

        assertThat(queues("--delete-leaked", "--yes").err()).contains("1 of 1 deleted");
        assertThat(queues("--leaked").out()).isEmpty();
        assertThat(queues().out()).contains("topic test");
    }

    @Test
    void tellsWhatALaterVersionRefuses() throws Exception {
        assertThat(queues("--ready-for", "4.3").exitCode()).isEqualTo(ExitCode.OK);

        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        try (Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            channel.queueDeclare("tasks", false, false, false, null);
            channel.queueDeclare("mine", false, true, false, null);
            channel.queueDeclare("kept", true, false, false, null);

            Run run = queues("--ready-for", "4.3");
            assertThat(run.exitCode()).isEqualTo(ExitCode.NOT_READY);
            assertThat(run.out())
                    .startsWith("queue tasks is shared and not durable: 4.3 refuses to declare it (541)")
                    .contains("\n    declare it durable, or exclusive if one connection alone uses it\n");
            assertThat(run.err()).contains("1 thing stands in the way of RabbitMQ 4.3");

            Run json = queues("--ready-for", "4.3", "--json");
            assertThat(json.exitCode()).isEqualTo(ExitCode.NOT_READY);
            assertThat(Json.mapper()
                            .readTree(json.out())
                            .at("/obstacles/0/name")
                            .asString())
                    .isEqualTo("tasks");

            Run earlier = queues("--ready-for", "4.0");
            assertThat(earlier.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(earlier.err()).contains("nothing stands in the way of RabbitMQ 4.0");
        }
        assertThat(queues("--ready-for", "5").err())
                .contains("unknown version '5' of RabbitMQ: expected one of 4.0, 4.3");
        assertThat(queues("--ready-for", "4.3", "--leaked").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void saysWhereNoManagementApiIs() {
        int port = broker.managementPort();
        broker.close();

        Run run = Cli.run("queues", "rabbit://127.0.0.1/", "--management", "http://127.0.0.1:" + port);

        assertThat(run.exitCode()).isEqualTo(ExitCode.NO_CONNECTION);
        assertThat(run.err()).contains("failed to reach the management API at http://127.0.0.1:" + port);
        assertThat(Cli.run("queues", "tcp://127.0.0.1:1").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
