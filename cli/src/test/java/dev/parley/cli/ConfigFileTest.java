package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.cli.Cli.Run;
import dev.parley.cli.Cli.Serving;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with the configuration of an OpenStack service in place of an address, and the call monitor. */
class ConfigFileTest {
    @TempDir
    static Path folder;

    private static EmbeddedBroker broker;
    private static Serving serving;
    private static String source = "";
    private static String config = "";

    @BeforeAll
    static void serve() throws Exception {
        broker = EmbeddedBroker.builder().managementPort(0).start();
        source = Files.writeString(folder.resolve("Box.java"), """
                        public class Box {
                            private volatile String kept = "";
                            public int add(int x, int y) { return x + y; }
                            public void keep(String text) { kept = text; }
                            public String kept() { return kept; }
                            public String slow(int millis) throws InterruptedException { Thread.sleep(millis); return "done"; }
                            public String user(dev.parley.RpcContext context) { return context.values().get("user") + ""; }
                        }
                        """).toString();
        config = Files.writeString(folder.resolve("nova.conf"), """
                        [DEFAULT]
                        transport_url = %s
                        control_exchange = nova
                        [oslo_messaging_rabbit]
                        amqp_auto_delete = true
                        """.formatted(broker.address()))
                .toString();
        serving = new Serving(1, "serve", source, "--config-file", config, "--topic", "box", "--server", "one");
    }

    @AfterAll
    static void stop() {
        serving.close();
        broker.close();
    }

    private static void assertFails(Run run, int exitCode, String error) {
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("parley: ").contains(error);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
    }

    @Test
    void itStandsInForTheAddress() {
        assertThat(serving.addresses().getFirst()).startsWith("rabbit://").doesNotContain("guest:guest");
        assertThat(broker.exchanges()).anyMatch(exchange -> exchange.name().equals("nova") && exchange.autoDelete());
        assertThat(Cli.run("call", "--config-file", config, "--topic", "box", "add", "x=2", "y=3")
                        .line())
                .isEqualTo("5");
        assertThat(Cli.run("call", "add", "--topic", "box", "y=-3", "x=2", "--config-file", config)
                        .line())
                .isEqualTo("-1");
        assertThat(Cli.run(
                                "call",
                                "user",
                                "--topic",
                                "box",
                                "--server",
                                "one",
                                "--exchange",
                                "nova",
                                "--timeout",
                                "20",
                                "--context",
                                "{\"user\": \"ann\"}",
                                "--config-file",
                                config,
                                "--raw")
                        .line())
                .isEqualTo("ann");
        assertThat(Cli.run("cast", "--config-file", config, "keep", "--topic", "box", "text=cast")
                        .exitCode())
                .isZero();
        awaitKept("cast");
        assertThat(Cli.run("fanout", "--config-file", config, "keep", "--topic", "box", "text=all")
                        .exitCode())
                .isZero();
        awaitKept("all");
        assertThat(Cli.run(
                                "queues",
                                "--config-file",
                                config,
                                "--management",
                                "http://127.0.0.1:" + broker.managementPort())
                        .out())
                .contains("box.one");
    }

    private static void awaitKept(String text) {
        Run run = null;
        for (int i = 0; i < 100 && (run == null || !run.line().equals(text)); i++) {
            run = Cli.run("call", "--config-file", config, "kept", "--topic", "box", "--raw");
        }
        assertThat(run.line()).isEqualTo(text);
    }

    @Test
    void aKnownServiceIsReachedByTheNameOfItsFile() throws Exception {
        String url = "[DEFAULT]\ntransport_url = " + broker.address() + "\n";
        String compute =
                Files.writeString(folder.resolve("nova-compute.conf"), url).toString();
        assertThat(Cli.run("call", "--config-file", compute, "--topic", "box", "add", "x=2", "y=3")
                        .line())
                .isEqualTo("5");
        String other = Files.writeString(folder.resolve("other.conf"), url).toString();
        assertThat(Cli.run("call", "--config-file", other, "--exchange", "nova", "--topic", "box", "add", "x=1", "y=3")
                        .line())
                .isEqualTo("4");
    }

    @Test
    void laterFilesAndFoldersTakePrecedence() throws Exception {
        String wrong = Files.writeString(folder.resolve("wrong.conf"), """
                        [DEFAULT]
                        transport_url = rabbit://127.0.0.1:1/
                        control_exchange = nova
                        """).toString();
        Path directory = Files.createDirectory(folder.resolve("nova.conf.d"));
        Files.writeString(directory.resolve("1.conf"), "[DEFAULT]\ntransport_url = " + broker.address() + "\n");
        Files.writeString(directory.resolve("0.conf"), "[DEFAULT]\ntransport_url = rabbit://127.0.0.1:2/\n");
        assertThat(Cli.run(
                                "call",
                                "--config-file",
                                wrong,
                                "--config-dir",
                                directory.toString(),
                                "--topic",
                                "box",
                                "add",
                                "x=2",
                                "y=2")
                        .line())
                .isEqualTo("4");
        assertFails(
                Cli.run(
                        "call",
                        "--config-dir",
                        directory.toString(),
                        "--config-file",
                        wrong,
                        "--topic",
                        "box",
                        "add",
                        "x=2"),
                ExitCode.NO_CONNECTION,
                "127.0.0.1:1");
        assertFails(
                Cli.run("call", "--config-dir", folder.resolve("none").toString(), "--topic", "box", "add"),
                ExitCode.USAGE,
                "--config-dir: no such folder");
    }

    @Test
    void whatIsWrongWithItIsTold() throws Exception {
        String nowhere = folder.resolve("none.conf").toString();
        assertFails(
                Cli.run("call", "--config-file", nowhere, "add"),
                ExitCode.USAGE,
                "--config-file: no such file: " + nowhere);
        assertFails(Cli.run("call", "--config-file", config), ExitCode.USAGE, "Missing required parameter: 'METHOD'");
        assertFails(Cli.run("call", "--config-file", config, "add"), ExitCode.USAGE, "rabbit needs a --topic");
        assertFails(
                Cli.run("call", "rabbit://localhost", "add", "--config-file", config, "--topic", "x"),
                ExitCode.USAGE,
                "not both");
        assertFails(Cli.run("queues"), ExitCode.USAGE, "--config-file");
        String odd = Files.writeString(folder.resolve("odd.conf"), "[DEFAULT]\ntransport_url = rabbit://h:port/\n")
                .toString();
        assertFails(
                Cli.run("serve", source, "--topic", "x", "--config-file", odd), ExitCode.USAGE, "'port' is not a port");
    }

    @Test
    void theMonitorOutlastsALongCall() {
        assertThat(Cli.run(
                                "call",
                                "--config-file",
                                config,
                                "slow",
                                "--topic",
                                "box",
                                "millis=3200",
                                "--monitor",
                                "2s",
                                "--raw")
                        .line())
                .isEqualTo("done");
        Run silent = Cli.run("call", broker.address(), "slow", "--topic", "nobody", "millis=1", "--monitor", "2");
        assertFails(silent, ExitCode.TIMEOUT, "no heartbeat of slow within 2 s");
        assertFails(
                Cli.run("call", broker.address(), "slow", "--topic", "box", "millis=1", "--monitor", "1"),
                ExitCode.USAGE,
                "at least 2s");
        assertFails(
                Cli.run("call", "tcp://127.0.0.1:1", "slow", "--monitor", "5"),
                ExitCode.USAGE,
                "zerorpc+tcp is a direct wire");
    }
}
