package dev.parley.interop.xmlrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The package {@code xmlrpc} for Node, both ways. */
@Timeout(120)
@NeedsPeer(Peer.XMLRPC_NODE)
class NodeTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void parleyCallsNode() {
        try (PeerProcess server = PeerProcess.start(Peer.XMLRPC_NODE, "xmlrpc_server.js");
                RpcClient client = RpcClient.connect("xmlrpc+" + server.ready())) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(client.call("divide", double.class, 3, 2)).isEqualTo(1.5);
            Map<String, Object> value = Map.of("a", List.of(1, "grüße <&>", true, 2.5), "b", Map.of());
            assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
            assertThatThrownBy(() -> client.call("fail", void.class, "no luck"))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.remoteMessage()).contains("no luck");
                        assertThat(e.code()).isEqualTo(1);
                    });
            // Node's server has no fault for this.
            assertThatThrownBy(() -> client.call("nosuch", Object.class))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("404");
        }
    }

    @Test
    void nodeCallsParley() {
        try (RpcServer server = Calculator.serve("");
                PeerProcess client = PeerProcess.start(Peer.XMLRPC_NODE, "xmlrpc_client.js", Calculator.url(server))) {
            assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
            Map<String, Object> value = Map.of("a", List.of(1, "grüße <&>", true, 2.5), "b", Map.of());
            JsonNode echoed = client.call("echo", value).path("ok");
            assertThat(echoed).isEqualTo(JSON.valueToTree(value));
            assertThat(client.call("nothing").path("ok").isNull()).isTrue();
            assertThat(client.call("fail", "no luck").path("error").toString()).contains("no luck");
            assertThat(client.call("nosuch").has("error")).isTrue();
            assertThat(client.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
        }
    }
}
