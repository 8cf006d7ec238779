package dev.parley.broker.conformance;

import com.rabbitmq.client.ConnectionFactory;
import dev.parley.broker.EmbeddedBroker;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A broker that the suite runs against. */
record BrokerUnderTest(String name, String host, int port) {
    private static final EmbeddedBroker EMBEDDED = EmbeddedBroker.builder().start();

    /** The embedded broker, and a RabbitMQ if one is configured. */
    static List<BrokerUnderTest> all() {
        List<BrokerUnderTest> all = new ArrayList<>();
        all.add(new BrokerUnderTest("embedded", "127.0.0.1", EMBEDDED.port()));
        String rabbit = System.getProperty("PARLEY_RABBITMQ", System.getenv().getOrDefault("PARLEY_RABBITMQ", ""));
        if (!rabbit.isEmpty()) {
            URI uri = URI.create(rabbit);
            all.add(new BrokerUnderTest("RabbitMQ", uri.getHost(), uri.getPort() < 0 ? 5672 : uri.getPort()));
        }
        return all;
    }

    ConnectionFactory factory() {
        var factory = new ConnectionFactory();
        factory.setHost(host);
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    @Override
    public String toString() {
        return name;
    }
}
