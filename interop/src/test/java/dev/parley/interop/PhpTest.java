package dev.parley.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.http.HttpCallOptions;
import dev.parley.http.HttpResponseException;
import dev.parley.interop.xmlrpc.Calculator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** PHP, both ways: its built-in web server, and its two ways to post. */
@Timeout(120)
@NeedsPeer(Peer.PHP)
class PhpTest {
    private static final JsonMapper JSON = new JsonMapper();

    @ParameterizedTest
    @CsvSource({"xmlrpc, /RPC2, 200", "jsonrpc, /jsonrpc, 500"})
    void parleyCallsPhp(String wire, String path, int errorStatus) {
        try (PeerProcess server = PeerProcess.start(Peer.PHP, "server.php")) {
            String address = wire + "+" + server.ready() + path;
            try (RpcClient client = RpcClient.connect(address + "?cookies=true")) {
                assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
                assertThat(client.call("divide", double.class, 3, 2)).isEqualTo(1.5);
                Map<String, Object> value = Map.of("a", List.of(1, "grüße <&>", true, 2.5), "b", List.of());
                assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
                assertThatThrownBy(() -> client.call("fail", void.class, "no luck"))
                        .isInstanceOfSatisfying(RemoteException.class, e -> {
                            assertThat(e.remoteMessage()).isEqualTo("no luck");
                            assertThat(e.code()).isEqualTo(7);
                            assertThat(status(e)).isEqualTo(errorStatus);
                        });
                assertThatThrownBy(() -> client.call("nosuch", Object.class))
                        .isInstanceOf(MethodNotFoundException.class);
                assertThat(client.call("session", int.class)).isEqualTo(1);
                assertThat(client.call("session", int.class)).isEqualTo(2);
                // PHP prints its warnings in front of the response.
                assertThatThrownBy(() -> client.call("warn", boolean.class))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(status(e)).isEqualTo(200))
                        .hasMessageContaining("Warning")
                        .hasMessageContaining("this table is old");
                Map<?, ?> headers = client.prepare(o -> o.with(HttpCallOptions.HEADERS, Map.of("X-Shop", "tea")))
                        .call("headers", Map.class);
                assertThat(headers.get("X-Shop")).isEqualTo("tea");
            }
            try (RpcClient client = RpcClient.connect(address)) {
                assertThat(client.call("session", int.class)).isEqualTo(1);
                assertThat(client.call("session", int.class)).isEqualTo(1);
            }
            try (RpcClient client = RpcClient.connect(address + "?peer=php")) {
                Map<?, ?> empty = client.call("echo", Map.class, List.of());
                assertThat(empty.size()).isZero();
                assertThat(client.call("add", int.class, "2", "3")).isEqualTo(5);
            }
            try (RpcClient client = RpcClient.connect(wire + "+" + address.substring(wire.length() + 1) + "x")) {
                assertThatThrownBy(() -> client.call("add", int.class, 2, 3))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(status(e)).isEqualTo(404))
                        .hasMessageContaining("Not Found");
            }
        }
    }

    private static int status(RpcException error) {
        HttpResponseException response = HttpResponseException.of(error);
        assertThat(response).isNotNull();
        return response.status();
    }

    @ParameterizedTest
    @CsvSource({"xmlrpc, stream", "xmlrpc, curl", "jsonrpc, stream", "jsonrpc, curl"})
    void phpCallsParley(String wire, String how) {
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Calculator())
                .listen(wire + "+http://127.0.0.1:0/rpc")
                .build()
                .start()) {
            String url = "http://127.0.0.1:" + server.addresses().getFirst().port(-1) + "/rpc";
            try (PeerProcess client = PeerProcess.start(Peer.PHP, "client.php", url, wire, how)) {
                assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
                Map<String, Object> value = Map.of("a", List.of(1, "grüße <&>", true, 2.5), "b", List.of());
                assertThat(client.call("echo", value).path("ok")).isEqualTo(JSON.valueToTree(value));
                // Long enough for a compressed response.
                assertThat(client.call("echo", "grüße ".repeat(1000)).path("ok").asString())
                        .isEqualTo("grüße ".repeat(1000));
                assertThat(client.call("fail", "no luck").path("error").toString())
                        .contains("no luck");
                assertThat(client.call("nosuch").at("/error/code").asInt()).isEqualTo(-32601);
                assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
            }
        }
    }
}
