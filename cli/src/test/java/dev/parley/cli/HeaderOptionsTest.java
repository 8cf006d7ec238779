package dev.parley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code -H} of the commands that call a peer. */
class HeaderOptionsTest {
    private final BlockingQueue<Map<String, List<String>>> requests = new LinkedBlockingQueue<>();
    private HttpServer server;
    private String address;

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestHeaders());
            exchange.getRequestBody().readAllBytes();
            byte[] body = "{\"id\":null,\"result\":[]}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        address = "jsonrpc+http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void fieldsAreSent() throws Exception {
        Path file = folder.resolve("fields");
        Files.writeString(file, "# of the shop\n\nX-Api-Key:  s3cret:1  \nCookie: a=1\n");
        for (String[] command : new String[][] {
            {"call", address, "m", "-H", "X-Trace: 17", "-H", "@" + file, "-5"},
            {"cast", "--header", "X-Trace:17", "-H", "@" + file, address, "m"},
            {"ping", address, "-H", "X-Trace: 17", "-H", "@" + file}
        }) {
            Cli.Run run = Cli.run(command);
            assertThat(run.exitCode()).as(run.err()).isZero();
            Map<String, List<String>> headers = requests.take();
            assertThat(headers.get("X-trace")).containsExactly("17");
            assertThat(headers.get("X-api-key")).containsExactly("s3cret:1");
            assertThat(headers.get("Cookie")).containsExactly("a=1");
        }
    }

    @Test
    void malformedFieldsAreRefused() {
        for (String[] fields : new String[][] {
            {"-H", "s3cret"},
            {"-H", ": s3cret"},
            {"-H", "A: s3cret", "-H", "a: s3cret"},
            {"-H", "Host: s3cret"},
            {"-H", "A b: s3cret"},
            {"-H", "A: s3cret\r\nB: 1"},
            {"-H", "@" + folder.resolve("none")}
        }) {
            String[] command = {"call", address, "m", "", "", "", ""};
            System.arraycopy(fields, 0, command, 3, fields.length);
            Cli.Run run = Cli.run(java.util.Arrays.copyOf(command, 3 + fields.length));
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("-H").doesNotContain("s3cret");
        }
        Cli.Run run = Cli.run("call", "tcp://127.0.0.1:1", "m", "-H", "A: 1");
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("-H: zerorpc+tcp has no header fields");
        assertThat(requests).isEmpty();
    }
}
