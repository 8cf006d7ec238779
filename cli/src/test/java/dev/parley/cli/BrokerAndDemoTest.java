package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.cli.Cli.Run;
import dev.parley.cli.Cli.Serving;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands over wires with a broker, and those that bring one along. */
class BrokerAndDemoTest {
    private static final String SOURCE = """
            import java.util.concurrent.atomic.*;

            public class Count {
                private final AtomicInteger calls = new AtomicInteger();
                public int add(int x, int y) { return x + y; }
                public void hit() { calls.incrementAndGet(); }
                public int hits() { return calls.get(); }
            }
            """;

    @TempDir
    Path folder;

    private static void awaitHits(String expected, String address, String server) throws InterruptedException {
        long deadline = System.nanoTime() + 60_000_000_000L;
        String hits;
        do {
            hits = Cli.run("call", address, "hits", "--topic", "count", "--server", server)
                    .line();
            Thread.sleep(10);
        } while (!hits.equals(expected) && System.nanoTime() < deadline);
        assertThat(hits).isEqualTo(expected);
    }

    @Test
    void callsCastsAndFanoutsGoThroughTheBroker() throws Exception {
        String source = Files.writeString(folder.resolve("Count.java"), SOURCE).toString();
        try (Serving broker = new Serving(1, "broker", "--port", "0")) {
            String address = broker.addresses().getFirst();
            assertThat(address).matches("rabbit://guest:guest@127\\.0\\.0\\.1:\\d+/");
            try (Serving one = new Serving(1, "serve", source, "-l", address, "--topic", "count", "--server", "one");
                    Serving two =
                            new Serving(1, "serve", source, "-l", address, "--topic", "count", "--server", "two")) {
                assertThat(Cli.run("call", address, "add", "x=2", "y=3", "--topic", "count"))
                        .isEqualTo(new Run(ExitCode.OK, "5\n", ""));

                assertThat(Cli.run("cast", address, "hit", "--topic", "count", "--server", "two")
                                .exitCode())
                        .isZero();
                awaitHits("1", address, "two");
                assertThat(Cli.run("fanout", address, "hit", "--topic", "count").exitCode())
                        .isZero();
                awaitHits("2", address, "two");
                awaitHits("1", address, "one");

                assertThat(one.stop().exitCode()).isZero();
                assertThat(two.stop().exitCode()).isZero();
            }
            assertThat(broker.stop().exitCode()).isZero();
        }
    }

    @Test
    void theBrokerBehavesAsTheVersionThatIsAskedFor() throws Exception {
        assertFails(
                ExitCode.USAGE,
                "--rabbitmq: unknown version '5.0' of RabbitMQ: known are 3.10, 4.0, 4.3",
                "broker",
                "--rabbitmq",
                "5.0");
        assertFails(
                ExitCode.USAGE,
                "--permit-deprecated: unknown deprecated feature 'x': known are transient_nonexcl_queues,"
                        + " queue_master_locator, global_qos",
                "broker",
                "--permit-deprecated",
                "x");
        for (String[] more : new String[][] {{}, {"--permit-deprecated", "transient_nonexcl_queues"}}) {
            List<String> arguments = new ArrayList<>(List.of("broker", "--port", "0", "--rabbitmq", "4.3"));
            arguments.addAll(List.of(more));
            try (Serving broker = new Serving(1, arguments.toArray(String[]::new))) {
                URI address = URI.create(broker.addresses().getFirst());
                var factory = new ConnectionFactory();
                factory.setPort(address.getPort());
                Connection connection = factory.newConnection();
                assertThat(connection.getServerProperties().get("version")).hasToString("4.3.6");
                Channel channel = connection.createChannel();
                if (more.length == 0) {
                    assertThatThrownBy(() -> channel.queueDeclare("q", false, false, false, Map.of()))
                            .hasStackTraceContaining("transient_nonexcl_queues");
                } else {
                    channel.queueDeclare("q", false, false, false, Map.of());
                }
                connection.abort();
                assertThat(broker.stop().exitCode()).isZero();
            }
        }
    }

    @Test
    void whatABrokerRefusesIsToldInALine() throws Exception {
        try (Serving broker = new Serving(1, "broker", "--port", "0")) {
            String address = broker.addresses().getFirst();
            String port = address.replaceAll("\\D+", " ").strip().split(" ")[4];

            assertFails(ExitCode.USAGE, "rabbit needs a --topic", "call", address, "add", "x=1");
            assertFails(
                    ExitCode.USAGE,
                    "rabbit carries named arguments only: write each ARG as NAME=VALUE, not '1'",
                    "call",
                    address,
                    "add",
                    "1",
                    "--topic",
                    "count");
            assertFails(
                    ExitCode.NO_CONNECTION,
                    "refused the login of user 'guest'",
                    "call",
                    address.replace("guest:guest", "guest:wrong"),
                    "add",
                    "--topic",
                    "count");
            assertFails(
                    ExitCode.TIMEOUT,
                    "RpcTimeoutException",
                    "call",
                    address,
                    "add",
                    "--topic",
                    "nobody",
                    "--timeout",
                    "0.2");
            assertFails(ExitCode.NO_CONNECTION, port, "broker", "--port", port);
            broker.stop();
            assertFails(
                    ExitCode.NO_CONNECTION,
                    "ConnectionLostException",
                    "call",
                    address,
                    "add",
                    "--topic",
                    "count",
                    "--timeout",
                    "1");
        }
    }

    private static void assertFails(int exitCode, String error, String... args) {
        Run run = Cli.run(args);

        assertThat(run.err().lines().filter(line -> line.startsWith("parley: ")))
                .singleElement()
                .asString()
                .contains(error);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aBrokerThatOtherMachinesReachWarns() throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream logged = new ByteArrayOutputStream();
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
        try (Serving broker = new Serving(1, "broker", "--host", "0.0.0.0", "--port", "0")) {
            assertThat(broker.addresses().getFirst()).contains("0.0.0.0");
            broker.stop();
        } finally {
            System.setErr(before);
        }
        assertThat(logged.toString(StandardCharsets.UTF_8).lines())
                .filteredOn(line -> line.contains("OTHER MACHINES CAN REACH THE BROKER on 0.0.0.0:"))
                .singleElement()
                .asString()
                .contains("WARN", "are not encrypted");
    }

    @Test
    void aPortThatIsNoneIsUsage() {
        assertThat(Cli.run("broker", "--port", "70000").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("broker", "--port", "x").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aBrokerLoadsDefinitions() throws Exception {
        Path file = Files.writeString(folder.resolve("definitions.json"), """
                {"rabbit_version": "3.10.8", "queues": [{"name": "loaded", "vhost": "/", "durable": true,
                 "auto_delete": false, "arguments": {}}]}
                """);
        int management = freePort();
        try (Serving broker = new Serving(
                1, "broker", "--port", "0", "--management-port", "" + management, "--definitions", file.toString())) {
            String url = "http://127.0.0.1:" + management;
            Run run = Cli.run("queues", broker.addresses().getFirst(), "--management", url);
            assertThat(run.out()).contains("loaded");
            broker.stop();
        }
        Files.writeString(file, "{\"queues\": [{\"name\": \"q\", \"vhost\": \"none\"}]}");
        assertFails(
                ExitCode.USAGE,
                "definitions: queues[0] 'q': no vhost 'none'",
                "broker",
                "--port",
                "0",
                "--definitions",
                file.toString());
        assertFails(ExitCode.USAGE, "none.json", "broker", "--port", "0", "--definitions", "none.json");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void theDemoCallsEveryWireAndTellsPythonHow() {
        Run run = Cli.run("demo", "--once");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        List<String> wires =
                run.out().lines().filter(line -> line.startsWith("✓ ")).toList();
        assertThat(wires).hasSize(5).allMatch(line -> line.endsWith(" = 5"));
        assertThat(wires.stream().map(line -> line.indexOf(" = ")).distinct()).hasSize(1);
        assertThat(run.out())
                .contains("xmlrpc+http://127.0.0.1:", "jsonrpc+http://127.0.0.1:", "zerorpc+tcp://127.0.0.1:")
                .contains("rabbit://guest:guest@127.0.0.1:", "memory://")
                .containsSubsequence("python3 -c", "python3 -c", "python3 -c", "python3 -c");
    }

    @Test
    void aWellKnownPortThatIsTakenIsReplaced() throws Exception {
        List<ServerSocket> taken = new java.util.ArrayList<>();
        try {
            for (int port : new int[] {8088, 8080, 4242}) {
                try {
                    taken.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
                } catch (java.io.IOException e) {
                    // Taken already, which is as good.
                }
            }
            Run run = Cli.run("demo", "--once");

            assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
            assertThat(run.err()).contains("port 8088 is taken", "port 8080 is taken", "port 4242 is taken");
            assertThat(run.out()).doesNotContain(":8088/", ":8080/", ":4242 ");
        } finally {
            for (ServerSocket socket : taken) {
                socket.close();
            }
        }
    }
}
