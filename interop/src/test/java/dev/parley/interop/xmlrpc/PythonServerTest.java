package dev.parley.interop.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription.Method;
import dev.parley.interop.FreePorts;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Parley calls Python's {@code xmlrpc.server}. */
@Timeout(120)
@NeedsPeer(Peer.PYTHON)
class PythonServerTest {
    /** The article's server, one request at a time, for today's Python. */
    private static final String ARTICLE_CALCULATOR = """
            import sys
            from xmlrpc.server import SimpleXMLRPCServer

            class Calculator:
                def add(self, x, y):
                    return x + y
                def multiply(self, x, y):
                    return x * y
                def subtract(self, x, y):
                    return abs(x - y)
                def divide(self, x, y):
                    return x / y

            server = SimpleXMLRPCServer(("localhost", int(sys.argv[1])))
            server.register_instance(Calculator())
            server.serve_forever()
            """;

    /** The article's threaded server. */
    private static final String ARTICLE_HELLO = """
            import sys
            from socketserver import ThreadingMixIn
            from xmlrpc.server import SimpleXMLRPCServer

            class ThreadXMLRPCServer(ThreadingMixIn, SimpleXMLRPCServer):
                pass

            class MyObject:
                def hello(self):
                    return "hello xmlrpc"
                def nothing(self):
                    return None

            server = ThreadXMLRPCServer(("localhost", int(sys.argv[1])), allow_none=True)
            server.register_instance(MyObject())
            server.serve_forever()
            """;

    public interface CalculatorApi {
        int add(int x, int y);

        int multiply(int x, int y);

        int subtract(int x, int y);

        double divide(int x, int y);
    }

    private static RpcClient connect(PeerProcess server, String options) {
        return RpcClient.connect(server.ready() + options);
    }

    @Test
    void theArticlesCalculator() {
        int port = FreePorts.take();
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON, "-c", ARTICLE_CALCULATOR, Integer.toString(port))) {
            server.ready(port);
            try (RpcClient client = RpcClient.connect("xmlrpc+http://localhost:" + port)) {
                CalculatorApi calculator = client.proxy(CalculatorApi.class);
                assertThat(calculator.add(2, 3)).isEqualTo(5);
                assertThat(calculator.multiply(2, 3)).isEqualTo(6);
                assertThat(calculator.subtract(2, 3)).isEqualTo(1);
                assertThat(calculator.divide(3, 2)).isEqualTo(1.5);
                assertThatThrownBy(() -> calculator.divide(1, 0))
                        .isInstanceOfSatisfying(
                                RemoteException.class, e -> assertThat(e.type()).isEqualTo("ZeroDivisionError"));
            }
        }
    }

    @Test
    void theArticlesThreadedServer() {
        int port = FreePorts.take();
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON, "-c", ARTICLE_HELLO, Integer.toString(port))) {
            server.ready(port);
            try (RpcClient client = RpcClient.connect("xmlrpc+http://localhost:" + port)) {
                assertThat(client.call("hello", String.class)).isEqualTo("hello xmlrpc");
                assertThat(client.call("nothing", Object.class)).isNull();
                List<CompletableFuture<String>> many = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    many.add(client.callAsync("hello", String.class));
                }
                assertThat(many).allSatisfy(future -> assertThat(future.join()).isEqualTo("hello xmlrpc"));
            }
        }
    }

    @Test
    void valuesOfEveryType() {
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON, "xmlrpc_server.py");
                RpcClient client = connect(server, "?i8=true")) {
            Map<String, Object> struct = new LinkedHashMap<>();
            struct.put("a", List.of(1, "two", Map.of("c", List.of(3.5))));
            struct.put("ü <&>", null);
            for (Object value : Arrays.asList(
                    0,
                    Integer.MIN_VALUE,
                    1L << 31,
                    true,
                    false,
                    1e16,
                    -0.5,
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY,
                    "",
                    "  blanks kept ",
                    "grüße 世界 🌍 <&> ]]>\n\t",
                    LocalDateTime.of(2026, 11, 22, 20, 15, 7),
                    List.of(),
                    Map.of(),
                    struct,
                    null)) {
                if (value instanceof Long) {
                    // Python reads <i8> but sends none.
                    assertThatThrownBy(() -> client.call("echo", Object.class, value))
                            .hasMessageContaining("int exceeds XML-RPC limits");
                } else {
                    assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
                }
            }
            byte[] bytes = new byte[256];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) i;
            }
            assertThat(client.call("echo", byte[].class, (Object) bytes)).isEqualTo(bytes);
            Instant instant = Instant.parse("2026-11-22T20:15:07Z");
            assertThat(client.call("echo", Instant.class, instant)).isEqualTo(instant);
        }
    }

    @Test
    void errors() {
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON, "xmlrpc_server.py");
                RpcClient client = connect(server, "")) {
            assertThatThrownBy(() -> client.call("fail", void.class, "bad <thing>"))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ValueError");
                        assertThat(e.module()).isEqualTo("builtins");
                        assertThat(e.remoteMessage()).isEqualTo("bad <thing>");
                    });
            assertThatThrownBy(() -> client.call("nosuch", Object.class)).isInstanceOf(MethodNotFoundException.class);
            assertThatThrownBy(() -> client.call("add", Object.class, 1))
                    .isInstanceOfSatisfying(
                            RemoteException.class, e -> assertThat(e.type()).isEqualTo("TypeError"));
            assertThatThrownBy(() -> client.call("echo", Object.class, "\0"))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("U+0000");
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
    }

    @Test
    void aPathThatIsNotThere() {
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON, "xmlrpc_server.py");
                RpcClient client = RpcClient.connect("xmlrpc+" + server.ready().replace("/RPC2", "/nosuch"))) {
            assertThatThrownBy(() -> client.call("add", int.class, 2, 3))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("404");
        }
    }

    @Test
    void introspectionAndMulticall() {
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON, "xmlrpc_server.py");
                RpcClient client = connect(server, "")) {
            assertThat(client.describe().methods()).extracting(Method::name).contains("add", "divide", "echo", "hello");
            Object answer = client.call(
                    "system.multicall",
                    Object.class,
                    List.of(
                            Map.of("methodName", "add", "params", List.of(1, 2)),
                            Map.of("methodName", "fail", "params", List.of("no"))));
            assertThat(answer)
                    .isEqualTo(List.of(List.of(3), Map.of("faultCode", 1, "faultString", "<class 'ValueError'>:no")));
        }
    }
}
