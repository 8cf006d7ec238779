package dev.parley.broker.conformance;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/**
 * A broker that the suite runs against. Rows whose outcome differs by version ask it what to expect. Immutable.
 *
 * @param version the RabbitMQ that it is, or that the embedded broker does as
 * @param denying whether it denies shared queues that are not durable, as upstream's RabbitMQ 4.3 does
 */
record BrokerUnderTest(String name, String host, int port, Version version, boolean denying) {
    private static final EmbeddedBroker EMBEDDED = EmbeddedBroker.builder().start();

    /** The versions that differ, each standing for those up to the next. */
    enum Version {
        V3_10,
        V4_0,
        V4_3;

        static Version of(String text) {
            String[] numbers = text.split("\\.", 3);
            int major = Integer.parseInt(numbers[0]);
            int minor = Integer.parseInt(numbers[1]);
            return major < 4 ? V3_10 : major == 4 && minor < 3 ? V4_0 : V4_3;
        }
    }

    /** The embedded broker, and each RabbitMQ that is configured. */
    static List<BrokerUnderTest> all() throws IOException, TimeoutException {
        List<BrokerUnderTest> all = new ArrayList<>();
        all.add(of("embedded", "127.0.0.1", EMBEDDED.port()));
        String given = System.getProperty("PARLEY_RABBITMQ", System.getenv().getOrDefault("PARLEY_RABBITMQ", ""));
        for (String address : given.isBlank() ? new String[0] : given.strip().split("\\s+")) {
            URI uri = URI.create(address);
            all.add(of("RabbitMQ", uri.getHost(), uri.getPort() < 0 ? 5672 : uri.getPort()));
        }
        return all;
    }

    /** Finds out what the broker is. */
    private static BrokerUnderTest of(String name, String host, int port) throws IOException, TimeoutException {
        Connection connection = factory(host, port).newConnection();
        try {
            String version = connection.getServerProperties().get("version").toString();
            boolean denying = denies(connection);
            String shown = name + " " + version + (denying ? " denying transient queues" : "");
            return new BrokerUnderTest(shown, host, port, Version.of(version), denying);
        } finally {
            connection.abort(); // Where it is denied, the broker has closed it.
        }
    }

    private static boolean denies(Connection connection) throws IOException {
        Channel channel = connection.createChannel();
        String queue = "c-" + UUID.randomUUID();
        try {
            channel.queueDeclare(queue, false, false, false, Map.of());
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException signal
                    && signal.getReason() instanceof AMQP.Connection.Close close
                    && close.getReplyText().contains("transient_nonexcl_queues")) {
                return true;
            }
            throw e;
        }
        channel.queueDelete(queue);
        return false;
    }

    /** What a row gives on this version. */
    <T> T byVersion(T v3_10, T v4_0, T v4_3) {
        return switch (version) {
            case V3_10 -> v3_10;
            case V4_0 -> v4_0;
            case V4_3 -> v4_3;
        };
    }

    boolean isAtLeast(Version least) {
        return version.compareTo(least) >= 0;
    }

    /** Whether a shared queue of a row that is about something else is durable: only where it must be. */
    boolean durable() {
        return denying;
    }

    ConnectionFactory factory() {
        return factory(host, port);
    }

    private static ConnectionFactory factory(String host, int port) {
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
