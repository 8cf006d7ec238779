package dev.parley.interop.zerorpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/** zerorpc for Node against ours, both ways. */
@Timeout(120)
@NeedsPeer(Peer.ZERORPC_NODE)
class ZerorpcNodeTest {
    @Test
    void javaCallsNode() {
        try (PeerProcess node = PeerProcess.start(Peer.ZERORPC_NODE, "zerorpc_server.js");
                RpcClient client = RpcClient.connect(node.ready())) {
            assertThat(client.call("add", int.class, 2, 3)).isEqualTo(5);
            assertThat(client.call("divide", double.class, 3, 2)).isEqualTo(1.5);
            Map<String, Object> value = Map.of("text", "grüße 🌍", "list", List.of(1, -2.5, true, List.of()));
            assertThat(client.call("echo", Object.class, value)).isEqualTo(value);
            assertThat(client.call("echo", byte[].class, new byte[] {0, -1})).isEqualTo(new byte[] {0, -1});
            // Node sends what is beyond 32 bits as a float.
            assertThat(client.call("add", long.class, 5_000_000_000L, 1)).isEqualTo(5_000_000_001L);
            assertThatThrownBy(() -> client.call("fail", void.class, "no luck"))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("Error");
                        assertThat(e.remoteMessage()).isEqualTo("no luck");
                    });
            // Node never answers a call of a method that it does not have.
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(300)))
                            .call("nosuch", void.class))
                    .isInstanceOf(RpcTimeoutException.class);
            assertThat(client.describe().methods())
                    .anySatisfy(method -> assertThat(method.name()).isEqualTo("add"));
        }
    }

    @Test
    void nodeStreamsReachJava() {
        try (PeerProcess node = PeerProcess.start(Peer.ZERORPC_NODE, "zerorpc_server.js");
                RpcClient client = RpcClient.connect(node.ready())) {
            try (Stream<Integer> items = client.stream("range", Integer.class, 0, 1000)) {
                assertThat(items)
                        .containsExactlyElementsOf(
                                IntStream.range(0, 1000).boxed().toList());
            }
            try (Stream<Integer> none = client.stream("range", Integer.class, 0, 0)) {
                assertThat(none).isEmpty();
            }
            assertThat(client.call("add", int.class, 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void nodeCallsJava() {
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Calculator())
                        .listen("zerorpc+tcp://127.0.0.1:0")
                        .build()
                        .start();
                PeerProcess node = PeerProcess.start(
                        Peer.ZERORPC_NODE,
                        "zerorpc_client.js",
                        "tcp://127.0.0.1:" + server.addresses().getFirst().port(-1))) {
            assertThat(node.call("add", 2, 3).path("ok").asInt()).isEqualTo(5);
            assertThat(node.call("hello").path("ok").isNull()).isTrue();
            Map<String, Object> value = Map.of("text", "grüße 🌍", "list", List.of(1, -2.5, true, List.of()));
            assertThat(new JsonMapper().convertValue(node.call("echo", value).path("ok"), Object.class))
                    .isEqualTo(value);
            assertThat(node.call("range", 0, 1000).path("ok")).hasSize(1000);
            assertThat(node.call("fail", "no luck").at("/error/name").asString())
                    .isEqualTo("ValueError");
            assertThat(node.call("fail", "no luck").at("/error/message").asString())
                    .isEqualTo("no luck");
            assertThat(node.call("nosuch").at("/error/name").asString()).isEqualTo("NameError");
        }
    }
}
