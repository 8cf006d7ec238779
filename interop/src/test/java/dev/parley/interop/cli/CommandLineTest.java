package dev.parley.interop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The {@code parley} command and zerorpc's own, each calling what the other serves, started by their scripts as users
 * start them.
 */
@Timeout(180)
class CommandLineTest {
    private static final String LISTENING = "listening zerorpc+";

    private static PeerProcess parley(String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of("..", "parley").toAbsolutePath().normalize().toString()));
        command.addAll(List.of(arguments));
        return PeerProcess.start(Map.of(), command);
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void parleyCallsWhatZerorpcServes() {
        int port = FreePorts.take();
        String address = "tcp://127.0.0.1:" + port;
        try (PeerProcess time =
                PeerProcess.startExecutable(Peer.ZERORPC_PYTHON, "zerorpc", "--server", "--bind", address, "time")) {
            time.ready(port);
            try (PeerProcess call = parley("call", address, "strftime", "%Y/%m/%d")) {
                String today = LocalDate.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyy/MM/dd"));
                assertThat(call.output().strip()).isEqualTo("\"" + today + "\"");
                assertThat(call.exitCode()).isZero();
            }
        }
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void zerorpcCallsWhatParleyServes(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("Calculator.java"), """
                public class Calculator {
                    /** Adds two numbers. */
                    public int add(int a, int b) {
                        return a + b;
                    }
                }
                """);
        try (PeerProcess serve = parley("serve", source.toString(), "--listen", "zerorpc+tcp://127.0.0.1:0")) {
            String address = serve.line(line -> line.startsWith(LISTENING)).substring(LISTENING.length());
            try (PeerProcess call =
                    PeerProcess.start(Peer.ZERORPC_PYTHON, "zerorpc_command.py", "-j", address, "add", "2", "3")) {
                assertThat(call.output().strip()).isEqualTo("5");
            }
        }
    }

    @Test
    void theDemoCallsEveryWireAndEnds() {
        try (PeerProcess demo = parley("demo", "--once")) {
            assertThat(demo.output())
                    .contains("xmlrpc+http://", "jsonrpc+http://", "zerorpc+tcp://", "rabbit://", "memory://");
            assertThat(demo.exitCode()).isZero();
        }
    }
}
