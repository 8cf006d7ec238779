package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Child processes as servers, and a server as a child process. */
@Timeout(120)
class StdioTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path folder;

    /** The command line that starts {@link StdioServer}. */
    private static List<String> command(String... args) {
        List<String> command = new ArrayList<>(
                List.of(JAVA, "-XX:TieredStopAtLevel=1", "-cp", classPath(), StdioServer.class.getName()));
        command.addAll(List.of(args));
        return command;
    }

    private static String classPath() {
        String modules = System.getProperty("jdk.module.path", "");
        String classes = System.getProperty("java.class.path", "");
        Path tests = Path.of("target/test-classes").toAbsolutePath();
        return String.join(":", classes, modules, tests.toString());
    }

    private String address(String options, String... args) {
        StringBuilder line = new StringBuilder("jsonrpc+stdio:");
        command(args)
                .forEach(word ->
                        line.append('\'').append(word.replace("%", "%25")).append("' "));
        return line.toString().strip() + options;
    }

    /** A program in a shell, for a server that behaves in a particular way. */
    private String script(String text) throws IOException {
        Path file = folder.resolve("server with blanks.sh");
        Files.writeString(file, text);
        return "jsonrpc+stdio:sh \"" + file + "\"";
    }

    /** What a parent serves its child. */
    static final class Parent {
        final BlockingQueue<Integer> noted = new LinkedBlockingQueue<>();

        public int twice(int number) {
            return 2 * number;
        }

        public void noted(int number) {
            noted.add(number);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?framing=lines"})
    void aChildCallsItsParent(String options) throws Exception {
        Parent parent = new Parent();
        CountDownLatch ended = new CountDownLatch(1);
        try (RpcClient client =
                RpcClient.builder(address(options)).endpoint(parent).build()) {
            client.onDisconnect(ended::countDown);
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                calls.add(client.callAsync("askParent", Integer.class, i));
            }
            List<Integer> noted = new ArrayList<>();
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(2 * i);
                noted.add(parent.noted.poll(30, TimeUnit.SECONDS));
            }
            assertThat(noted).doesNotHaveDuplicates().doesNotContainNull();
            RpcBatch batch = client.batch();
            RpcBatch.Result<Integer> one = batch.call("add", Integer.class, 1, 2);
            RpcBatch.Result<Integer> two = batch.call("askParent", Integer.class, 4);
            batch.send();
            assertThat(one.get()).isEqualTo(3);
            assertThat(two.get()).isEqualTo(8);
            client.cast("exit", 3);
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?framing=lines"})
    void aChildServesItsParent(String options) throws Exception {
        try (RpcClient client = RpcClient.connect(address(options))) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                calls.add(client.callAsync("add", Integer.class, i, 1));
            }
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
            String large = "ü".repeat(2_000_000);
            assertThat(client.call("echo", String.class, large)).isEqualTo(large);
            assertThatThrownBy(() -> client.call("nosuch", int.class)).isInstanceOf(MethodNotFoundException.class);
            CompletableFuture<String> held = client.callAsync("hold", String.class);
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            held.cancel(true);
            assertThat(client.describe().methods()).isNotEmpty();
        }
    }

    @Test
    void aChildThatEndsFailsItsCallsAndTheNextCallStartsAnother() throws Exception {
        try (RpcClient client = RpcClient.connect(address(""))) {
            CompletableFuture<String> held = client.callAsync("hold", String.class);
            assertThatThrownBy(() -> client.call("exit", void.class, 3))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("exited with status 3");
            assertThatThrownBy(() -> held.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ConnectionLostException.class);
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void closingEndsAChildThatIgnoresTheEndOfItsInput() throws Exception {
        long before = children();
        RpcClient client = RpcClient.connect(address("?exit_timeout=1", "sleep"));
        CompletableFuture<Integer> call = client.callAsync("add", Integer.class, 1, 2);
        for (int i = 0; children() == before && i < 3_000; i++) {
            Thread.sleep(10); // Until it has started.
        }
        assertThat(children()).isEqualTo(before + 1);
        client.close();
        assertThat(call).failsWithin(Duration.ofSeconds(30));
        for (int i = 0; children() > before && i < 3_000; i++) {
            Thread.sleep(10);
        }
        assertThat(children()).isEqualTo(before);
    }

    private static long children() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).count();
    }

    @Test
    void theServerAnswersWhatItHasReceivedAndEndsWithItsInput() throws Exception {
        Process child = new ProcessBuilder(command())
                .redirectError(folder.resolve("err").toFile())
                .start();
        try (OutputStream in = child.getOutputStream()) {
            for (int i = 1; i <= 100; i++) {
                in.write(("{\"jsonrpc\":\"2.0\",\"method\":\"add\",\"params\":[" + i + ",1],\"id\":" + i + "}")
                        .getBytes(StandardCharsets.UTF_8));
            }
        }
        String out = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(out.lines()).hasSize(100).allMatch(line -> line.startsWith("{\"jsonrpc\":\"2.0\",\"id\":"));
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
        assertThat(Files.readString(folder.resolve("err"))).contains("adding", "served to the end");
    }

    @Test
    void aLogBeforeTheHeadersDoesNoHarm() throws Exception {
        String address = script("""
                echo "starting $1"
                echo
                read line
                printf 'Content-Length: 35\\r\\n\\r\\n{"jsonrpc":"2.0","id":1,"result":5}'
                cat > /dev/null
                """);
        try (RpcClient client = RpcClient.connect(address + " 100%25?exit_timeout=20")) {
            assertThat(client.call("m", int.class)).isEqualTo(5);
        }
    }

    @Test
    void anAnswerThatTheEndOfOutputEndsIsRead() throws Exception {
        String address = script("read line; printf '{\"id\":1,\"result\":[5]}'");
        try (RpcClient client = RpcClient.connect(address + "?framing=lines")) {
            assertThat(client.call("m", int[].class)).containsExactly(5);
        }
    }

    @Test
    void whatCannotBeStartedIsNamed() {
        try (RpcClient client = RpcClient.connect("jsonrpc+stdio:/nonexistent/program --flag")) {
            assertThatThrownBy(() -> client.call("m", int.class))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("/nonexistent/program");
            assertThatThrownBy(() -> client.cast("m")).isInstanceOf(ConnectionLostException.class);
        }
        for (String address : List.of(
                "jsonrpc+stdio:",
                "jsonrpc+stdio:  ",
                "jsonrpc+stdio://host/program",
                "jsonrpc+stdio:a 'b",
                "jsonrpc+stdio:a %zz",
                "jsonrpc+stdio:a?unknown=1",
                "jsonrpc+stdio:a?framing=netstring")) {
            assertThatThrownBy(() -> RpcClient.connect(address).close())
                    .as(address)
                    .isInstanceOf(InvalidTargetException.class);
        }
        assertThatThrownBy(() -> RpcServer.builder()
                        .method("m", () -> 1)
                        .listen("jsonrpc+stdio:program")
                        .build()
                        .start())
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("names no program");
    }
}
