package dev.parley.interop.xmlrpc;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Python's {@code xmlrpc.client} calls Parley. */
@Timeout(120)
@NeedsPeer(Peer.PYTHON)
class PythonClientTest {
    private static final JsonMapper JSON = new JsonMapper();

    /** The article's client, for today's Python. */
    private static final String ARTICLE_CLIENT = """
            import sys
            from xmlrpc.client import ServerProxy
            server = ServerProxy("http://localhost:" + sys.argv[1])
            print(server.add(2, 3), server.multiply(2, 3), server.subtract(2, 3), server.divide(3, 2))
            """;

    @Test
    void theArticlesClient() {
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = PeerProcess.start(
                        Peer.PYTHON,
                        "-c",
                        ARTICLE_CLIENT,
                        Integer.toString(server.addresses().getFirst().port(-1)))) {
            assertThat(client.output()).isEqualTo("5 6 1 1.5");
        }
    }

    private static PeerProcess client(RpcServer server, String... options) {
        String[] arguments = new String[options.length + 1];
        arguments[0] = Calculator.url(server);
        System.arraycopy(options, 0, arguments, 1, options.length);
        return PeerProcess.start(Peer.PYTHON, "xmlrpc_client.py", arguments);
    }

    private static void assertOk(JsonNode answer, Object expected) {
        assertThat(answer).isEqualTo(JSON.valueToTree(Map.of("ok", expected)));
    }

    @Test
    void valuesOfEveryType() {
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = client(server, "--builtin-types")) {
            for (Object value : Arrays.asList(
                    0,
                    Integer.MIN_VALUE,
                    true,
                    1e16,
                    -0.5,
                    "",
                    "  blanks kept ",
                    "grüße 世界 🌍 <&> ]]>\n\t",
                    List.of(),
                    List.of(1, List.of("two", Map.of())),
                    Map.of("a", Map.of("b", List.of(1.5))))) {
                assertOk(client.call("echo", value), value);
            }
            assertThat(client.call("echo", (Object) null).path("ok").isNull()).isTrue();
            assertThat(client.call("nothing").path("ok").isNull()).isTrue();
            assertOk(client.call("echo", Map.of("bytes", "00ff41")), Map.of("bytes", "00ff41"));
            assertOk(
                    client.call("echo", Map.of("datetime", "20261122T20:15:07")),
                    Map.of("datetime", "2026-11-22 20:15:07"));
            assertOk(
                    client.call("nextDay", Map.of("datetime", "20240228T12:30:59")),
                    Map.of("datetime", "2024-02-29 12:30:59"));
        }
    }

    /** What JSON, in which the client program is told its calls, has no word for. */
    @Test
    void numbersThatAreNone() {
        String program = """
                import math, sys
                from xmlrpc.client import ServerProxy
                server = ServerProxy(sys.argv[1])
                print(server.echo(math.inf), server.echo(-math.inf), server.echo(math.nan), server.echo(1e16), server.echo(5e-324))
                """;
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = PeerProcess.start(Peer.PYTHON, "-c", program, Calculator.url(server))) {
            assertThat(client.output()).isEqualTo("inf -inf nan 1e+16 5e-324");
        }
    }

    @Test
    void faults() {
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = client(server)) {
            JsonNode error = client.call("fail", "bad <thing>").path("error");
            assertThat(error.path("type").asString()).isEqualTo("Fault");
            assertThat(error.path("faultCode").asInt()).isEqualTo(-32500);
            assertThat(error.path("faultString").asString()).isEqualTo("ValueError: bad <thing>");
            assertThat(client.call("nosuch").at("/error/faultCode").asInt()).isEqualTo(-32601);
            assertThat(client.call("add", 1).at("/error/faultCode").asInt()).isEqualTo(-32602);
            assertThat(client.call("add", 1, "2").at("/error/faultCode").asInt())
                    .isEqualTo(-32602);
            assertThat(client.call("divide", 1, 0).at("/error/faultString").asString())
                    .isEqualTo("ArithmeticError: division by zero");
            // Python writes control characters, which makes broken XML; the connection lives on.
            assertThat(client.call("echo", "\0").at("/error/faultCode").asInt()).isEqualTo(-32700);
            assertOk(client.call("add", 2, 3), 5);
        }
    }

    @Test
    void faultsInPythonsWords() {
        try (RpcServer server = Calculator.serve("/RPC2?faults=python");
                PeerProcess client = client(server)) {
            JsonNode error = client.call("fail", "bad thing").path("error");
            assertThat(error.path("faultCode").asInt()).isEqualTo(1);
            assertThat(error.path("faultString").asString()).isEqualTo("<class 'ValueError'>:bad thing");
        }
    }

    @Test
    void numbersBeyond32Bits() {
        try (RpcServer plain = Calculator.serve("");
                RpcServer i8 = Calculator.serve("/RPC2?i8=true");
                PeerProcess plainClient = client(plain);
                PeerProcess i8Client = client(i8)) {
            assertThat(plainClient.call("big").at("/error/faultString").asString())
                    .contains("i8=true");
            assertOk(i8Client.call("big"), 1L << 40);
        }
    }

    @Test
    void multicall() {
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = client(server)) {
            JsonNode answer = client.call(Map.of(
                    "multicall",
                    List.of(
                            Map.of("method", "add", "args", List.of(1, 2)),
                            Map.of("method", "multiply", "args", List.of(3, 4)),
                            Map.of("method", "system.methodHelp", "args", List.of("add")))));
            assertOk(answer, List.of(3, 12, "Adds two numbers."));
            JsonNode failed =
                    client.call(Map.of("multicall", List.of(Map.of("method", "fail", "args", List.of("no")))));
            assertThat(failed.at("/error/faultString").asString()).isEqualTo("ValueError: no");
        }
    }

    @Test
    void introspection() {
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = client(server)) {
            assertThat(client.call("system.listMethods").path("ok").toString())
                    .contains("\"add\"", "\"system.multicall\"");
            assertOk(client.call("system.methodSignature", "add"), List.of(List.of("int", "int", "int")));
            assertOk(client.call("system.methodHelp", "add"), "Adds two numbers.");
        }
    }

    /** Python's older clients speak HTTP/1.0; all of them want status 200, even for a fault, and a length. */
    @Test
    void http10() throws IOException {
        byte[] body = "<?xml version='1.0'?><methodCall><methodName>nosuch</methodName><params></params></methodCall>"
                .getBytes(ISO_8859_1);
        try (RpcServer server = Calculator.serve("");
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(),
                        server.addresses().getFirst().port(-1))) {
            socket.getOutputStream()
                    .write(("POST /RPC2 HTTP/1.0\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: " + body.length
                                    + "\r\n\r\n")
                            .getBytes(ISO_8859_1));
            socket.getOutputStream().write(body);
            String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            String content = answer.substring(answer.indexOf("\r\n\r\n") + 4);
            assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").doesNotContainIgnoringCase("chunked");
            assertThat(answer.toLowerCase(java.util.Locale.ROOT))
                    .contains("content-length: " + content.length())
                    .contains("content-type: text/xml");
            assertThat(content).contains("<fault>");
        }
    }
}
