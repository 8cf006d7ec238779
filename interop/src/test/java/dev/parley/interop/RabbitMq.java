package dev.parley.interop;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real RabbitMQ node on free loopback ports, with its data in a temporary folder and a name, a configuration and an
 * Erlang port mapper of its own, so that no other RabbitMQ on the machine meets it. {@link OnRabbitMq} hands the one
 * node of a test run to tests; those that stop or break a node start their own.
 *
 * <p>If {@code PARLEY_RABBITMQ} is set ({@code amqp://user:password@host:port/vhost}), that broker is used instead.
 */
public final class RabbitMq implements AutoCloseable {
    /** The broker that the environment names. */
    static final @Nullable String GIVEN = System.getenv("PARLEY_RABBITMQ");

    private final String address;
    private final @Nullable Node node;

    private RabbitMq(String address, @Nullable Node node) {
        this.address = address;
        this.node = node;
    }

    /** The broker that {@code PARLEY_RABBITMQ} names, else a node of our own. */
    static RabbitMq givenOrStarted(RabbitMqVersion version) {
        return GIVEN != null ? new RabbitMq(GIVEN, null) : start(version);
    }

    /** Starts a node and returns when it takes connections: a few seconds. */
    public static RabbitMq start() {
        return start(RabbitMqVersion.USUAL);
    }

    /** Starts a node of a version, whose peer must be installed. */
    public static RabbitMq start(RabbitMqVersion version) {
        return start(version, "");
    }

    /**
     * Starts a node with more than the plain broker.
     *
     * @param configuration further lines of {@code rabbitmq.conf}
     * @param plugins what to enable, such as {@code rabbitmq_management}
     */
    public static RabbitMq start(String configuration, String... plugins) {
        return start(RabbitMqVersion.USUAL, configuration, plugins);
    }

    /** Starts a node of a version with more than the plain broker. */
    public static RabbitMq start(RabbitMqVersion version, String configuration, String... plugins) {
        Node node = Node.start(version, version.configuration() + configuration, plugins);
        RabbitMq rabbit = new RabbitMq("amqp://guest:guest@127.0.0.1:" + node.port + "/", node);
        try {
            node.awaitConnections(rabbit);
        } catch (Throwable e) {
            rabbit.close();
            throw e;
        }
        return rabbit;
    }

    /** {@code amqp://guest:guest@127.0.0.1:PORT/}. */
    public String amqpUrl() {
        return address;
    }

    /** The transport URL of oslo.messaging, {@code rabbit://guest:guest@127.0.0.1:PORT/}. */
    public String transportUrl() {
        return "rabbit" + address.substring(address.indexOf("://"));
    }

    /** Whether shared queues that are not durable are denied. */
    public boolean denies() {
        return node != null && node.version == RabbitMqVersion.V4_3_DENYING;
    }

    /**
     * The transport URL with the options that Python's oslo.messaging needs on this version, if any. Version 14.0 knows
     * only one of them.
     */
    public String urlForPython() {
        return transportUrl() + (denies() ? "?rabbit_quorum_queue=true&rabbit_transient_quorum_queue=true" : "");
    }

    public int port() {
        int port = URI.create(address).getPort();
        return port < 0 ? ConnectionFactory.DEFAULT_AMQP_PORT : port;
    }

    /** A connection of RabbitMQ's own client; the caller closes it. */
    public Connection connect() throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(URI.create(address).getHost());
        factory.setPort(port());
        String[] user = URI.create(address).getUserInfo().split(":", 2);
        factory.setUsername(user[0]);
        factory.setPassword(user[1]);
        String path = URI.create(address).getPath();
        factory.setVirtualHost(path.length() <= 1 ? "/" : path.substring(1));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("parley-interop");
    }

    /**
     * Runs {@code rabbitmqctl} on the node and returns what it printed, without its chatter. Takes about a second.
     *
     * @throws IllegalStateException if the broker is one that {@code PARLEY_RABBITMQ} names
     */
    public String ctl(String... arguments) {
        if (node == null) {
            throw new IllegalStateException("rabbitmqctl needs a node of our own, not the one of PARLEY_RABBITMQ");
        }
        List<String> command = new ArrayList<>(Node.command(node.version, "rabbitmqctl"));
        command.add("--quiet");
        command.addAll(List.of(arguments));
        try (PeerProcess ctl = PeerProcess.start(node.environment, command)) {
            return ctl.output();
        }
    }

    /** The node's own process, for tests that stop or kill it. */
    public ProcessHandle handle() {
        if (node == null) {
            throw new IllegalStateException("the broker of PARLEY_RABBITMQ is not ours to signal");
        }
        return node.server
                .handle()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("beam.smp"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the RabbitMQ node is not running"));
    }

    /** Ends the node, if it is ours, and deletes its data. */
    @Override
    public void close() {
        if (node != null) {
            node.close();
        }
    }

    private record Node(
            RabbitMqVersion version,
            Path data,
            int port,
            Map<String, String> environment,
            PeerProcess portMapper,
            PeerProcess server) {

        static Node start(RabbitMqVersion version, String configuration, String... plugins) {
            try {
                Path data = version.peer() == Peer.RABBITMQ
                        ? Files.createTempDirectory("parley-rabbitmq-")
                        : Files.createTempDirectory(version.root().resolve("tmp"), "parley-rabbitmq-");
                return start(version, data, configuration, plugins);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Node start(RabbitMqVersion version, Path data, String configuration, String... plugins)
                throws IOException {
            List<Integer> ports = FreePorts.take(3);
            int amqp = ports.get(0);
            int distribution = ports.get(1);
            int mapper = ports.get(2);
            Files.writeString(data.resolve("rabbitmq.conf"), """
                listeners.tcp.1 = 127.0.0.1:%d
                # A nearly full disk must not stop publishers: what tests send is small.
                disk_free_limit.absolute = 1MB
                log.console.level = warning
                """.formatted(amqp) + configuration);
            Files.writeString(data.resolve("env.conf"), "");
            Files.writeString(data.resolve("enabled_plugins"), "[" + String.join(",", plugins) + "].");
            // The same folder, as the node sees it.
            Path own = Path.of("/").resolve(version.root().relativize(data));
            Map<String, String> environment = new HashMap<>();
            environment.put("HOME", own.toString()); // Erlang's cookie
            environment.put("ERL_CRASH_DUMP", own.resolve("erl_crash.dump").toString());
            environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
            environment.put("ERL_EPMD_PORT", Integer.toString(mapper));
            environment.put("RABBITMQ_NODENAME", "parley-" + amqp + "@localhost");
            environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
            environment.put("RABBITMQ_NODE_PORT", Integer.toString(amqp));
            environment.put("RABBITMQ_DIST_PORT", Integer.toString(distribution));
            environment.put("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "-kernel inet_dist_use_interface {127,0,0,1}");
            Map.of(
                            "CONF_ENV_FILE", "env.conf",
                            "CONFIG_FILE", "rabbitmq.conf",
                            "ADVANCED_CONFIG_FILE", "advanced.config",
                            "ENABLED_PLUGINS_FILE", "enabled_plugins",
                            "MNESIA_BASE", "mnesia",
                            "GENERATED_CONFIG_DIR", "config",
                            "SCHEMA_DIR", "schema",
                            "PID_FILE", "pid")
                    .forEach((name, file) -> environment.put(
                            "RABBITMQ_" + name, own.resolve(file).toString()));
            environment.put("RABBITMQ_LOGS", "-");

            // In the foreground, as ours to end: Erlang would leave a daemon behind, on all interfaces.
            List<String> portMapperCommand = new ArrayList<>(command(version, "epmd"));
            portMapperCommand.addAll(List.of("-port", Integer.toString(mapper), "-address", "127.0.0.1"));
            PeerProcess portMapper = PeerProcess.start(Map.of(), portMapperCommand);
            PeerProcess server = PeerProcess.start(environment, command(version, "rabbitmq-server"));
            return new Node(version, data, amqp, environment, portMapper, server);
        }

        /** A program of RabbitMQ, or of Erlang's. */
        static List<String> command(RabbitMqVersion version, String name) {
            if (version.peer() != Peer.RABBITMQ) {
                String inside = Peer.sources().resolve("inside").toString();
                String program = name.equals("epmd") ? name : "/usr/lib/rabbitmq/bin/" + name;
                return List.of(inside, version.root().toString(), program);
            }
            if (name.equals("epmd")) {
                return List.of(name);
            }
            try {
                // Without links, as the scripts look for the rest of RabbitMQ beside themselves.
                return List.of(Peer.RABBITMQ.executable(name).toRealPath().toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void awaitConnections(RabbitMq rabbit) {
            long end = System.nanoTime() + PeerProcess.PATIENCE.toNanos();
            while (true) {
                try {
                    rabbit.connect().close();
                    return;
                } catch (IOException | TimeoutException e) {
                    if (!server.isAlive() || System.nanoTime() > end) {
                        throw new IllegalStateException("RabbitMQ did not start: " + server.errors(), e);
                    }
                    pause();
                }
            }
        }

        private static void pause() {
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while RabbitMQ was starting", e);
            }
        }

        void close() {
            server.close(); // hard, as all it holds is deleted
            portMapper.close();
            try (Stream<Path> files = Files.walk(data)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                // A file that just went by itself; the folder is temporary.
            }
        }
    }
}
