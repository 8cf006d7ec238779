package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ping endpoint of oslo.messaging's servers, asked from the other side. */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
class PingTest {
    private static final String PING = "oslo_rpc_server_ping";

    /** What is served in Java. */
    public static class Endpoint {
        public String who() {
            return "java";
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void eachAnswersTheOther(Peer python) {
        try (EmbeddedBroker broker = EmbeddedBroker.builder().start();
                PeerProcess server = PeerProcess.start(
                        python,
                        "oslo_server.py",
                        broker.address(),
                        "--topic",
                        "python",
                        "--conf",
                        "rpc_ping_enabled=true")) {
            server.ready();
            try (RpcServer java = RpcServer.builder()
                            .endpoint(new Endpoint())
                            .listen(
                                    broker.address() + "?rpc_ping_enabled=true",
                                    Target.topic("java").withServer("server1"))
                            .build()
                            .start();
                    RpcClient client = RpcClient.connect(broker.address(), Target.topic("python"));
                    PeerProcess other =
                            PeerProcess.start(python, "oslo_client.py", broker.address(), "--topic", "java")) {
                assertThat(client.call(PING, String.class)).isEqualTo("pong");
                assertThat(other.call(Map.of("method", PING)).path("ok").asString())
                        .isEqualTo("pong");
            }
        }
    }
}
