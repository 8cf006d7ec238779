package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/broker.md} gives to test suites in other languages, as it stands there. */
@Timeout(180)
class RecipesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    /** A block of code whose first line is a comment with the name of a file. */
    private static final Pattern FILE =
            Pattern.compile("^```\\w+\n(?:#|//) ([\\w.]+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void write() throws IOException {
        Matcher block = FILE.matcher(Files.readString(ROOT.resolve("docs/broker.md")));
        while (block.find()) {
            Files.writeString(folder.resolve(block.group(1)), block.group(2));
        }
    }

    private static void passes(List<String> command, Map<String, String> environment, String passed) throws Exception {
        String path = ROOT + File.pathSeparator + System.getenv("PATH");
        List<String> inFolder = List.of("bash", "-c", "cd \"$0\" && exec \"$@\" 2>&1", folder.toString());
        try (PeerProcess run = PeerProcess.start(
                with(environment, "PATH", path),
                Stream.concat(inFolder.stream(), command.stream()).toList())) {
            String output = run.output();
            assertThat(run.exitCode()).as(output).isZero();
            assertThat(output).contains(passed);
        }
    }

    private static Map<String, String> with(Map<String, String> environment, String name, String value) {
        Map<String, String> all = new HashMap<>(environment);
        all.put(name, value);
        return all;
    }

    @Test
    @NeedsPeer(Peer.PYTEST)
    void pytest() throws Exception {
        passes(
                List.of(Peer.PYTEST.executable("python").toString(), "-m", "pytest", "-p", "no:cacheprovider"),
                Map.of(),
                "1 passed");
    }

    @Test
    @NeedsPeer(Peer.JEST)
    void jest() throws Exception {
        Path modules = Files.createSymbolicLink(
                folder.resolve("node_modules"), Peer.JEST.folder().resolve("node_modules"));
        passes(List.of("node", modules.resolve("jest/bin/jest.js").toString()), Map.of("CI", "true"), "1 passed");
    }

    @Test
    @NeedsPeer(Peer.AMQP091_GO)
    void go() throws Exception {
        for (String name : List.of("go.mod", "go.sum")) {
            Files.copy(Peer.AMQP091_GO.folder().resolve(name), folder.resolve(name));
        }
        Files.createSymbolicLink(
                folder.resolve("vendor"), Peer.AMQP091_GO.folder().resolve("vendor"));
        passes(
                List.of("go", "test", "-mod=vendor", "-v", "-run", "TestOrders", "."),
                Map.of("GOTOOLCHAIN", "local"),
                "--- PASS: TestOrders");
    }
}
