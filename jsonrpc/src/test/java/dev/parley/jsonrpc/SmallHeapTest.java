package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Address;
import dev.parley.RpcClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server with a small heap goes on, whatever its peers leave incomplete. */
@Timeout(300)
class SmallHeapTest {
    private static final int PEERS = 40;
    private static final int MESSAGE = 15 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"[\"", "Content-Length: 15728640\r\n\r\n[\""})
    void fortyIncompleteMessagesDoNotEndTheServer(String beginning) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeapServer.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Socket> peers = new ArrayList<>();
        try {
            String address = process.inputReader().readLine();
            try (RpcClient client = RpcClient.connect(address)) {
                int port = Address.parse(address).port(-1);
                List<Thread> senders = new ArrayList<>();
                for (int i = 0; i < PEERS; i++) {
                    Socket peer = new Socket(InetAddress.getLoopbackAddress(), port);
                    peers.add(peer);
                    senders.add(Thread.ofVirtual().start(() -> send(peer, beginning)));
                }
                // In the midst of it, normal calls are served.
                for (int i = 0; i < 200; i++) {
                    assertThat(client.call("add", int.class, i, 3)).isEqualTo(i + 3);
                    Thread.sleep(20);
                }
                assertThat(client.call("echo", String.class, "x".repeat(100_000)))
                        .hasSize(100_000);
                for (Socket peer : peers) {
                    peer.close();
                }
                for (Thread sender : senders) {
                    sender.join();
                }
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (client.call("used", long.class) > 0) {
                    assertThat(System.nanoTime() - end).as("waited 30 s").isNegative();
                    Thread.sleep(50);
                }
            }
        } finally {
            for (Socket peer : peers) {
                peer.close();
            }
            process.destroyForcibly().waitFor();
        }
    }

    /** Sends a message but for its last byte, or as much of it as the server takes. */
    private static void send(Socket peer, String beginning) {
        byte[] chunk = new byte[64 << 10];
        Arrays.fill(chunk, (byte) 'x');
        try {
            OutputStream out = peer.getOutputStream();
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
            for (int sent = 2; sent + chunk.length < MESSAGE; sent += chunk.length) {
                out.write(chunk);
            }
        } catch (IOException e) {
            // The server has closed the connection, or the test has ended.
        }
    }
}
