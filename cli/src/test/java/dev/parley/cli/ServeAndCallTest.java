package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.Cli.Run;
import dev.parley.cli.Cli.Serving;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The commands over a wire that carries arguments by position and by name. */
class ServeAndCallTest {
    private static final String ANY_PORT = "jsonrpc+http://127.0.0.1:0/jsonrpc";

    @TempDir
    static Path folder;

    private static String source = "";
    private static Serving serving;
    private static String address = "";

    @BeforeAll
    static void serve() throws Exception {
        source = Files.writeString(folder.resolve("Calc.java"), """
                        import java.util.*;
                        import java.util.stream.*;

                        public class Calc {
                            /**
                             * Adds.
                             *
                             * @param y what is added
                             * @return the sum
                             */
                            public int add(int x, int y) { return x + y; }
                            public int divide(int x, int y) { return x / y; }
                            public Object echo(Object value) { return value; }
                            public IntStream count(int n) { return IntStream.rangeClosed(1, n); }
                            public Object context(dev.parley.RpcContext context) { return context.values(); }
                            public void sleep(long millis) throws InterruptedException { Thread.sleep(millis); }
                            private volatile boolean running;
                            public String slow() throws InterruptedException { running = true; Thread.sleep(500); return "done"; }
                            public boolean running() { return running; }
                            public void nothing() {}
                            public boolean ask(dev.parley.RpcContext context, String text) {
                                context.caller().cast("told", text, 1);
                                try {
                                    context.caller().call("wanted", void.class, dev.parley.Args.named("text", text));
                                    return true;
                                } catch (dev.parley.MethodNotFoundException e) {
                                    return false;
                                }
                            }
                        }
                        """).toString();
        serving = new Serving(1, "serve", source, "--listen", ANY_PORT);
        address = serving.addresses().getFirst();
    }

    @AfterAll
    static void stop() {
        serving.close();
    }

    private static Run call(String... rest) {
        String[] line = new String[rest.length + 2];
        line[0] = "call";
        line[1] = address;
        System.arraycopy(rest, 0, line, 2, rest.length);
        return Cli.run(line);
    }

    private static void assertFails(Run run, int exitCode, String error) {
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("parley: ").contains(error).hasLineCount(1);
        assertThat(run.exitCode()).isEqualTo(exitCode);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jsonrpc+tcp://127.0.0.1:0", "jsonrpc+ws://127.0.0.1:0/rpc"})
    void verboseCallsShowWhatTheServerCalls(String listen) throws Exception {
        try (Serving both = new Serving(1, "serve", source, "--listen", listen)) {
            String peer = both.addresses().getFirst();
            Run verbose = Cli.run("call", "-v", peer, "ask", "hi");
            assertThat(verbose.line()).isEqualTo("false");
            assertThat(verbose.err()).contains("told [\"hi\",1]").contains("wanted {\"text\":\"hi\"}");
            Logging.verbosity(0);
            Run quiet = Cli.run("call", peer, "ask", "hi");
            assertThat(quiet.line()).isEqualTo("false");
            assertThat(quiet.err()).isEmpty();
        } finally {
            Logging.verbosity(0);
        }
    }

    @Test
    void theAddressHasTheRealPort() {
        assertThat(address).matches("jsonrpc\\+http://127\\.0\\.0\\.1:[1-9]\\d*/jsonrpc");
    }

    @Test
    void theResultAloneIsOnStandardOutput() {
        Run run = call("add", "2", "3");

        assertThat(run).isEqualTo(new Run(ExitCode.OK, "5\n", ""));
        assertThat(call("add", "--named", "y=3", "x=-2").line()).isEqualTo("1");
        assertThat(call("add", "-2", "3").line()).isEqualTo("1");
        assertThat(call("echo", "{\"a\": [1, null]}").line()).isEqualTo("{\"a\":[1,null]}");
        assertThat(call("echo", "grüße").line()).isEqualTo("\"grüße\"");
        assertThat(call("echo", "--raw", "grüße").line()).isEqualTo("grüße");
        assertThat(call("nothing").line()).isEqualTo("null");
    }

    @Test
    void aTerminalGetsColours() {
        assertThat(Cli.runOnTerminal("call", address, "add", "2", "3").out()).isEqualTo("\033[36m5\033[0m\n");
    }

    @Test
    void aStreamIsAListOrALinePerItem() {
        assertThat(call("count", "3").out()).isEqualTo("[1,2,3]\n");
        assertThat(call("count", "3", "--stream").out()).isEqualTo("1\n2\n3\n");
    }

    @Test
    void aFailedMethodIsOneLineAndExitCode1() {
        assertFails(call("divide", "1", "0"), ExitCode.REMOTE_FAILURE, "ArithmeticError: / by zero");
        assertFails(call("nope"), ExitCode.REMOTE_FAILURE, "MethodNotFoundException: ");
        assertFails(call("add", "x", "3"), ExitCode.REMOTE_FAILURE, "InvalidArgumentsException: argument 'x' of add");
        assertFails(call("add", "1"), ExitCode.REMOTE_FAILURE, "InvalidArgumentsException: ");
    }

    @Test
    void verbosityIsAskedForBeforeOrAfterTheCommand() {
        try {
            for (String[] line : new String[][] {{"-v", "call", address, "nope"}, {"call", address, "nope", "-vv"}}) {
                Run run = Cli.run(line);
                assertThat(run.exitCode()).isEqualTo(ExitCode.REMOTE_FAILURE);
                assertThat(run.err())
                        .startsWith("parley: MethodNotFoundException: ")
                        .contains("\tat dev.parley");
            }
        } finally {
            Logging.verbosity(0);
        }
    }

    @Test
    void noAnswerInTimeIsExitCode4() {
        assertFails(call("sleep", "60000", "--timeout", "100ms"), ExitCode.TIMEOUT, "RpcTimeoutException: ");
    }

    @Test
    void nobodyThereIsExitCode3() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertFails(
                Cli.run("call", "jsonrpc+http://127.0.0.1:" + port + "/jsonrpc", "add"),
                ExitCode.NO_CONNECTION,
                "ConnectionLostException: ");
        assertFails(
                Cli.run("inspect", "jsonrpc+http://127.0.0.1:" + port + "/jsonrpc"),
                ExitCode.NO_CONNECTION,
                "ConnectionLostException: ");
    }

    @Test
    void aPortTakenIsExitCode3() {
        assertFails(Cli.run("serve", source, "-l", address), ExitCode.NO_CONNECTION, "Address already in use");
    }

    @Test
    void whatTheWireCannotDoIsUsage() {
        assertFails(call("add", "--context", "3"), ExitCode.USAGE, "--context '3' is not a JSON object");
        assertFails(call("add", "--rpc-version", "two"), ExitCode.USAGE, "version 'two'");
        assertFails(call("add", "--topic", "test"), ExitCode.USAGE, "direct wire");
        assertFails(Cli.run("fanout", address, "add"), ExitCode.USAGE, "only a broker");
        assertFails(Cli.run("call", address + "?colour=red", "add"), ExitCode.USAGE, "'colour'");
    }

    @Test
    void aCastPrintsNothing() {
        assertThat(Cli.run("cast", address, "nothing")).isEqualTo(new Run(ExitCode.OK, "", ""));
    }

    @Test
    void inspectListsSignaturesAndDocs() {
        assertThat(Cli.run("inspect", address).out())
                .startsWith("Calc\n")
                .contains("  add(x: integer, y: integer) -> integer\n      Adds.\n")
                .contains("  sleep(millis: integer)");
        assertThat(Cli.run("inspect", address, "add").out())
                .isEqualTo(
                        "add(x: integer, y: integer) -> integer\n    Adds.\n    y: what is added\n    result: the sum\n");
        assertThat(Cli.run("inspect", address, "add", "--json").out())
                .startsWith("{\"name\":\"Calc\",\"methods\":[{\"name\":\"add\"");
        assertFails(
                Cli.run("inspect", address, "nope"),
                ExitCode.REMOTE_FAILURE,
                "Calc has no method 'nope'; it has add, ");
    }

    @Test
    void callsUnderWayAreAnsweredWhenItStops() throws Exception {
        try (Serving other = new Serving(1, "serve", source, "-l", ANY_PORT)) {
            CompletableFuture<Run> slow = CompletableFuture.supplyAsync(
                    () -> Cli.run("call", other.addresses().getFirst(), "slow"));
            while (!Cli.run("call", other.addresses().getFirst(), "running")
                    .line()
                    .equals("true")) {
                Thread.onSpinWait();
            }
            Run stopped = other.stop();

            assertThat(stopped.exitCode()).isEqualTo(ExitCode.OK);
            Run answered = slow.get(60, TimeUnit.SECONDS);
            assertThat(answered.err()).isEmpty();
            assertThat(answered.line()).isEqualTo("\"done\"");
        }
    }

    @Test
    void docsAndTheAccessLogAreForHttp() throws Exception {
        try (Serving other = new Serving(
                3,
                "serve",
                source,
                "-l",
                "xmlrpc+http://127.0.0.1:0/RPC2",
                "-l",
                "http://127.0.0.1:0/jsonrpc?docs=false",
                "-l",
                "jsonrpc+tcp://127.0.0.1:0",
                "--docs",
                "--access-log")) {
            assertThat(other.addresses()).noneMatch(address -> address.contains("?"));
            assertThat(status(other.addresses().get(0))).isEqualTo(200);
            assertThat(status(other.addresses().get(1))).isEqualTo(405);
            assertThat(LoggerFactory.getLogger("dev.parley.access").isInfoEnabled())
                    .isTrue();
        } finally {
            Logging.access(false);
        }
    }

    private static int status(String address) throws Exception {
        URI url = URI.create(address.substring(address.indexOf('+') + 1));
        HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
        return connection.getResponseCode();
    }

    @Test
    void cgiListensNowhere() {
        assertFails(
                Cli.run("serve", source, "--cgi", "jsonrpc", "-l", ANY_PORT),
                ExitCode.USAGE,
                "leave the addresses out");
        assertFails(Cli.run("serve", source, "--cgi", "zerorpc"), ExitCode.USAGE, "zerorpc needs a socket");
        Run outside = Cli.run("serve", source, "--cgi", "jsonrpc");
        assertThat(outside.out()).startsWith("Status: 400").contains("REQUEST_METHOD is not set");
    }

    @Test
    void theOptionsOfServeShapeWhatIsOffered() throws Exception {
        try (Serving other = new Serving(
                2,
                "serve",
                source,
                "-l",
                ANY_PORT,
                "-l",
                ANY_PORT,
                "--expose-only",
                "add,divide",
                "--name",
                "Sums",
                "--namespace",
                "maths",
                "--pool",
                "2",
                "--max-concurrent-calls",
                "5",
                "--max-concurrent-calls-per-connection",
                "4",
                "--max-queued-calls",
                "3",
                "--memory",
                "25%")) {
            assertThat(other.addresses()).hasSize(2).doesNotHaveDuplicates();
            for (String each : other.addresses()) {
                assertThat(Cli.run("inspect", each).out().lines().map(String::strip))
                        .containsExactly(
                                "Sums",
                                "maths.add(x: integer, y: integer) -> integer",
                                "Adds.",
                                "maths.divide(x: integer, y: integer) -> integer");
                assertThat(Cli.run("call", each, "maths.add", "1", "2").line()).isEqualTo("3");
                assertThat(Cli.run("call", each, "add", "1", "2", "--namespace", "maths")
                                .line())
                        .isEqualTo("3");
                assertThat(Cli.run("call", each, "echo", "1").exitCode()).isEqualTo(ExitCode.REMOTE_FAILURE);
            }
        }
    }

    @Test
    void aMemorySizeThatIsNoneIsAUsageError() throws Exception {
        Cli.Run refused = Cli.run("serve", source, "-l", ANY_PORT, "--memory", "much");
        assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err())
                .contains("--memory must be a size such as 64m or a share of the heap such as 25%, not \"much\"");
    }

    @Test
    void anErrorHasItsCodeAndWithVItsDataAndStackTrace(@TempDir Path elsewhere) throws Exception {
        Path jobs = Files.writeString(elsewhere.resolve("Jobs.java"), """
                public class Jobs {
                    public void find(int id) {
                        throw dev.parley.RemoteException.of("NotFound", "no such job")
                                .withCode(404).withData(java.util.Map.of("job", id));
                    }
                    public void fail() { throw new IllegalStateException("on purpose"); }
                }
                """);
        for (String traces : List.of("--include-stack-traces", "--expose-traces")) {
            try (Serving other = new Serving(1, "serve", jobs.toString(), "-l", ANY_PORT, traces)) {
                String each = other.addresses().getFirst();
                assertFails(Cli.run("call", each, "find", "7"), ExitCode.REMOTE_FAILURE, "no such job (code 404)");
                assertFails(Cli.run("call", each, "nope"), ExitCode.REMOTE_FAILURE, "(code -32601)");
                assertThat(Cli.run("call", "-v", each, "find", "7").err())
                        .contains("no such job (code 404)")
                        .contains("data: {\"job\":7}");
                assertThat(Cli.run("call", "-v", each, "fail").err())
                        .contains("RuntimeError: on purpose")
                        .contains("Jobs.fail");
            } finally {
                Logging.verbosity(0);
            }
        }
    }

    @Test
    void whatServeCannotDoIsUsage() {
        assertFails(
                Cli.run("serve", "com.example.None", "-l", ANY_PORT),
                ExitCode.USAGE,
                "there is no class com.example.None");
        assertFails(
                Cli.run("serve", source, "-l", ANY_PORT, "--concurrency", "0"),
                ExitCode.USAGE,
                "maxConcurrentCalls must be at least 1");
        assertFails(
                Cli.run("serve", source, "-l", ANY_PORT, "--max-concurrent-calls-per-connection", "0"),
                ExitCode.USAGE,
                "maxConcurrentCallsPerConnection must be at least 1, not 0");
        assertFails(
                Cli.run("serve", source, "-l", ANY_PORT, "--max-queued-calls", "-1"),
                ExitCode.USAGE,
                "maxQueuedCalls must be at least 0, not -1");
        assertFails(
                Cli.run("serve", source, "-l", ANY_PORT, "--expose-only", "none"), ExitCode.USAGE, "exposes no method");
        assertFails(Cli.run("serve", source, "-l", "gopher://127.0.0.1:0"), ExitCode.USAGE, "unknown scheme 'gopher'");
        assertThat(Cli.run("serve", source, "-l", ANY_PORT, "--pool", "2", "--inline")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThat(Cli.run("serve", source).err()).contains("give a --listen ADDRESS");
    }
}
