package dev.parley.interop.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Limits;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.http.CgiResponder;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CGI, by variables and streams, and by Python's web server, which runs {@code parley serve --cgi}. */
@Timeout(300)
class CgiTest {
    private final RpcServer server = RpcServer.builder()
            .endpoint(new Service())
            .limits(Limits.defaults().withMessageBytes(5_000))
            .build();

    private String respond(String protocol, String body, Map<String, String> more) throws Exception {
        Map<String, String> variables = new HashMap<>(Map.of(
                "REQUEST_METHOD",
                "POST",
                "CONTENT_TYPE",
                "text/xml; charset=utf-8",
                "CONTENT_LENGTH",
                String.valueOf(body.getBytes(UTF_8).length),
                "REMOTE_ADDR",
                "10.0.0.1",
                "HTTP_HOST",
                "shop.example",
                "HTTP_X_SHOP",
                "north"));
        variables.putAll(more);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Some web servers keep standard input open: no more than the length may be read.
        ByteArrayInputStream in = new ByteArrayInputStream((body + "beyond").getBytes(UTF_8));
        CgiResponder.respond(server.handler(protocol), variables, in, out);
        return out.toString(UTF_8);
    }

    @Test
    void responds() throws Exception {
        assertThat(respond("jsonrpc", Http.JSON_ADD, Map.of()))
                .isEqualTo("Status: 200\r\nContent-Type: application/json\r\nContent-Length: 35\r\n\r\n"
                        + "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}");
        assertThat(respond("xmlrpc", Http.XML_ADD, Map.of())).contains("Content-Type: text/xml", "<int>5</int>");
        assertThat(respond("jsonrpc", "{\"id\":1,\"method\":\"who\"}", Map.of("REMOTE_USER", "alice")))
                .contains("alice jsonrpc north");
        assertThat(respond("jsonrpc", "{\"jsonrpc\":\"2.0\",\"method\":\"who\"}", Map.of()))
                .contains("Status: 200\r\n", "Content-Length: 0\r\n");
    }

    @Test
    void refuses() throws Exception {
        assertThat(respond("jsonrpc", Http.JSON_ADD, Map.of("HTTP_ORIGIN", "http://evil.example")))
                .startsWith("Status: 403\r\n");
        assertThat(respond("jsonrpc", Http.JSON_ADD, Map.of("HTTP_ORIGIN", "https://shop.example")))
                .startsWith("Status: 200\r\n");
        assertThat(respond("jsonrpc", " ".repeat(5_001), Map.of())).startsWith("Status: 413\r\n");
        assertThat(respond("jsonrpc", "", Map.of("CONTENT_LENGTH", "900"))).startsWith("Status: 400\r\n");
        assertThat(respond("jsonrpc", "", Map.of("CONTENT_LENGTH", "-1"))).startsWith("Status: 400\r\n");
        assertThat(respond("jsonrpc", "", Map.of("CONTENT_LENGTH", ""))).startsWith("Status: 411\r\n");
        assertThat(respond("jsonrpc", "", Map.of("REQUEST_METHOD", ""))).startsWith("Status: 400\r\n");
        assertThat(respond("jsonrpc", "", Map.of("REQUEST_METHOD", "GET", "CONTENT_LENGTH", "")))
                .startsWith("Status: 405\r\nContent-Type: text/plain; charset=utf-8\r\nAllow: POST\r\n");
        assertThat(respond("jsonrpc:?docs=true", "", Map.of("REQUEST_METHOD", "GET", "CONTENT_LENGTH", "")))
                .startsWith("Status: 200\r\n")
                .contains("<h1>Service</h1>");
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void isRunByAWebServer(@TempDir Path folder) throws Exception {
        Path source = folder.resolve("Shop.java");
        Files.writeString(source, """
                public class Shop {
                    public int add(int a, int b) {
                        System.out.println("not for the response");
                        return a + b;
                    }
                }
                """);
        Path scripts = Files.createDirectories(folder.resolve("cgi-bin"));
        for (String protocol : new String[] {"jsonrpc", "xmlrpc"}) {
            Path script = scripts.resolve(protocol);
            Files.writeString(
                    script,
                    "#!/bin/sh\nexec '"
                            + ProcessHandle.current().info().command().orElseThrow()
                            + "' -cp '" + System.getProperty("java.class.path") + "' dev.parley.cli.Main serve '"
                            + source
                            + "' --cgi " + protocol + "\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        int port = FreePorts.take();
        String program = """
                import http.server, os, sys
                os.chdir(sys.argv[2])
                # Otherwise it runs scripts as nobody, who may not read these files.
                http.server.CGIHTTPRequestHandler.have_fork = False
                place = ("127.0.0.1", int(sys.argv[1]))
                server = http.server.ThreadingHTTPServer(place, http.server.CGIHTTPRequestHandler)
                server.serve_forever()
                """;
        try (PeerProcess python =
                PeerProcess.start(Peer.PYTHON, "-c", program, String.valueOf(port), folder.toString())) {
            python.ready(port);
            for (String protocol : new String[] {"jsonrpc", "xmlrpc"}) {
                String address = protocol + "+http://127.0.0.1:" + port + "/cgi-bin/" + protocol;
                try (RpcClient client = RpcClient.builder(address)
                        .timeout(Duration.ofMinutes(2))
                        .build()) {
                    assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                }
            }
        }
    }
}
