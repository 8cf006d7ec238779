package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Other people's clients call a Parley server. */
@Timeout(120)
class CallsToParleyTest {
    private final CalculatorService service = new CalculatorService();
    private RpcServer server;

    @BeforeEach
    void serve() {
        server = RpcServer.builder()
                .endpoint(service)
                .listen("jsonrpc+http://127.0.0.1:0")
                .listen("jsonrpc+http://127.0.0.1:0/jsonrpc")
                .listen("jsonrpc+tcp://127.0.0.1:0")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String root() {
        return "http://127.0.0.1:" + server.addresses().get(0).port(-1);
    }

    private String path() {
        return "http://127.0.0.1:" + server.addresses().get(1).port(-1) + "/jsonrpc";
    }

    private String tcp() {
        return "tcp://127.0.0.1:" + server.addresses().get(2).port(-1);
    }

    private void calculates(PeerProcess client) {
        assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
        assertThat(client.call("multiply", 2, 3).path("ok").asInt()).isEqualTo(6);
        assertThat(client.call("subtract", 2, 3).path("ok").asInt()).isEqualTo(1);
        assertThat(client.call("divide", 1, 2).path("ok").asDouble()).isEqualTo(0.5);
        assertThat(client.call("hello").path("ok").isNull()).isTrue();
        Map<String, Object> value = Map.of("text", "grüße 🌍", "list", Arrays.asList(1, 2.5, null, true));
        assertThat(client.call("echo", value).path("ok").toString())
                .contains("\"text\":\"grüße 🌍\"", "[1,2.5,null,true]");
        assertThat(client.call("echo", Map.of("__jsonclass__", List.of("decimal.Decimal", List.of("1"))))
                        .isEmpty())
                .isFalse();
    }

    private void pythonClient(Peer peer, String url, String... options) {
        List<String> arguments = new java.util.ArrayList<>(List.of(url));
        arguments.addAll(List.of(options));
        try (PeerProcess client = PeerProcess.start(peer, "jsonrpc_client.py", arguments.toArray(String[]::new))) {
            calculates(client);
            JsonNode missing = client.call("nosuch", 1);
            assertThat(missing.path("error").toString()).contains("-32601", "nosuch");
            assertThat(client.call("add", 1).path("error").toString()).contains("-32602");
            assertThat(client.call("add", "one", 2).path("error").toString()).contains("-32602");
            assertThat(client.call("fail", "bad thing").path("error").toString())
                    .contains("bad thing", "-32000");
            assertThat(client.call("refuse", 404).path("error").toString()).contains("refused", "404");
            assertThat(client.call(Map.of("method", "note", "args", List.of("by notification"), "notify", true))
                            .has("ok"))
                    .isTrue();
            assertThat(noted()).isEqualTo("by notification");
        }
    }

    private String noted() {
        try {
            return String.valueOf(service.noted.poll(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> one(String method, Object... args) {
        return Map.of("method", method, "args", args);
    }

    private void pythonBatch(Peer peer) {
        try (PeerProcess client = PeerProcess.start(peer, "jsonrpc_client.py", root())) {
            JsonNode results = client.call(Map.of(
                    "batch",
                    List.of(
                            one("add", 2, 3),
                            Map.of("method", "note", "args", List.of("in a batch"), "notify", true),
                            one("multiply", 2, 3),
                            one("subtract", 2, 3))));
            assertThat(results.path("ok").toString()).isEqualTo("[5,6,1]");
            assertThat(noted()).isEqualTo("in a batch");
            assertThat(client.call(Map.of("method", "subtract", "kwargs", Map.of("y", 5, "x", 3)))
                            .path("ok")
                            .asInt())
                    .isEqualTo(2);
        }
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB)
    void jsonrpclib() {
        pythonClient(Peer.JSONRPCLIB, root());
        pythonClient(Peer.JSONRPCLIB, path());
        pythonBatch(Peer.JSONRPCLIB);
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB)
    void jsonrpclibInTheOldVersion() {
        pythonClient(Peer.JSONRPCLIB, root(), "--version", "1.0");
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB_PELIX)
    void jsonrpclibPelix() {
        pythonClient(Peer.JSONRPCLIB_PELIX, root());
        pythonClient(Peer.JSONRPCLIB_PELIX, path());
        pythonBatch(Peer.JSONRPCLIB_PELIX);
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB_PELIX)
    void jsonrpclibPelixInTheOldVersion() {
        pythonClient(Peer.JSONRPCLIB_PELIX, root(), "--version", "1.0");
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void pythonJsonrpc() {
        try (PeerProcess client = PeerProcess.start(Peer.PYTHON, "pyjsonrpc_requests.py", path())) {
            assertThat(body(client.call("add", 2, 3))).contains("\"result\":5");
            assertThat(body(client.call(Map.of("method", "add", "kwargs", Map.of("x", 2, "y", 3)))))
                    .contains("\"result\":5");
            assertThat(body(client.call(Map.of("method", "add", "args", List.of(2), "kwargs", Map.of("y", 3)))))
                    .contains("\"result\":5");
            assertThat(body(client.call(Map.of("method", "add", "args", List.of(2, 3), "gzip", true))))
                    .contains("\"result\":5");
            assertThat(body(client.call(Map.of("method", "note", "args", List.of("py"), "notify", true))))
                    .isEmpty();
            assertThat(noted()).isEqualTo("py");
            assertThat(body(client.call("nosuch"))).contains("-32601");
        }
    }

    private static String body(JsonNode answer) {
        assertThat(answer.path("ok").path("status").asInt()).isEqualTo(200);
        return answer.path("ok").path("body").asString();
    }

    @Test
    @NeedsPeer(Peer.JAYSON)
    void jayson() {
        for (String url : List.of(root(), path(), tcp())) {
            try (PeerProcess client = PeerProcess.start(Peer.JAYSON, "jayson_client.js", url)) {
                calculates(client);
                assertThat(client.call("nosuch", 1).path("error").path("code").asInt())
                        .isEqualTo(-32601);
                assertThat(client.call("fail", "bad thing").path("error").toString())
                        .contains("bad thing", "ValueError");
                assertThat(client.call(Map.of("method", "add", "kwargs", Map.of("x", 2, "y", 3)))
                                .path("ok")
                                .asInt())
                        .isEqualTo(5);
                assertThat(client.call(Map.of("method", "note", "args", List.of("js"), "notify", true))
                                .has("ok"))
                        .isTrue();
                assertThat(noted()).isEqualTo("js");
            }
        }
    }

    /** Its client speaks 1.1, or 1.0 if asked to. */
    @Test
    @NeedsPeer(Peer.JSONRPC_PERL)
    void perl() {
        for (String version : List.of("1.1", "1.0")) {
            try (PeerProcess client = PeerProcess.start(Peer.JSONRPC_PERL, "jsonrpc_client.pl", path(), version)) {
                calculates(client);
                assertThat(client.call("nosuch", 1).path("error").toString()).contains("-32601");
                assertThat(client.call("fail", "bad thing").path("error").toString())
                        .contains("bad thing");
                assertThat(client.call(Map.of("method", "subtract", "kwargs", Map.of("y", 5, "x", 3)))
                                .path("ok")
                                .asInt())
                        .isEqualTo(2);
            }
        }
    }

    @Test
    @NeedsPeer(Peer.JSON_RPC_2)
    void jsonRpc2() {
        String script = """
                const { JSONRPCClient } = require('json-rpc-2.0');
                const url = process.argv[process.argv.length - 1];
                const client = new JSONRPCClient(async (request) => {
                  const response = await fetch(url, {
                    method: 'POST',
                    headers: { 'content-type': 'application/json' },
                    body: JSON.stringify(request),
                  });
                  if (response.status === 200) {
                    const text = await response.text();
                    if (text) client.receive(JSON.parse(text));
                    else if (request.id !== undefined) throw new Error('nothing');
                  } else throw new Error(String(response.status));
                });
                (async () => {
                  console.log(await client.request('add', [2, 3]));
                  console.log(await client.request('subtract', { y: 5, x: 3 }));
                  await client.notify('note', ['json-rpc-2.0']);
                  await client.request('nosuch', []).catch((e) => console.log(e.code, e.message));
                  const batch = await client.requestAdvanced([
                    { jsonrpc: '2.0', id: 'a', method: 'add', params: [1, 1] },
                    { jsonrpc: '2.0', id: 'b', method: 'nosuch' },
                  ]);
                  console.log(batch.map((r) => r.id + ':' + (r.error ? r.error.code : r.result)).join(' '));
                })();
                """;
        try (PeerProcess client = PeerProcess.start(Peer.JSON_RPC_2, "-e", script, root())) {
            assertThat(client.output().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).isEqualTo("5"),
                            line -> assertThat(line).isEqualTo("2"),
                            line -> assertThat(line).startsWith("-32601 "),
                            line -> assertThat(line).isEqualTo("a:2 b:-32601"));
            assertThat(noted()).isEqualTo("json-rpc-2.0");
        }
    }
}
