package dev.parley.interop.overload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.OverloadedException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcHandler;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A server that runs as many calls as it may, and lets none wait, refuses in the words of each wire. */
@Timeout(120)
class OverloadTest {
    private static final String JSON = """
            {"jsonrpc": "2.0", "id": 1, "method": "add", "params": [2, 3]}""";

    private static final String JSON_NOTIFICATION = """
            {"jsonrpc": "2.0", "method": "add", "params": [2, 3]}""";

    private static final String XML = "<?xml version='1.0'?><methodCall><methodName>add</methodName><params>"
            + "<param><value><int>2</int></value></param><param><value><int>3</int></value></param>"
            + "</params></methodCall>";

    private static final List<Wire> WIRES = List.of(Wire.values());

    @TempDir
    private static Path folder;

    private final Held held = new Held();
    private RpcServer server;
    private RpcClient busy;
    private CompletableFuture<Integer> holding;

    /** The wires over which a call may be refused, in the order in which the server listens. */
    enum Wire {
        JSONRPC_HTTP("jsonrpc+http://127.0.0.1:0/jsonrpc"),
        JSONRPC_TCP("jsonrpc+tcp://127.0.0.1:0"),
        JSONRPC_WEB_SOCKET("jsonrpc+ws://127.0.0.1:0/ws"),
        JSONRPC_IPC("jsonrpc+ipc://"),
        XMLRPC("xmlrpc+http://127.0.0.1:0/RPC2"),
        ZERORPC("zerorpc+tcp://127.0.0.1:0");

        private final String address;

        Wire(String address) {
            this.address = address;
        }
    }

    @BeforeEach
    void occupy() throws Exception {
        RpcServer.Builder builder =
                RpcServer.builder().endpoint(held).maxConcurrentCalls(1).maxQueuedCalls(0);
        for (Wire wire : WIRES) {
            builder.listen(wire == Wire.JSONRPC_IPC ? wire.address + folder.resolve("rpc.sock") : wire.address);
        }
        server = builder.listen("memory://overload", Target.topic("overload").withServer("one"))
                .build()
                .start();
        busy = RpcClient.connect(address(Wire.JSONRPC_TCP));
        holding = busy.callAsync("hold", Integer.class);
        assertThat(held.awaitStarted(1)).isTrue();
    }

    @AfterEach
    void end() throws Exception {
        held.letGo();
        assertThat(holding.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        busy.close();
        server.close();
    }

    private String address(Wire wire) {
        return server.addresses().get(WIRES.indexOf(wire)).toUri();
    }

    private String url(Wire wire) {
        String address = address(wire);
        return address.substring(address.indexOf('+') + 1);
    }

    @ParameterizedTest
    @EnumSource
    void clientsAreToldAtOnce(Wire wire) throws Exception {
        try (RpcClient client = RpcClient.connect(address(wire))) {
            assertThatThrownBy(() -> client.call("add", int.class, 2, 3))
                    .isInstanceOfSatisfying(
                            OverloadedException.class,
                            e -> assertThat(e.getMessage()).contains("the server is at its limit of 1 calls at once"));
            // The server serves the connection as before.
            held.letGo();
            assertThat(holding.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(client.prepare(options -> options.withIdempotent(true).withMaxAttempts(100))
                            .call("add", int.class, 2, 3))
                    .isEqualTo(5);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONRPC_HTTP", "JSONRPC_TCP", "XMLRPC"})
    void eachCallOfABatchIsRefused(Wire wire) {
        try (RpcClient client = RpcClient.connect(address(wire))) {
            RpcBatch batch = client.batch();
            for (int i = 0; i < 3; i++) {
                RpcBatch.Result<Integer> unused = batch.call("add", Integer.class, i, 1);
            }
            assertThat(batch.send())
                    .hasSize(3)
                    .allSatisfy(result -> assertThat(result.error()).isInstanceOf(OverloadedException.class));
        }
    }

    /** Its requests stay with the broker, which has a bound of its own. */
    @Test
    void callsFromABrokerWait() throws Exception {
        try (RpcClient client = RpcClient.connect("memory://overload", Target.topic("overload"))) {
            List<CompletableFuture<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(client.callAsync(
                        "add", Integer.class, dev.parley.Args.named("a", i).and("b", 1)));
            }
            held.letGo();
            for (int i = 0; i < calls.size(); i++) {
                assertThat(calls.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        }
    }

    private static HttpResponse<String> post(String url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void jsonRpcOverHttpSaysSoByItsStatusToo() throws Exception {
        for (Wire wire : List.of(Wire.JSONRPC_HTTP, Wire.JSONRPC_WEB_SOCKET)) {
            HttpResponse<String> response = post(url(wire).replace("ws://", "http://"), JSON);
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(response.headers().firstValue("Retry-After")).contains("1");
            assertThat(response.body()).contains("\"code\":-32017", "\"id\":1", "OverloadedException");
            HttpResponse<String> toNotification = post(url(wire).replace("ws://", "http://"), JSON_NOTIFICATION);
            assertThat(toNotification.statusCode()).isEqualTo(503);
            assertThat(toNotification.body()).isEmpty();
            // One call that had its response is worth more.
            HttpResponse<String> mixed = post(
                    url(wire).replace("ws://", "http://"),
                    "[" + JSON + ", {\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"rpc.discover\"}]");
            assertThat(mixed.statusCode()).isEqualTo(200);
            assertThat(mixed.body()).contains("\"code\":-32017", "\"id\":2", "openrpc");
        }
    }

    @Test
    void xmlRpcSaysSoByAFault() throws Exception {
        HttpResponse<String> response = post(url(Wire.XMLRPC), XML);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(response.body()).contains("-32017", "OverloadedException: the server is at its limit");
    }

    @Test
    void aHandlerWithoutASocketSaysSoInItsResponse() throws Exception {
        RpcHandler handler = server.handler("jsonrpc");
        assertThat(new String(handler.handle(JSON.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                .contains("\"code\":-32017");
    }

    @Test
    void clientsKnowHowLongToWait() {
        for (Wire wire : List.of(Wire.JSONRPC_HTTP, Wire.XMLRPC)) {
            try (RpcClient client = RpcClient.connect(address(wire))) {
                assertThatThrownBy(() -> client.call("add", int.class, 2, 3))
                        .isInstanceOfSatisfying(
                                OverloadedException.class,
                                e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(1)));
            }
        }
    }

    private void assertTold(Peer peer, String program, String url, String... said) {
        try (PeerProcess client = PeerProcess.start(peer, program, url)) {
            JsonNode outcome = client.call("add", 2, 3);
            assertThat(outcome.path("error").toString()).contains(said);
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON)
    void pythonsXmlRpc() {
        assertTold(Peer.PYTHON, "xmlrpc_client.py", url(Wire.XMLRPC), "-32017", "OverloadedException");
    }

    @Test
    @NeedsPeer(Peer.XMLRPC_NODE)
    void nodesXmlRpc() {
        assertTold(Peer.XMLRPC_NODE, "xmlrpc_client.js", url(Wire.XMLRPC), "OverloadedException");
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB)
    void jsonrpclib() {
        assertTold(Peer.JSONRPCLIB, "jsonrpc_client.py", url(Wire.JSONRPC_HTTP), "503");
    }

    @Test
    @NeedsPeer(Peer.JSONRPCLIB_PELIX)
    void jsonrpclibPelix() {
        assertTold(Peer.JSONRPCLIB_PELIX, "jsonrpc_client.py", url(Wire.JSONRPC_HTTP), "503");
    }

    @Test
    @NeedsPeer(Peer.JAYSON)
    void jayson() {
        assertTold(Peer.JAYSON, "jayson_client.js", url(Wire.JSONRPC_HTTP), "503");
        assertTold(Peer.JAYSON, "jayson_client.js", url(Wire.JSONRPC_TCP), "-32017");
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_PYTHON)
    void zerorpcForPython() {
        assertTold(Peer.ZERORPC_PYTHON, "zerorpc_client.py", url(Wire.ZERORPC), "BlockingIOError");
    }

    @Test
    @NeedsPeer(Peer.ZERORPC_NODE)
    void zerorpcForNode() {
        assertTold(Peer.ZERORPC_NODE, "zerorpc_client.js", url(Wire.ZERORPC), "BlockingIOError");
    }
}
