package dev.parley.interop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.RpcClient;
import dev.parley.interop.PeerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bin/bundle} packs, unpacked in another folder and started without a JDK in sight. */
@Timeout(600)
class BundleTest {
    private static final String LISTENING = "listening ";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void bundle() throws Exception {
        Path archive = folder.resolve("parley.tar.gz");
        Path script = Path.of("..", "bin", "bundle").toAbsolutePath().normalize();
        run(List.of(script.toString(), archive.toString()));
        run(List.of("tar", "-xzf", archive.toString(), "-C", folder.toString()));
        Files.move(folder.resolve("parley"), folder.resolve("moved"));
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("log")))
                .isZero();
    }

    private static PeerProcess parley(String... arguments) {
        String command = folder.resolve("moved/bin/parley").toString();
        List<String> environment = List.of("env", "-i", "PATH=/usr/bin:/bin", "HOME=" + folder, command);
        return PeerProcess.start(
                Map.of(),
                Stream.concat(environment.stream(), Stream.of(arguments)).toList());
    }

    private static String listening(PeerProcess process) {
        return process.line(line -> line.startsWith(LISTENING)).substring(LISTENING.length());
    }

    @Test
    void startsABroker() throws Exception {
        try (PeerProcess broker = parley("broker", "--port", "0")) {
            ConnectionFactory factory = new ConnectionFactory();
            // Without its last slash, after which RabbitMQ's client expects a virtual host.
            factory.setUri(listening(broker).replace("rabbit://", "amqp://").replaceFirst("/$", ""));
            try (Connection connection = factory.newConnection()) {
                assertThat(connection.isOpen()).isTrue();
            }
            assertThat(broker.errors()).isEmpty();
        }
    }

    @Test
    void compilesAndServesASourceFile() throws Exception {
        Path source = Files.writeString(folder.resolve("Adder.java"), """
                public class Adder {
                    public int add(int a, int b) {
                        return a + b;
                    }
                }
                """);
        try (PeerProcess server = parley("serve", source.toString(), "--listen", "jsonrpc+tcp://127.0.0.1:0");
                RpcClient client = RpcClient.connect(listening(server))) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }
}
