package dev.parley.interop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcHandler;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers can switch off, and what they send only if asked to. */
@Timeout(120)
class SwitchesTest {
    private static RpcServer server(String address) {
        return RpcServer.builder()
                .endpoint(new Service())
                .method("huge", () -> BigInteger.ONE.shiftLeft(70))
                .method("own", () -> {
                    throw RemoteException.of("no such job").withCode(404);
                })
                .method("typed", () -> {
                    throw RemoteException.of("NotFound", "no job")
                            .withModule("shop")
                            .withCode(405);
                })
                .listen(address)
                .build()
                .start();
    }

    private static String handle(String protocol, String request) {
        RpcHandler handler = RpcServer.builder().endpoint(new Service()).build().handler(protocol);
        return new String(handler.handle(request.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc+http://127.0.0.1:0", "jsonrpc+http://127.0.0.1:0", "jsonrpc+tcp://127.0.0.1:0"})
    void introspection(String address) {
        try (RpcServer server = server(address + "?introspection=false");
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            for (String method : List.of(
                    "system.listMethods",
                    "system.methodHelp",
                    "system.methodSignature",
                    "system.getCapabilities",
                    "rpc.discover")) {
                assertThatThrownBy(() -> client.call(method, Object.class))
                        .as(method)
                        .isInstanceOf(MethodNotFoundException.class);
            }
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        }
        try (RpcServer server = server(address);
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThat(client.call("system.listMethods", String[].class)).contains("add");
        }
    }

    @Test
    void aMethodOfTheServiceStays() {
        try (RpcServer server = RpcServer.builder()
                        .method("system.listMethods", () -> List.of("mine"))
                        .listen("xmlrpc+http://127.0.0.1:0?introspection=false")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            assertThat(client.call("system.listMethods", String[].class)).containsExactly("mine");
        }
    }

    @Test
    void batches() throws Exception {
        String two = "[" + Http.JSON_ADD + "," + Http.JSON_ADD + "]";
        assertThat(handle("jsonrpc:?max_batch=2", two)).contains("\"result\":5");
        assertThat(handle("jsonrpc:?max_batch=1", two)).contains("-32600").contains("more than the 1 elements");
        assertThat(handle("jsonrpc:?max_batch=0", two)).contains("-32600").contains("batches are switched off");
        assertThat(handle("jsonrpc:?max_batch=0", Http.JSON_ADD)).contains("\"result\":5");
        String call = "<value><struct><member><name>methodName</name><value>greet</value></member><member>"
                + "<name>params</name><value><array><data><value>you</value></data></array></value></member>"
                + "</struct></value>";
        String multicall = Http.xml(
                "system.multicall", "<param><value><array><data>" + call + call + "</data></array></value></param>");
        assertThat(handle("xmlrpc:?max_batch=2", multicall)).contains("hello you");
        assertThat(handle("xmlrpc:?max_batch=1", multicall)).contains("-32602").contains("at most 1 calls");
        assertThat(handle("xmlrpc:?max_batch=0", multicall)).contains("-32601");
        String list = Http.xml("system.listMethods", "");
        assertThat(handle("xmlrpc", list)).contains("system.multicall");
        assertThat(handle("xmlrpc:?max_batch=0", list)).doesNotContain("multicall");
        assertThat(handle("xmlrpc:?max_batch=0", Http.xml("system.getCapabilities", "")))
                .contains("introspection")
                .doesNotContain("multicall");
    }

    /** A client's batch falls back to single calls. */
    @Test
    void aBatchWithoutMulticall() throws Exception {
        try (RpcServer server = server("xmlrpc+http://127.0.0.1:0?max_batch=0");
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            RpcBatch batch = client.batch();
            RpcBatch.Result<Integer> one = batch.call("add", int.class, 2, 3);
            RpcBatch.Result<String> two = batch.call("greet", String.class, "you");
            batch.send();
            assertThat(one.get()).isEqualTo(5);
            assertThat(two.get()).isEqualTo("hello you");
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void pythonReadsBigIntegersAndCodes() {
        String program = """
                import sys
                from xmlrpc.client import ServerProxy, Fault
                proxy = ServerProxy(sys.argv[1])
                print(proxy.huge(), proxy.echo(7), flush=True)
                for method in ("own", "typed", "fail"):
                    try:
                        getattr(proxy, method)(*(["no"] if method == "fail" else []))
                    except Fault as e:
                        print("fault", e.faultCode, e.faultString, flush=True)
                """;
        try (RpcServer server = server("xmlrpc+http://127.0.0.1:0?biginteger=true&faults=python");
                PeerProcess python = PeerProcess.start(
                        Peer.PYTHON,
                        "-c",
                        program,
                        "http://127.0.0.1:" + server.addresses().getFirst().port(-1))) {
            assertThat(python.line(line -> line.startsWith("118"))).isEqualTo("1180591620717411303424 7");
            assertThat(python.line(line -> line.startsWith("fault"))).isEqualTo("fault 404 no such job");
            assertThat(python.line(line -> line.startsWith("fault 405")))
                    .isEqualTo("fault 405 <class 'shop.NotFound'>:no job");
            assertThat(python.line(line -> line.startsWith("fault 1"))).isEqualTo("fault 1 <class 'ValueError'>:no");
        }
    }

    /** The code that a peer sent is kept, whatever error it becomes. */
    @ParameterizedTest
    @ValueSource(strings = {"xmlrpc", "jsonrpc"})
    void codesAreKept(String protocol) {
        try (RpcServer server = RpcServer.builder()
                        .method("fail", Integer.class, code -> {
                            throw RemoteException.of("sorry").withCode(code);
                        })
                        .listen(protocol + "+http://127.0.0.1:0")
                        .build()
                        .start();
                RpcClient client =
                        RpcClient.connect(server.addresses().getFirst().toUri())) {
            for (int code : new int[] {-32700, -32600, -32601, -32602, -32000, -32010, -32013, -32017, 1, 404}) {
                assertThatThrownBy(() -> client.call("fail", Object.class, code))
                        .isInstanceOfSatisfying(
                                RpcException.class, e -> assertThat(e.code()).isEqualTo(code))
                        .hasMessage("sorry");
            }
            for (int code : new int[] {-32010, -32013, -32017, 404}) {
                assertThatThrownBy(() -> client.call("fail", Object.class, code))
                        .isInstanceOf(RemoteException.class);
            }
        }
    }
}
