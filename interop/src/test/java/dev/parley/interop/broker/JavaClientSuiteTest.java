package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The functional tests of RabbitMQ's Java client against the embedded broker and RabbitMQ at the same time. The newest
 * ones that any registry has are those of the client's version 5.0.0; they are compiled as they are, but for the class
 * that knows the broker's address, and run with today's client.
 */
@OnRabbitMq
@NeedsPeer(Peer.RABBITMQ_JAVA_CLIENT)
class JavaClientSuiteTest {
    private static final Path SOURCES =
            Peer.RABBITMQ_JAVA_CLIENT.folder().resolve("suites/rabbitmq-java-client/src/test/java/com/rabbitmq");

    /** What is not compiled, as it uses what the client has no more or needs rabbitmqctl. */
    private static final Set<String> NOT_COMPILED =
            Set.of("FunctionalTests", "Metrics", "Policies", "UnexpectedFrames");

    /** What is not run: bases of other tests, 5672 as the only port, and minutes of waiting for a heartbeat. */
    private static final Set<String> NOT_RUN = Set.of(
            "ConnectionOpen", "ConnectionRecovery", "FrameMax", "Heartbeat", "Nowait", "RequeueOnClose", "TTLHandling");

    /** So many pass on RabbitMQ at least; a few more or less do, as they wait for fixed times. */
    private static final int PASSED = 220;

    @TempDir
    static Path compiled;

    private static final List<String> classes = new ArrayList<>();

    @BeforeAll
    static void compile() throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> functional = Files.list(SOURCES.resolve("client/test/functional"))) {
            for (Path file : functional.sorted().toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (!NOT_COMPILED.contains(name)) {
                    files.add(file.toString());
                    if (!NOT_RUN.contains(name) && !name.endsWith("Base") && !name.startsWith("Abstract")) {
                        classes.add("com.rabbitmq.client.test.functional." + name);
                    }
                }
            }
        }
        for (String name : List.of("PriorityQueues", "XDeathHeaderGrowth", "AlternateExchangeEquivalence")) {
            files.add(SOURCES.resolve("client/test/server/" + name + ".java").toString());
            classes.add("com.rabbitmq.client.test.server." + name);
        }
        for (String helper :
                List.of("BrokerTestCase", "ConfirmBase", "AbstractRMQTestSuite", "QueueingConsumerTests")) {
            files.add(SOURCES.resolve("client/test/" + helper + ".java").toString());
        }
        files.add(SOURCES.resolve("client/QueueingConsumer.java").toString());
        files.add(SOURCES.resolve("tools/Host.java").toString());
        files.add(Path.of(System.getProperty("basedir", ""), "peers/java/com/rabbitmq/client/test/TestUtils.java")
                .toAbsolutePath()
                .toString());
        List<String> arguments = new ArrayList<>(
                List.of("-nowarn", "-proc:none", "-implicit:none", "-d", compiled.toString(), "-cp", classPath()));
        arguments.addAll(files);
        int code = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(code).isZero();
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    @Test
    void embeddedPassesWhatRabbitMqPasses(RabbitMq rabbitMq) {
        try (EmbeddedBroker embedded = EmbeddedBroker.builder().start();
                PeerProcess onEmbedded = run(embedded.port(), classes);
                PeerProcess onRabbitMq = run(rabbitMq.port(), classes)) {
            List<String> embeddedSaid = outcomes(onEmbedded);
            Set<String> passedHere = passed(embeddedSaid);
            Set<String> passedThere = passed(outcomes(onRabbitMq));
            System.out.printf(
                    "RabbitMQ's Java client: %d passed here, %d there%n", passedHere.size(), passedThere.size());
            assertThat(passedThere).hasSizeGreaterThanOrEqualTo(PASSED);
            for (int attempt = 2; attempt <= 3 && !passedHere.containsAll(passedThere); attempt++) {
                // Many wait for a fixed time, which may be too short on a busy machine.
                try (PeerProcess again = run(embedded.port(), classesOfMissing(passedThere, passedHere))) {
                    passedHere.addAll(passed(outcomes(again)));
                }
            }
            assertThat(passedHere).as("%s", embeddedSaid).containsAll(passedThere);
        }
    }

    private static List<String> classesOfMissing(Set<String> expected, Set<String> passed) {
        return classes.stream()
                .filter(type -> expected.stream()
                        .anyMatch(test -> !passed.contains(test) && test.startsWith(simpleName(type) + ".")))
                .toList();
    }

    private static String simpleName(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    private static PeerProcess run(int port, List<String> classes) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dbroker.port=" + port,
                "-cp",
                compiled + File.pathSeparator + classPath(),
                Junit4Runner.class.getName()));
        command.addAll(classes);
        return PeerProcess.start(Map.of(), command);
    }

    private static List<String> outcomes(PeerProcess suite) {
        List<String> lines = new ArrayList<>();
        String line;
        do { // line by line, as each wait is bounded
            line = suite.line(said -> said.startsWith("passed ") || said.startsWith("failed ") || said.equals("done"));
            lines.add(line);
        } while (!line.equals("done"));
        return lines;
    }

    private static Set<String> passed(List<String> outcomes) {
        return outcomes.stream()
                .filter(line -> line.startsWith("passed "))
                .map(line -> line.substring("passed ".length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
