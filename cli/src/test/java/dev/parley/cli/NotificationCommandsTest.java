package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.cli.Cli.Run;
import dev.parley.cli.Cli.Serving;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code parley listen} and {@code parley notify}. */
@SuppressWarnings("try") // Listeners are there to receive, not to be referenced.
class NotificationCommandsTest {
    @TempDir
    Path folder;

    private EmbeddedBroker broker;
    private String address;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder().port(0).start();
        address = broker.address();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    @Test
    void aNotificationIsALineOfJson() throws Exception {
        try (Serving listening = new Serving(false, "listen", address, "--count", "1")) {
            assertThat(Cli.run(
                            "notify",
                            address,
                            "backup.end",
                            "{\"volume\": \"v-1\"}",
                            "--priority",
                            "WARN",
                            "--publisher-id",
                            "backup.host1",
                            "--context",
                            "{\"user_id\": \"ann\"}"))
                    .isEqualTo(new Run(ExitCode.OK, "", ""));
            Run run = listening.await();
            assertThat(run.exitCode()).isZero();
            JsonNode line = Json.mapper().readTree(run.line());
            assertThat(line.get("priority").asString()).isEqualTo("WARN");
            assertThat(line.get("publisher_id").asString()).isEqualTo("backup.host1");
            assertThat(line.get("event_type").asString()).isEqualTo("backup.end");
            assertThat(line.get("payload").toString()).isEqualTo("{\"volume\":\"v-1\"}");
            assertThat(line.get("context").get("user_id").asString()).isEqualTo("ann");
            assertThat(line.get("timestamp").asString()).matches("\\d{4}-.*Z");
            assertThat(line.get("message_id").asString()).hasSize(36);
        }
    }

    @Test
    void listeningTakesNothingFromOtherListenersAndLeavesNoQueueBehind() throws Exception {
        LinkedBlockingQueue<Notification<Object>> received = new LinkedBlockingQueue<>();
        try (NotificationListener consumer = NotificationListener.builder(address)
                        .topics("notifications")
                        .on(received::add)
                        .build()
                        .start();
                Serving listening = new Serving(false, "listen", address)) {
            for (int i = 0; i < 10; i++) {
                assertThat(Cli.run("notify", address, "count", Integer.toString(i))
                                .exitCode())
                        .isZero();
            }
            listening.awaitOutput("\"payload\":9");
            assertThat(listening.stop().out().lines()).hasSize(10);
            for (int i = 0; i < 10; i++) {
                assertThat(received.poll(30, TimeUnit.SECONDS).payload()).isEqualTo(i);
            }
            assertThat(broker.queues())
                    .extracting(queue -> queue.name())
                    .allMatch(name -> name.startsWith("notifications."));
        }
    }

    @Test
    void prioritiesAndEventsSelectWhatIsPrinted() throws Exception {
        try (Serving listening = new Serving(
                false,
                "listen",
                address,
                "--priority",
                "info,error",
                "--event",
                "compute.*.end,volume.?",
                "--count",
                "3")) {
            for (List<String> each : List.of(
                    List.of("compute.instance.end", "info"),
                    List.of("compute.instance.start", "info"),
                    List.of("compute.instance.end", "warn"),
                    List.of("volume.x", "error"),
                    List.of("volume.xy", "error"),
                    List.of("compute.other.end", "error"))) {
                Cli.run("notify", address, each.getFirst(), "1", "--priority", each.getLast());
            }
            assertThat(listening.await().out().lines())
                    .extracting(line ->
                            Json.mapper().readTree(line).get("event_type").asString())
                    .containsExactlyInAnyOrder("compute.instance.end", "volume.x", "compute.other.end");
        }
    }

    @Test
    void onATerminalATableShowsWhereOpenStackPutsProjectAndResource() throws Exception {
        try (Serving listening = new Serving(true, "listen", address, "--count", "3")) {
            Cli.run(
                    "notify",
                    address,
                    "compute.instance.create.end",
                    "{\"tenant_id\": \"shop\", \"instance_id\": \"i-1\"}",
                    "--publisher-id",
                    "compute.host1");
            Cli.run(
                    "notify",
                    address,
                    "instance.delete.end",
                    "{\"nova_object.name\": \"X\", \"nova_object.data\": {\"tenant_id\": \"lab\", \"uuid\": \"i-2\"}}");
            Cli.run(
                    "notify",
                    address,
                    "port.create.end",
                    "{\"port\": {\"id\": \"p\\u001b[2J\"}}",
                    "--priority",
                    "error");
            Run run = listening.await();
            List<String> rows = run.out()
                    .lines()
                    .map(line -> line.replaceAll("\033\\[\\d+m", ""))
                    .toList();
            assertThat(rows.get(0)).matches("TIME +PRIORITY +SERVICE +EVENT +PROJECT +RESOURCE");
            assertThat(rows.get(1))
                    .matches("\\d\\d:\\d\\d:\\d\\d INFO +compute.host1 +compute.instance.create.e\\S+ +shop +i-1");
            assertThat(rows.get(2)).contains(" lab ").endsWith(" i-2");
            assertThat(rows.get(3)).contains(" ERROR ").endsWith(" p?[2J");
            assertThat(run.out()).contains("\033[31mERROR");
        }
    }

    @Test
    void aPoolKeepsWhatIsPublishedWhileNobodyListens() throws Exception {
        new Serving(false, "listen", address, "--pool", "watch").stop();
        Cli.run("notify", address, "later", "text that is no JSON");
        try (Serving listening = new Serving(false, "listen", address, "--pool", "watch", "--count", "1")) {
            assertThat(listening.await().out()).contains("\"payload\":\"text that is no JSON\"");
        }
    }

    @Test
    void theConfigurationOfAServiceTellsTheBroker() throws Exception {
        String file = Files.writeString(
                        folder.resolve("nova.conf"),
                        "[DEFAULT]\ntransport_url = rabbit://nobody@127.0.0.1:1/\n"
                                + "[oslo_messaging_notifications]\ntransport_url = " + address + "\n")
                .toString();
        try (Serving listening = new Serving(false, "listen", "--config-file", file, "--count", "1")) {
            assertThat(Cli.run("notify", "--config-file", file, "event", "[1]", "--text")
                            .exitCode())
                    .isZero();
            assertThat(listening.await().out()).contains("\"payload\":\"[1]\"");
        }
    }

    @Test
    void mistakesAreNamed() {
        assertFails(
                ExitCode.USAGE,
                "--priority must be one of audit, debug",
                "notify",
                address,
                "e",
                "1",
                "--priority",
                "x");
        assertFails(ExitCode.USAGE, "give ADDRESS, EVENT and PAYLOAD", "notify", address, "e");
        assertFails(ExitCode.USAGE, "--driver must be", "notify", address, "e", "1", "--driver", "log");
        assertFails(ExitCode.USAGE, "no broker given", "listen");
        assertFails(ExitCode.NO_CONNECTION, "", "listen", "rabbit://127.0.0.1:1/");
        assertFails(ExitCode.TIMEOUT, "", "notify", "rabbit://127.0.0.1:1/", "e", "1", "--timeout", "300ms");
    }

    private static void assertFails(int exitCode, String message, String... args) {
        Run run = Cli.run(args);
        assertThat(run.err()).contains(message);
        assertThat(run.exitCode()).isEqualTo(exitCode);
    }
}
