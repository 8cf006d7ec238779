package dev.parley.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka of one node in KRaft mode, in a JVM of its own, from the jars on the class path of the tests. It has a
 * listener for each kind of security: {@link #plain()}, {@link #sasl()}, {@link #tls()}, {@link #saslTls()}. Its data
 * are in a temporary folder, which {@link #close} deletes.
 */
public final class KafkaBroker implements AutoCloseable {
    /** The user of the listeners that ask for one; characters that the formats in between have to escape. */
    public static final String USER = "alice";

    public static final String PASSWORD = "pass \"word\"\\'s; =é";

    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Path data;
    private final List<Integer> ports;
    private final TlsFiles tlsFiles;
    private Process process;

    private KafkaBroker(Path data, List<Integer> ports, TlsFiles tlsFiles) {
        this.data = data;
        this.ports = ports;
        this.tlsFiles = tlsFiles;
    }

    /** Starts a broker and waits until it answers. */
    public static KafkaBroker start() {
        try {
            Path data = Files.createTempDirectory("parley-kafka-");
            KafkaBroker broker = new KafkaBroker(data, freePorts(5), TlsFiles.create(data));
            try {
                broker.configure();
                broker.format();
                broker.run();
            } catch (RuntimeException | IOException e) {
                broker.close();
                throw e;
            }
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code 127.0.0.1:PORT} of the listener without any security. */
    public String plain() {
        return "127.0.0.1:" + ports.get(0);
    }

    /** With SASL, PLAIN and SCRAM-SHA-256, without TLS. */
    public String sasl() {
        return "127.0.0.1:" + ports.get(1);
    }

    /** With TLS, and certificates of clients. */
    public String tls() {
        return "localhost:" + ports.get(2);
    }

    /** With SASL over TLS. */
    public String saslTls() {
        return "localhost:" + ports.get(3);
    }

    public TlsFiles tlsFiles() {
        return tlsFiles;
    }

    private void configure() throws IOException {
        String jaas = "org.apache.kafka.common.security.%s.%sLoginModule required%s;";
        String user = PASSWORD.replace("\\", "\\\\").replace("\"", "\\\"");
        // Backslashes once more, for the properties file.
        String plainJaas = jaas.formatted("plain", "Plain", " user_" + USER + "=\"" + user + "\"")
                .replace("\\", "\\\\")
                .replace("é", "\\u00e9");
        Files.writeString(data.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%5$d
                listeners=PLAIN://127.0.0.1:%1$d,SASL://127.0.0.1:%2$d,\
                TLS://localhost:%3$d,SASLTLS://localhost:%4$d,CONTROLLER://127.0.0.1:%5$d
                listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,\
                SASLTLS:SASL_SSL,CONTROLLER:PLAINTEXT
                inter.broker.listener.name=PLAIN
                controller.listener.names=CONTROLLER
                log.dirs=%6$s/log
                num.partitions=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                log.cleaner.enable=false
                listener.name.sasl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
                listener.name.sasl.plain.sasl.jaas.config=%7$s
                listener.name.sasl.scram-sha-256.sasl.jaas.config=%8$s
                listener.name.sasltls.sasl.enabled.mechanisms=PLAIN
                listener.name.sasltls.plain.sasl.jaas.config=%7$s
                ssl.keystore.type=PEM
                ssl.keystore.location=%6$s/server.pem
                ssl.truststore.type=PEM
                ssl.truststore.location=%6$s/ca.crt
                listener.name.tls.ssl.client.auth=required
                listener.name.sasltls.ssl.client.auth=none
                """.formatted(
                        ports.get(0),
                        ports.get(1),
                        ports.get(2),
                        ports.get(3),
                        ports.get(4),
                        data,
                        plainJaas,
                        jaas.formatted("scram", "Scram", "")));
        Files.writeString(data.resolve("logback.xml"), """
                <configuration>
                  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %level %logger %msg%n</pattern></encoder>
                  </appender>
                  <root level="WARN"><appender-ref ref="console"/></root>
                </configuration>
                """);
    }

    private void format() throws IOException {
        Process format = java(
                        "kafka.tools.StorageTool",
                        "format",
                        "--cluster-id",
                        Uuid.randomUuid().toString(),
                        "--config",
                        data.resolve("server.properties").toString(),
                        "--add-scram",
                        "SCRAM-SHA-256=[name=" + USER + ",password=simple,iterations=4096]")
                .start();
        if (join(format) != 0) {
            throw new IllegalStateException("formatting the storage of Kafka failed: " + said());
        }
    }

    /** Starts the broker again, with its data and its ports, and waits until it answers. */
    public void run() throws IOException {
        process = java("kafka.Kafka", data.resolve("server.properties").toString())
                .start();
        long end = System.nanoTime() + START_NANOS;
        // The listeners open when the broker is ready to serve.
        while (!answers()) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IllegalStateException("Kafka did not start: " + said());
            }
            pause();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.getFirst()), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the broker at once, as a crash would. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** The broker's own process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    private ProcessBuilder java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + data.resolve("logback.xml"),
                "-cp",
                classPath()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(data.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(data.resolve("out").toFile()));
    }

    /** Without our own classes and configuration. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .collect(Collectors.joining(java.io.File.pathSeparator));
    }

    private String said() {
        try {
            return Files.readString(data.resolve("out"));
        } catch (IOException e) {
            return "nothing";
        }
    }

    private static int join(Process process) {
        return process.onExit().join().exitValue();
    }

    private static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka was starting", e);
        }
    }

    /** Below those that systems give away by themselves: another socket would get one before Kafka binds it. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            while (held.size() < count) {
                int port = ThreadLocalRandom.current().nextInt(10_000, 20_000);
                try {
                    held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (BindException e) {
                    // Somebody has it: another one.
                }
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /** Ends the broker and deletes its data. */
    @Override
    public void close() {
        if (process != null) {
            kill();
        }
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // The folder is temporary.
        }
    }
}
