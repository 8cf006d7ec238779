package dev.parley.oslo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * An embedded broker per test, with a channel of RabbitMQ's own client, and a server and a client for topic
 * {@code test}.
 */
abstract class OnBroker {
    /** Random names have 32 hexadecimal digits, as in Python. */
    static final String ID = "[0-9a-f]{32}";

    EmbeddedBroker broker;
    Channel channel;
    private Connection connection;

    @BeforeEach
    void start() throws Exception {
        broker = EmbeddedBroker.builder().start();
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        connection.abort();
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public Object echo(Object arg) {
            seen.add(arg.toString());
            return Map.of("got", arg);
        }

        public Object twice(Object arg) {
            return List.of(arg, arg);
        }

        public void nothing() {
            seen.add("nothing");
        }

        public void boom() {
            throw new IllegalArgumentException("bad value");
        }
    }

    RpcServer serve(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(broker.address() + options, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    RpcClient client() {
        return RpcClient.builder(broker.address())
                .target(Target.topic("test").withVersion("1.0"))
                .timeout(Duration.ofSeconds(10))
                .build();
    }

    RpcClient client(String options) {
        return RpcClient.builder(broker.address() + options)
                .target(Target.topic("test"))
                .timeout(Duration.ofSeconds(10))
                .build();
    }
}
