package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.Cli.Run;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code parley zerorpc} on both sides; the interop tests have it beside Python's own command. */
class ZerorpcSubcommandTest {
    private static String freeAddress() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return "tcp://127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void theHelpListsItAndItHasOneOfItsOwn() {
        assertThat(Cli.run("--help").out()).contains("zerorpc");
        assertThat(Cli.run("zerorpc", "--help").out()).startsWith("usage: zerorpc [-h] [--client | --server]");
        assertThat(Cli.run("zerorpc").exitCode()).isEqualTo(255);
        assertThat(Cli.run("-v", "zerorpc", "--timeout", "x").exitCode()).isEqualTo(2);
    }

    @Test
    void servesAClassAndCallsIt() throws Exception {
        String address = freeAddress();
        try (Cli.Serving serving = Cli.Serving.zerorpc(
                "zerorpc", "--server", "--pool-size", "4", "--bind", address, "dev.parley.cli.Calculator")) {
            assertThat(serving.addresses()).isEmpty();
            assertThat(Cli.run("zerorpc", address).out())
                    .startsWith("[Calculator]\n")
                    .contains("add      The sum of x and y.\n");
            assertThat(Cli.run("zerorpc", "-?", address, "add").out())
                    .isEqualTo("[Calculator]\nadd(x, y)\n\nThe sum of x and y.\n\n");
            assertThat(Cli.run("zerorpc", "-j", address, "add", "2", "3").out()).isEqualTo("5\n");
            assertThat(Cli.run("zerorpc", "-j", "-pj", address, "count", "3").out())
                    .isEqualTo("[1,2,3]");
            Run failed = Cli.run("zerorpc", "-j", address, "divide", "1", "0");
            assertThat(failed.exitCode()).isEqualTo(1);
            assertThat(failed.err()).endsWith("RemoteError: ArithmeticError: division by zero\n");
            assertThat(serving.stop().err())
                    .isEqualTo("binding to \"" + address + "\"\nserving \"dev.parley.cli.Calculator\"\n");
        }
    }

    @Test
    void tellsWhatCannotBeServed(@TempDir Path folder) throws Exception {
        Path broken = Files.writeString(folder.resolve("Broken.java"), "public class Broken { int x = ; }");
        Run none = Cli.run("zerorpc", "--server", "--bind", freeAddress(), "no.such.Thing");
        Run wrong = Cli.run("zerorpc", "--server", "--bind", freeAddress(), broken.toString());

        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("ModuleNotFoundError: there is no class no.such.Thing");
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("illegal start of expression", "does not compile");
    }
}
