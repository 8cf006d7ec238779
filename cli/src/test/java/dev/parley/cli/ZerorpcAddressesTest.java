package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.cli.Cli.Run;
import dev.parley.cli.Cli.Serving;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses of zerorpc with several hosts, and those that turn round who connects. */
class ZerorpcAddressesTest {
    @TempDir
    Path folder;

    private String source = "";

    @BeforeEach
    void writeSource() throws IOException {
        source = Files.writeString(folder.resolve("Calc.java"), """
                        public class Calc {
                            public int add(int x, int y) { return x + y; }
                        }
                        """).toString();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void callsOneOfSeveralServers() throws Exception {
        try (Serving serving = new Serving(1, "serve", source, "--listen", "zerorpc+tcp://127.0.0.1:0")) {
            String address = "tcp://127.0.0.1:" + freePort() + ","
                    + serving.addresses().getFirst().replaceFirst("^.*://", "");
            Run run = Cli.run("call", address, "add", "2", "3");
            assertThat(run.line()).isEqualTo("5");
            assertThat(run.exitCode()).isZero();
        }
    }

    @Test
    void servesByConnecting() throws Exception {
        String address = "zerorpc+tcp://127.0.0.1:" + freePort();
        try (Serving serving = new Serving(1, "serve", source, "--listen", address + "?connect=true")) {
            assertThat(serving.addresses()).containsExactly(address + "?connect=true");
            Run run = Cli.run("call", address + "?bind=true", "add", "2", "3");
            assertThat(run.line()).isEqualTo("5");
            assertThat(run.exitCode()).isZero();
        }
    }
}
