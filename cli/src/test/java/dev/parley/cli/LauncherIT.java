package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, run as its users do: from anywhere, by a link, without JAVA_HOME. */
class LauncherIT {
    private static final long PATIENCE_SECONDS = 300;
    private static final Path LAUNCHER = launcher();

    @TempDir
    static Path folder;

    private static Path launcher() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(root.resolve("parley"))) {
            root = Objects.requireNonNull(root.getParent(), "no ./parley above the working directory");
        }
        return root.resolve("parley");
    }

    private static ProcessBuilder command(Path launcher, String... args) {
        List<String> line = new ArrayList<>(List.of(launcher.toString()));
        line.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile());
        builder.environment().remove("JAVA_HOME");
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    private record Run(int exitCode, String out, String err) {}

    private static Run run(Path launcher, String... args) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        Process process = command(launcher, args)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + Files.readString(err));
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** The first start may build and prepare; what it says of that is not the subject of the tests. */
    @BeforeAll
    static void prepare() throws Exception {
        Run run = run(LAUNCHER, "--version");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void aSecondStartSaysNothingOfItsOwn() throws Exception {
        Run run = run(LAUNCHER, "--version");

        assertThat(run.out()).startsWith("parley ").contains("Java ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void itStartsByALinkToALink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);
        Path other = Files.createSymbolicLink(folder.resolve("other"), link.getFileName());

        assertThat(run(other, "--version").out()).startsWith("parley ");
    }

    @Test
    void exitCodesAndErrorsComeThrough() throws Exception {
        Run run = run(LAUNCHER, "call", "gopher://127.0.0.1", "add");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("parley: InvalidTargetException: unknown scheme 'gopher'")
                .hasLineCount(1);
    }

    @Test
    void aSourceFileIsServedCalledAndStoppedBySigterm() throws Exception {
        Files.writeString(
                folder.resolve("Echo.java"),
                "public class Echo { public String echo(String text) { return text + \"!\"; } }");
        Path err = folder.resolve("serve.err");
        Process server = command(LAUNCHER, "serve", "Echo.java", "--listen", "jsonrpc+http://127.0.0.1:0/jsonrpc")
                .redirectError(err.toFile())
                .start();
        try (BufferedReader lines = server.inputReader()) {
            String line = lines.readLine();
            assertThat(line).as(Files.readString(err)).startsWith("listening ");
            String address = line.substring("listening ".length());

            // Beyond ASCII, in the C locale.
            assertThat(run(LAUNCHER, "call", "--raw", address, "echo", "grüße")).isEqualTo(new Run(0, "grüße!\n", ""));

            server.destroy();
            assertThat(server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).isZero();
            assertThat(Files.readString(err)).contains("stopping").hasLineCount(1);
        } catch (IOException e) {
            throw new AssertionError(Files.readString(err), e);
        } finally {
            server.destroyForcibly();
        }
    }
}
