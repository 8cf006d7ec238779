package dev.parley.interop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.zerorpc.ZerorpcCommand;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code parley zerorpc} beside zerorpc's own command. What the latter does was recorded with Python 3.9, the last one
 * on which it works unpatched: of a help the usage, of a traceback what precedes it and, if the peer or the connection
 * raised it, its last line; without what {@code --debug} logs.
 */
@NeedsPeer(Peer.ZERORPC_PYTHON)
class ZerorpcCommandTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String ADDRESS = "{address}";
    private static final String TRACEBACK = "Traceback (most recent call last):";

    /** What a command did, with {@link #ADDRESS} for the address of the service. */
    private record Outcome(int code, String out, String err) {
        static Outcome of(JsonNode json) {
            return new Outcome(
                    json.get("code").asInt(),
                    json.get("out").asString(),
                    json.get("err").asString());
        }

        Outcome comparable(String address) {
            String printed = out.startsWith("usage:") ? out.substring(0, out.indexOf("\n\n") + 1) : out;
            String errors = err.contains(TRACEBACK) ? err.substring(0, err.indexOf(TRACEBACK)) : err;
            StringBuilder told = new StringBuilder();
            errors.lines()
                    .filter(line -> !line.startsWith("DEBUG:"))
                    .forEach(line -> told.append(line).append('\n'));
            return new Outcome(
                    code, printed.replace(address, ADDRESS), told.toString().replace(address, ADDRESS));
        }
    }

    private static List<JsonNode> rows() {
        try (InputStream table =
                Objects.requireNonNull(ZerorpcCommandTest.class.getResourceAsStream("/zerorpc-commands.jsonl"))) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(JSON::readTree)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> arguments(JsonNode row, String address) {
        List<String> arguments = new ArrayList<>();
        row.get("args").forEach(argument -> arguments.add(argument.asString().replace(ADDRESS, address)));
        return arguments;
    }

    private static Outcome parley(List<String> arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ZerorpcCommand command = new ZerorpcCommand(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                80,
                new ZerorpcCommand.Environment() {
                    @Override
                    public Object load(String classOrFile) {
                        throw new IllegalArgumentException("there is no class " + classOrFile);
                    }

                    @Override
                    public void debug() {
                        // The tests' own logging stays as it is.
                    }

                    @Override
                    public void awaitStop() {
                        throw new IllegalStateException("no row serves");
                    }
                });
        return new Outcome(
                command.run(arguments), out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PeerProcess values() {
        return PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_values.py", String.valueOf(FreePorts.take()));
    }

    @Test
    void parleyDoesWhatWasRecorded() {
        SoftAssertions all = new SoftAssertions();
        try (PeerProcess service = values()) {
            String address = service.ready();
            for (JsonNode row : rows()) {
                Outcome done = parley(arguments(row, address));
                all.assertThat(done.comparable(address))
                        .as("%s", row.get("args"))
                        .isEqualTo(Outcome.of(row));
                @Nullable JsonNode raised = row.get("raised");
                if (raised != null) {
                    all.assertThat(done.err().stripTrailing())
                            .as("%s", row.get("args"))
                            .endsWith(raised.asString());
                }
            }
        }
        all.assertAll();
    }

    @Test
    void zerorpcDoesWhatWasRecorded() {
        SoftAssertions all = new SoftAssertions();
        try (PeerProcess service = values();
                PeerProcess commands = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_commands.py")) {
            String address = service.ready();
            for (JsonNode row : rows()) {
                Outcome done = Outcome.of(commands.call(Map.of("args", arguments(row, address))));
                all.assertThat(done.comparable(address))
                        .as("%s", row.get("args"))
                        .isEqualTo(Outcome.of(row));
            }
        }
        all.assertAll();
    }

    @Test
    void bothServeTheModuleTime() {
        String ours = "tcp://127.0.0.1:" + FreePorts.take();
        String theirs = "tcp://127.0.0.1:" + FreePorts.take();
        try (PeerProcess parley = launch("zerorpc", "--server", "--bind", ours, "time");
                PeerProcess python = PeerProcess.start(
                        Peer.ZERORPC_PYTHON, "zerorpc_command.py", "--server", "--bind", theirs, "time");
                PeerProcess commands = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_commands.py")) {
            parley.ready(Integer.parseInt(ours.substring(ours.lastIndexOf(':') + 1)));
            python.ready(Integer.parseInt(theirs.substring(theirs.lastIndexOf(':') + 1)));
            for (String call : List.of(
                    "strftime %Y-%j", "gmtime 0", "gmtime 1e9", "gmtime -1.5", "localtime 1234567890", "ctime 1e9")) {
                for (String address : List.of(ours, theirs)) {
                    List<String> arguments = Stream.of(call.split(" "))
                            .map(word -> word.startsWith("%") ? "\"" + word + "\"" : word)
                            .collect(java.util.stream.Collectors.toCollection(ArrayList::new));
                    arguments.addAll(0, List.of("-j", address));
                    Outcome byParley = parley(arguments);
                    Outcome byPython = Outcome.of(commands.call(Map.of("args", arguments)));
                    assertThat(byParley.comparable(address)).isEqualTo(byPython.comparable(address));
                    List<String> toOther = new ArrayList<>(arguments);
                    toOther.set(1, theirs);
                    assertThat(byParley.out()).isEqualTo(parley(toOther).out());
                }
            }
            parley.handle().destroy();
            parley.exitCode();
            assertThat(parley.errors()).contains("binding to \"" + ours + "\"\nserving \"time\"");
        }
    }

    @Test
    void servesSourceFilesToZerorpc(@TempDir Path folder) throws IOException {
        Path source = Files.writeString(folder.resolve("Greeter.java"), """
                public class Greeter {
                    /** Greets somebody. */
                    public String hello(String name) {
                        return "Hello, " + name;
                    }
                }
                """);
        int port = FreePorts.take();
        String address = "tcp://127.0.0.1:" + port;
        try (PeerProcess parley = launch("zerorpc", "--server", "--bind", address, source.toString());
                PeerProcess commands = PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_commands.py")) {
            parley.ready(port);
            assertThat(Outcome.of(commands.call(Map.of("args", List.of(address))))
                            .out())
                    .isEqualTo("[Greeter]\nhello Greets somebody.\n");
            assertThat(Outcome.of(commands.call(Map.of("args", List.of(address, "hello", "Bob"))))
                            .out())
                    .isEqualTo("'Hello, Bob'\n");
        }
    }

    @Test
    void waitsForAServerThatStartsLater() {
        int port = FreePorts.take();
        try (PeerProcess call = launch("zerorpc", "tcp://127.0.0.1:" + port, "hello", "Bob")) {
            while (!call.errors().contains("connecting to")) {
                assertThat(call.isAlive()).isTrue();
                Thread.onSpinWait();
            }
            try (PeerProcess service =
                    PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_values.py", String.valueOf(port))) {
                service.ready();
                assertThat(call.output()).isEqualTo("'Hello, Bob'");
            }
        }
    }

    private static PeerProcess launch(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of("..", "parley").toAbsolutePath().normalize().toString()));
        command.addAll(List.of(arguments));
        return PeerProcess.start(Map.of(), command);
    }
}
