package dev.parley.interop.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Expose;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.WebSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Other people's WebSockets, both ways. */
@Timeout(120)
class WebSocketPeersTest {
    private final CalculatorService service = new CalculatorService();

    private RpcServer serve() {
        return RpcServer.builder()
                .endpoint(service)
                .listen("jsonrpc+ws://127.0.0.1:0")
                .build()
                .start();
    }

    private static String url(RpcServer server) {
        return "ws://127.0.0.1:" + server.addresses().getFirst().port(-1) + "/";
    }

    private void calculates(PeerProcess client) throws InterruptedException {
        assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
        assertThat(client.call(Map.of("method", "subtract", "kwargs", Map.of("y", 5, "x", 3)))
                        .path("ok")
                        .asInt())
                .isEqualTo(2);
        assertThat(client.call("hello").path("ok").isNull()).isTrue();
        Map<String, Object> value = Map.of("text", "grüße 🌍", "list", Arrays.asList(1, 2.5, null, true));
        assertThat(client.call("echo", value).path("ok").toString())
                .contains("\"text\":\"grüße 🌍\"", "[1,2.5,null,true]");
        String large = "ab€".repeat(50_000);
        assertThat(client.call("echo", large).path("ok").asString()).isEqualTo(large);
        assertThat(client.call("nosuch", 1).path("error").toString()).contains("-32601");
        assertThat(client.call("fail", "bad thing").path("error").toString()).contains("bad thing", "ValueError");
        assertThat(client.call(Map.of("method", "note", "args", List.of("noted"), "notify", true))
                        .has("ok"))
                .isTrue();
        assertThat(service.noted.poll(20, TimeUnit.SECONDS)).isEqualTo("noted");
    }

    @ParameterizedTest
    @ValueSource(strings = {"websockets", "websocket-client"})
    @NeedsPeer(Peer.PYTHON_WEBSOCKETS)
    void pythonCallsParley(String library) throws Exception {
        try (RpcServer server = serve();
                PeerProcess client =
                        PeerProcess.start(Peer.PYTHON_WEBSOCKETS, "websocket_client.py", library, url(server))) {
            calculates(client);
            if (library.equals("websockets")) {
                JsonNode fragments = client.call(Map.of("method", "add", "args", List.of(1, 2), "fragments", true));
                assertThat(fragments.path("ok").asInt()).isEqualTo(3);
            }
        }
    }

    @Test
    @NeedsPeer(Peer.RPC_WEBSOCKETS)
    void rpcWebsocketsCallsParley() throws Exception {
        try (RpcServer server = serve();
                PeerProcess client = PeerProcess.start(Peer.RPC_WEBSOCKETS, "rpc_websockets_client.js", url(server))) {
            calculates(client);
        }
    }

    private static void calculates(RpcClient client) {
        assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
        assertThat(client.call("divide", double.class, 1, 2)).isEqualTo(0.5);
        Map<String, Object> value = Map.of("text", "grüße 🌍", "list", Arrays.asList(1, 2.5, null, true));
        assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
        String large = "ab€".repeat(50_000);
        assertThat(client.call("echo", String.class, large)).isEqualTo(large);
        assertThatThrownBy(() -> client.call("nosuch", int.class, 1)).isInstanceOf(MethodNotFoundException.class);
        assertThatThrownBy(() -> client.call("fail", int.class, "bad thing")).hasMessageContaining("bad thing");
        client.cast("echo", "cast");
        assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
    }

    /** What servers tell their clients. */
    public static final class Told {
        final BlockingQueue<Object> numbers = new LinkedBlockingQueue<>();

        @Expose("on_event")
        public void onEvent(int number) {
            numbers.add(number);
        }

        @Expose("eth_subscription")
        public void subscription(String subscription, Map<String, String> result) {
            numbers.add(subscription + " " + result.get("number"));
        }

        @Expose
        public int twice(int number) {
            return 2 * number;
        }

        @Nullable
        Object next() throws InterruptedException {
            return numbers.poll(30, TimeUnit.SECONDS);
        }
    }

    @Test
    @NeedsPeer(Peer.PYTHON_WEBSOCKETS)
    void parleyCallsPython() throws Exception {
        Told told = new Told();
        try (PeerProcess server = PeerProcess.start(Peer.PYTHON_WEBSOCKETS, "websocket_server.py");
                RpcClient client =
                        RpcClient.builder(server.ready()).endpoint(told).build()) {
            calculates(client);
            client.call("subscribe", Object.class, 3);
            for (int i = 0; i < 3; i++) {
                assertThat(told.next()).isEqualTo(i);
            }
            assertThat(client.call("callback", int.class, 21)).isEqualTo(42);
        }
    }

    @Test
    @NeedsPeer(Peer.RPC_WEBSOCKETS)
    void parleyCallsRpcWebsockets() {
        try (PeerProcess server = PeerProcess.start(Peer.RPC_WEBSOCKETS, "rpc_websockets_server.js");
                RpcClient client = RpcClient.connect(server.ready())) {
            calculates(client);
        }
    }

    @Test
    @NeedsPeer(Peer.RPC_WEBSOCKETS)
    void subscribesAsAWalletDoes() throws Exception {
        Told told = new Told();
        try (PeerProcess server = PeerProcess.start(Peer.RPC_WEBSOCKETS, "eth_server.js");
                RpcClient client =
                        RpcClient.builder(server.ready()).endpoint(told).build()) {
            assertThat(client.call("eth_blockNumber", String.class)).isEqualTo("0x10");
            String subscription = client.call("eth_subscribe", String.class, "newHeads");
            for (int i = 16; i < 20; i++) {
                assertThat(told.next()).isEqualTo(subscription + " 0x" + Integer.toHexString(i));
            }
            assertThat(client.call("eth_unsubscribe", boolean.class, subscription))
                    .isTrue();
            assertThatThrownBy(() -> client.call("eth_mining", boolean.class))
                    .isInstanceOf(MethodNotFoundException.class);
        }
    }

    /** The JDK's own client, which knows no compression. */
    @Test
    void servesTheClientOfTheJdk() throws Exception {

        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            private final StringBuilder text = new StringBuilder();

            @Override
            public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
                text.append(part);
                if (last) {
                    received.add(text.toString());
                    text.setLength(0);
                }
                socket.request(1);
                return null;
            }
        };
        HttpClient http = HttpClient.newBuilder().version(Version.HTTP_1_1).build();
        try (RpcServer server = serve()) {
            WebSocket socket = http.newWebSocketBuilder()
                    .subprotocols("jsonrpc")
                    .buildAsync(URI.create(url(server)), listener)
                    .get(30, TimeUnit.SECONDS);
            assertThat(socket.getSubprotocol()).isEqualTo("jsonrpc");
            // It sends one part at a time.
            socket.sendText("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",", false)
                    .get(30, TimeUnit.SECONDS);
            socket.sendText("\"params\":[\"grüße\"]}", true).get(30, TimeUnit.SECONDS);
            assertThat(received.poll(30, TimeUnit.SECONDS)).contains("\"result\":\"grüße\"");
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
        } finally {
            // Its close would wait for open WebSockets.
            http.shutdownNow();
        }
    }
}
