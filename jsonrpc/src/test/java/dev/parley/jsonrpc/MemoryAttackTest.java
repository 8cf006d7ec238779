package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Attacks on the memory of a server, a child process that ends at its first {@link OutOfMemoryError}. Meanwhile each call
 * of another client succeeds, and afterwards nothing is held any more.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MemoryAttackTest {
    private static final int MB = 1 << 20;

    /** A connection of an attacker, which is told the port and returns how it ended. */
    private interface Attack {
        String run(int port) throws IOException;
    }

    private static byte[] call(byte[] argument) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(argument.length + 100);
        out.writeBytes(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"size\",\"params\":[[".getBytes(StandardCharsets.UTF_8));
        out.writeBytes(argument);
        out.writeBytes("]]}".getBytes(StandardCharsets.UTF_8));
        return out.toByteArray();
    }

    private static byte[] longText() {
        return call(("\"" + "x".repeat(15 * MB) + "\"").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        }
        return out.toByteArray();
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(180_000);
        return socket;
    }

    /** Posts a body, and returns the status of the response, or that the connection ended. */
    private static String post(int port, String field, byte[] body, int length) throws IOException {
        try (Socket socket = connect(port)) {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(("POST /jsonrpc HTTP/1.1\r\nHost: localhost\r\n" + field + "Content-Length: " + body.length
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(body, 0, length);
                return line(socket.getInputStream());
            } catch (SocketException e) {
                return "closed";
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n' && b >= 0; b = in.read()) {
            line.append((char) b);
        }
        return line.isEmpty() ? "closed" : line.toString().strip(); // An empty line still has its CR.
    }

    private static Process start(String heap, Path errors) throws IOException {
        String modules = System.getProperty("jdk.module.path", "");
        String classes = System.getProperty("java.class.path", "");
        Path tests = Path.of("target/test-classes").toAbsolutePath();
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        String.join(":", classes, modules, tests.toString()),
                        "dev.parley.jsonrpc.AttackedServer")
                .redirectError(errors.toFile())
                .start();
    }

    private static long[] numbers(Process server, BufferedReader out) throws IOException {
        server.getOutputStream().write('\n');
        server.getOutputStream().flush();
        String line = out.readLine();
        assertThat(line).as("what the server tells: it is alive").isNotNull();
        return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    /** Runs the attacks, each on a connection of its own, and returns how often each outcome was seen. */
    private static Map<String, Integer> attack(String heap, int connections, Attack attack) throws Exception {
        Path errors = Files.createTempFile("attacked", ".err");
        Process server = start(heap, errors);
        try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
            String address = out.readLine();
            int port = URI.create(String.valueOf(address)).getPort();
            numbers(server, out);
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger succeeded = new AtomicInteger();
            Map<String, Integer> outcomes = new TreeMap<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                    RpcClient client = RpcClient.builder("jsonrpc+http://127.0.0.1:" + port + "/jsonrpc")
                            .timeout(Duration.ofSeconds(60))
                            .build()) {
                Future<?> calls = threads.submit(() -> {
                    while (!over.get()) {
                        assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                        succeeded.incrementAndGet();
                        Thread.onSpinWait();
                    }
                });
                List<Future<String>> attacks = new ArrayList<>();
                for (int i = 0; i < connections; i++) {
                    attacks.add(threads.submit(() -> attack.run(port)));
                }
                for (Future<String> each : attacks) {
                    outcomes.merge(each.get(), 1, Integer::sum);
                }
                over.set(true);
                calls.get();
                assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            }
            assertThat(succeeded.get()).isPositive();
            long[] numbers = numbers(server, out);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while ((numbers[0] > 0 || numbers[1] > 64 * MB) && System.nanoTime() < end) {
                Thread.sleep(100);
                numbers = numbers(server, out);
            }
            assertThat(numbers[0]).as("what messages hold").isZero();
            assertThat(numbers[1]).as("the heap in use").isLessThan(64 * MB);
            assertThat(numbers[2]).as("refused").isPositive();
            return outcomes;
        } catch (IOException | UncheckedIOException e) {
            throw new AssertionError(Files.readString(errors), e);
        } finally {
            server.destroyForcibly().waitFor();
            Files.delete(errors);
        }
    }

    @Test
    void requestsThatInflateInASmallHeap() throws Exception {
        byte[] body = gzip(longText());
        assertThat(body.length).isLessThan(20_000);
        Map<String, Integer> outcomes =
                attack("256m", 900, port -> post(port, "Content-Encoding: gzip\r\n", body, body.length));
        // None may have room: they take it from each other.
        assertThat(outcomes.keySet()).isSubsetOf("HTTP/1.1 200 OK", "HTTP/1.1 503 Service Unavailable");
    }

    @Test
    void requestsThatInflate() throws Exception {
        byte[] body = gzip(longText());
        Map<String, Integer> outcomes =
                attack("2g", 300, port -> post(port, "Content-Encoding: gzip\r\n", body, body.length));
        assertThat(outcomes).containsOnlyKeys("HTTP/1.1 200 OK", "HTTP/1.1 503 Service Unavailable");
    }

    @Test
    void bodiesWithoutTheirLastByte() throws Exception {
        byte[] body = longText();
        Map<String, Integer> outcomes = attack("400m", 40, port -> post(port, "", body, body.length - 1));
        assertThat(outcomes).doesNotContainKey("HTTP/1.1 200 OK").containsKey("HTTP/1.1 408 Request Timeout");
    }

    @Test
    void documentsOfManyValues() throws Exception {
        byte[] body = call(("{}" + ",{}".repeat(2_400_000 - 1)).getBytes(StandardCharsets.UTF_8));
        Map<String, Integer> outcomes = attack("2g", 40, port -> post(port, "", body, body.length));
        assertThat(outcomes).containsKey("HTTP/1.1 200 OK");
    }
}
