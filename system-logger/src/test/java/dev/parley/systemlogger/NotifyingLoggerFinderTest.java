package dev.parley.systemlogger;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.parley.broker.EmbeddedBroker;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import shop.LoggingProgram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The finder in a JVM of its own, which finds it on its path. */
class NotifyingLoggerFinderTest {
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path folder;

    /** What a program wrote. */
    private record Output(List<String> lines, String errors) {
        List<JsonNode> json() {
            return lines.stream()
                    .filter(line -> line.startsWith("["))
                    .map(line -> new JsonMapper().readTree(line))
                    .toList();
        }

        List<String> messages() {
            return json().stream()
                    .map(sent -> sent.path(2).path("msg").asString())
                    .toList();
        }
    }

    private final Map<String, String> environment = new HashMap<>();

    private Output run(List<String> options, String scenario) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(options);
        command.add(LoggingProgram.class.getName());
        command.add(scenario);
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(errors.toFile());
        builder.environment().putAll(environment);
        Process program = builder.start();
        try {
            assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            program.destroyForcibly();
        }
        String told = Files.readString(errors, StandardCharsets.UTF_8);
        assertThat(program.exitValue()).as(told).isZero();
        return new Output(Files.readAllLines(out, StandardCharsets.UTF_8), told);
    }

    private Output run(String scenario, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of("-cp", CLASS_PATH));
        all.addAll(List.of(options));
        return run(all, scenario);
    }

    /** The tests on the class path, all else as modules. */
    private static List<String> modules() {
        String tests = Arrays.stream(CLASS_PATH.split(File.pathSeparator))
                .filter(entry -> entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
        String modules = Arrays.stream(CLASS_PATH.split(File.pathSeparator))
                .filter(entry -> entry.matches(
                        ".*(parley|jackson|slf4j|logback|amqp-client|jspecify|mvstore|snakeyaml|target.classes).*"))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
        return List.of(
                "--module-path",
                modules,
                "--add-modules",
                "dev.parley.systemlogger,ch.qos.logback.classic",
                "-cp",
                tests);
    }

    @Test
    void recordsArePublishedAndPassedOn() throws Exception {
        checkRecords(run("records"));
    }

    private static void checkRecords(Output output) {
        assertThat(output.messages())
                .containsExactly("lost", "order 17 of Ann", "supplied", "text with bundle", "broken {format", "");
        JsonNode first = output.json().getFirst();
        assertThat(first.path(0).asString()).isEqualTo("ERROR");
        assertThat(first.path(1).asString()).isEqualTo("logrecord");
        JsonNode payload = first.path(2);
        assertThat(payload.path("name").asString()).isEqualTo("shop.Early");
        assertThat(payload.path("levelno").asInt()).isEqualTo(40);
        assertThat(payload.path("levelname").asString()).isEqualTo("ERROR");
        assertThat(payload.path("pathname").asString()).isEqualTo("shop/LoggingProgram.java");
        assertThat(payload.path("lineno").asInt()).isPositive();
        assertThat(payload.path("funcName").asString()).isEqualTo("records");
        assertThat(payload.path("thread").asInt()).isPositive();
        assertThat(payload.path("threadName").asString()).isEqualTo("main");
        assertThat(payload.path("processName").asString()).isEqualTo("LoggingProgram");
        assertThat(payload.path("exc_info").path(0).asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(payload.path("exc_info").path(1).asString()).isEqualTo("no stock");
        assertThat(payload.path("exc_info").path(2).asString()).contains("LoggingProgram.records");
        assertThat(output.json().get(1).path(2).path("levelname").asString()).isEqualTo("WARNING");

        assertThat(output.errors())
                .contains("nobody listens yet", "nobody listens any more", "order 17 of Ann", "text with bundle")
                .contains("shop.LoggingProgram records")
                .contains("1 log records did not become notifications (0 found the queue full, 1 failed)")
                .doesNotContain("below the level");
    }

    @Test
    void publishingThatLogsDoesNotPublishThat() throws Exception {
        Output output = run("loop");
        assertThat(output.messages()).containsExactly("one", "two");
        assertThat(output.errors()).contains("own", "client's", "TLS's", "sending");
    }

    @Test
    void aNotifierThatBlocksDelaysNobody() throws Exception {
        Output output = run("blocked");
        assertThat(output.lines()).containsExactly("logged 5000", "end");
        assertThat(output.errors()).containsPattern("\\d+ log records did not become notifications");
    }

    @Test
    void anotherFinderOnThePathGetsTheRecords() throws Exception {
        Output output = run("plain", "-cp", CLASS_PATH + File.pathSeparator + otherFinder());
        assertThat(output.lines()).containsExactly("other {shop.Early=plain record}", "end");
    }

    @Test
    void theFinderCanBeNamed() throws Exception {
        String path = CLASS_PATH + File.pathSeparator + otherFinder();
        Output jdk = run("plain", "-cp", path, "-Dparley.log.finder=java.util.logging");
        assertThat(jdk.lines()).containsExactly("end");
        assertThat(jdk.errors()).contains("plain record", "LoggingProgram main").doesNotContain("not shown");

        Output unknown = run("plain", "-cp", path, "-Dparley.log.finder=shop.Finder");
        assertThat(unknown.errors())
                .contains("parley.log.finder: there is no System.LoggerFinder shop.Finder", "plain record");
    }

    private String otherFinder() throws IOException {
        Path services = Files.createDirectories(folder.resolve("other/META-INF/services"));
        Files.writeString(
                services.resolve("java.lang.System$LoggerFinder"), LoggingProgram.OtherFinder.class.getName());
        return folder.resolve("other").toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "level=LOUD -> parley.log.level must be ALL, TRACE, DEBUG, INFO, WARNING, ERROR or OFF: LOUD",
                "event=log -> parley.log.event must be logrecord or error_notification: log",
                "topic=logs -> unknown property parley.log.topic; after parley.log. comes one of address, close-timeout,",
                "queue-size=many -> parley.log.queue-size must be a whole number: many",
                "queue-size=0 -> the queue size must be at least 1: 0",
                "close-timeout=-1 -> the close timeout must not be negative: PT-0.001S"
            })
    void aWrongPropertyIsToldAndTheProgramRuns(String rule) throws Exception {
        String[] parts = rule.split(" -> ");
        Output output = run("plain", "-Dparley.log.address=memory://x", "-Dparley.log." + parts[0]);
        assertThat(output.lines()).containsExactly("end");
        assertThat(output.errors()).contains(parts[1], "plain record");
    }

    @Test
    void systemPropertiesNameTheBroker() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            // With DEBUG, the finder sees what the JDK logs too.
            Output output = run(
                    "plain",
                    "-Dparley.log.address=" + broker.address(),
                    "-Dparley.log.level=debug",
                    "-Dparley.log.topics=logs, audit",
                    "-Dparley.log.drivers=messaging",
                    "-Dparley.log.skip=shop.Finest, java, jdk, sun");
            assertThat(output.errors()).contains("plain record");
            for (String topic : List.of("logs", "audit")) {
                JsonNode sent = taken(broker, topic + ".error").getFirst();
                assertThat(sent.path("publisher_id").asString()).isEqualTo("LoggingProgram");
                assertThat(sent.path("event_type").asString()).isEqualTo("logrecord");
                assertThat(sent.path("payload").path("msg").asString()).isEqualTo("plain record");
                assertThat(sent.path("payload").path("funcName").asString()).isEqualTo("main");
                assertThat(taken(broker, topic + ".debug")).isEmpty();
            }
        }
    }

    @Test
    void theAddressMayBeInTheEnvironment() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start()) {
            environment.put("PARLEY_LOG_ADDRESS", broker.address());
            run(modules(), "plain");
            run("plain", "-Dparley.log.event=error_notification");

            List<JsonNode> sent = taken(broker, "notifications.error").stream()
                    .map(body ->
                            new JsonMapper().readTree(body.path("oslo.message").asString()))
                    .toList();
            assertThat(sent).hasSize(2);
            assertThat(sent.get(0).path("event_type").asString()).isEqualTo("logrecord");
            assertThat(sent.get(0).path("payload").path("name").asString()).isEqualTo("shop.Early");
            assertThat(sent.get(1).path("event_type").asString()).isEqualTo("error_notification");
            assertThat(sent.get(1).path("publisher_id").asString()).isEqualTo("error.publisher");
            assertThat(sent.get(1).path("payload").toString()).isEqualTo("{\"error\":\"plain record\"}");
        }
    }

    @Test
    void anAddressThatCannotBeUsedIsTold() throws Exception {
        Output output = run("plain", "-Dparley.log.address=carrier-pigeon://user:hush@host/");
        assertThat(output.lines()).containsExactly("end");
        assertThat(output.errors())
                .contains("plain record", "1 log records did not become notifications", "pigeon")
                .doesNotContain("hush");
    }

    /** What is in a queue, without the rest of the messages' properties. */
    private static List<JsonNode> taken(EmbeddedBroker broker, String queue) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        List<JsonNode> bodies = new ArrayList<>();
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            channel.queueDeclare(queue, false, false, false, null);
            for (GetResponse got = channel.basicGet(queue, true); got != null; got = channel.basicGet(queue, true)) {
                bodies.add(new JsonMapper().readTree(got.getBody()));
            }
        }
        return bodies;
    }

    @Test
    void itIsFoundAsAModuleToo() throws Exception {
        checkRecords(run(modules(), "records"));
    }
}
