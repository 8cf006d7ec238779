package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * An application's own exception, {@code shop.OutOfStock}, caught as itself on the other side, Python and Java in
 * either part.
 */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
class OwnExceptionsTest {
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    static class OutOfStock extends RuntimeException {
        OutOfStock(String message) {
            super(message);
        }
    }

    /** What is served in Java. */
    public static class Shop {
        public void sell(String item) {
            throw new OutOfStock("no " + item + " left");
        }

        public void order(String item) {
            throw RemoteException.of("OutOfStock", "no " + item + " left")
                    .withModule("shop")
                    .withData(Map.of("kwargs", Map.of("item", item)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void pythonsInJava(Peer python) {
        try (PeerProcess server =
                        PeerProcess.start(python, "oslo_server.py", broker.address(), "--topic", python.name());
                RpcClient client = RpcClient.builder(broker.address())
                        .target(Target.topic(python.name()))
                        .mapException("shop.OutOfStock", e -> new OutOfStock(e.remoteMessage()))
                        .build()) {
            server.ready();
            assertThatThrownBy(() -> client.call("sell", void.class, Args.named("item", "tea")))
                    .isInstanceOf(OutOfStock.class)
                    .hasMessage("no tea left")
                    .cause()
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.traceback()).anyMatch(line -> line.contains("in sell"));
                        assertThat(e.data())
                                .isInstanceOfSatisfying(
                                        Map.class,
                                        data -> assertThat(data.get("kwargs")).isEqualTo(Map.of("item", "tea")));
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void javasInPython(Peer python) {
        String topic = "java-" + python.name();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Shop())
                        .mapException(OutOfStock.class, "shop.OutOfStock")
                        .listen(broker.address(), Target.topic(topic).withServer("server1"))
                        .build()
                        .start();
                PeerProcess allowing = PeerProcess.start(
                        python, "oslo_client.py", broker.address(), "--topic", topic, "--allow", "shop");
                PeerProcess other = PeerProcess.start(python, "oslo_client.py", broker.address(), "--topic", topic)) {
            // oslo.messaging makes a subclass of shop.OutOfStock under this name.
            JsonNode failure = allowing.call(Map.of("method", "sell", "kwargs", Map.of("item", "tea")));
            assertThat(failure.at("/error/type").asString()).isEqualTo("OutOfStock_Remote");
            assertThat(failure.at("/error/message").asString()).startsWith("no tea left");
            failure = allowing.call(Map.of("method", "order", "kwargs", Map.of("item", "rice")));
            assertThat(failure.at("/error/type").asString()).isEqualTo("OutOfStock_Remote");
            assertThat(failure.at("/error/message").asString()).startsWith("no rice left");
            assertThat(failure.at("/error/kwargs/item").asString()).isEqualTo("rice");
            failure = other.call(Map.of("method", "sell", "kwargs", Map.of("item", "tea")));
            assertThat(failure.at("/error/type").asString()).isEqualTo("RemoteError");
            assertThat(failure.at("/error/message").asString()).startsWith("Remote error: OutOfStock no tea left");
        }
    }
}
