package dev.parley.broker.conformance;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.EmbeddedBroker;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A broker that the suite runs against.
 *
 * @param version of RabbitMQ, such as 4.3
 * @param permitsTransientQueues whether a queue can be neither durable nor exclusive
 */
record BrokerUnderTest(String name, String host, int port, String version, boolean permitsTransientQueues) {
    private static final List<BrokerUnderTest> ALL = find();

    /** The embedded broker in each version, and those of {@code PARLEY_RABBITMQ}: addresses, separated by commas. */
    static List<BrokerUnderTest> all() {
        return ALL;
    }

    private static List<BrokerUnderTest> find() {
        List<BrokerUnderTest> all = new ArrayList<>();
        for (String version : List.of("3.10", "4.0", "4.3")) {
            EmbeddedBroker broker = EmbeddedBroker.builder().rabbitmq(version).start();
            all.add(at("embedded", "127.0.0.1", broker.port()));
        }
        String rabbit = System.getProperty("PARLEY_RABBITMQ", System.getenv().getOrDefault("PARLEY_RABBITMQ", ""));
        for (String address : rabbit.isEmpty() ? new String[0] : rabbit.split(",")) {
            URI uri = URI.create(address.strip());
            all.add(at("RabbitMQ", uri.getHost(), uri.getPort() < 0 ? 5672 : uri.getPort()));
        }
        return List.copyOf(all);
    }

    /** Asks the broker for its version, and tries what it permits. */
    private static BrokerUnderTest at(String kind, String host, int port) {
        try (Connection connection = factory(host, port).newConnection()) {
            String release = connection.getServerProperties().get("version").toString();
            String version = release.substring(0, release.lastIndexOf('.'));
            return new BrokerUnderTest(kind + " " + version, host, port, version, permitsTransientQueues(host, port));
        } catch (Exception e) {
            throw new IllegalStateException("no broker at " + host + ":" + port, e);
        }
    }

    private static boolean permitsTransientQueues(String host, int port) throws Exception {
        Connection connection = factory(host, port).newConnection();
        try {
            Channel channel = connection.createChannel();
            channel.queueDelete(
                    channel.queueDeclare("", false, false, false, Map.of()).getQueue());
            return true;
        } catch (java.io.IOException denied) {
            return false;
        } finally {
            connection.abort();
        }
    }

    private static ConnectionFactory factory(String host, int port) {
        var factory = new ConnectionFactory();
        factory.setHost(host);
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    boolean isEmbedded() {
        return name.startsWith("embedded");
    }

    ConnectionFactory factory() {
        return factory(host, port);
    }

    @Override
    public String toString() {
        return name;
    }
}
