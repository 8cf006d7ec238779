package dev.parley.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.model.SystemConfig;

/**
 * Apache Qpid Broker-J in this JVM, on a free loopback port, in memory: an AMQP 0-9-1 broker that is neither RabbitMQ
 * nor ours. It is set to forgive what oslo.messaging expects of RabbitMQ; its own defaults would refuse the arguments
 * of queues and close the connection of whoever publishes to nobody.
 */
public final class QpidBroker implements AutoCloseable {
    private final SystemLauncher launcher = new SystemLauncher();
    private final Path folder;
    private final int port = FreePorts.take();

    private QpidBroker(Path folder) {
        this.folder = folder;
    }

    /** Starts a broker and returns when it takes connections: a second or a few. */
    public static QpidBroker start() {
        try {
            QpidBroker broker = new QpidBroker(Files.createTempDirectory("parley-qpid-"));
            try {
                broker.launch();
            } catch (Throwable e) {
                broker.close();
                throw e;
            }
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() throws IOException {
        Path configuration = Files.writeString(folder.resolve("config.json"), """
                {
                  "name": "parley",
                  "modelVersion": "9.1",
                  "context": {
                    "queue.behaviourOnUnknownDeclareArgument": "IGNORE",
                    "exchange.behaviourOnUnknownDeclareArgument": "IGNORE",
                    "qpid.port.closeWhenNoRoute": "false",
                    "queue.minimumMessageTtl": "31536000000",
                    "queue.maximumDeliveryAttempts": "1"
                  },
                  "authenticationproviders": [{
                    "name": "plain",
                    "type": "Plain",
                    "secureOnlyMechanisms": [],
                    "users": [{"name": "guest", "type": "managed", "password": "guest"}]
                  }],
                  "ports": [{
                    "name": "AMQP",
                    "port": %d,
                    "bindingAddress": "127.0.0.1",
                    "protocols": ["AMQP_0_9_1"],
                    "authenticationProvider": "plain",
                    "virtualhostaliases": [{"name": "defaultAlias", "type": "defaultAlias"}]
                  }],
                  "virtualhostnodes": [{
                    "name": "default",
                    "type": "Memory",
                    "defaultVirtualHostNode": "true",
                    "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"
                  }]
                }
                """.formatted(port));
        try {
            launcher.startup(Map.of(
                    SystemConfig.TYPE,
                    "Memory",
                    SystemConfig.INITIAL_CONFIGURATION_LOCATION,
                    configuration.toUri().toString(),
                    SystemConfig.CONTEXT,
                    Map.of("qpid.work_dir", folder.toString()),
                    SystemConfig.STARTUP_LOGGED_TO_SYSTEM_OUT,
                    false));
        } catch (Exception e) {
            throw new IllegalStateException("Broker-J did not start", e);
        }
    }

    /** The transport URL, with the login that the broker offers. */
    public String transportUrl() {
        return "rabbit://guest:guest@127.0.0.1:" + port + "/?rabbit_login_method=PLAIN";
    }

    @Override
    public void close() {
        launcher.shutdown();
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // The folder is temporary.
        }
    }
}
