package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** oslo.messaging of 2015: it sends and expects replies in two messages, by an exchange of the reply queue's name. */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@NeedsPeer(Peer.OSLO_MESSAGING_2)
class OldPythonTest {
    private static EmbeddedBroker broker;

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static RpcClient client(String topic, String options) {
        return RpcClient.builder(broker.address() + options)
                .target(Target.topic(topic))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    @Test
    void servesJava() {
        try (PeerProcess server =
                        PeerProcess.start(Peer.OSLO_MESSAGING_2, "oslo_server.py", broker.address(), "--topic", "old");
                RpcClient client = client("old", "?reply_exchange=true");
                RpcClient modern = client("old", "")) {
            server.ready();
            assertThat(client.call("add", int.class, Args.named("x", 2).and("y", 3)))
                    .isEqualTo(5);
            assertThat(client.call("who", String.class)).isEqualTo("server1");
            assertThatThrownBy(() -> client.call("fail", void.class, Args.named("message", "no luck")))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ValueError");
                        assertThat(e.remoteMessage()).isEqualTo("no luck");
                    });
            client.prepare(o -> o.withFanout(true)).cast("echo", Args.named("n", 1));
            assertThat(server.line(line -> line.contains("\"echo\""))).contains("\"n\": 1");
            // Its replies find no other way.
            assertThatThrownBy(() -> modern.prepare(o -> o.withTimeout(Duration.ofSeconds(2)))
                            .call("who", String.class))
                    .isInstanceOf(RpcTimeoutException.class);
            assertThat(server.line(line -> line.contains("\"who\""))).isNotEmpty();
        }
    }

    /** What is served in Java. */
    @SuppressWarnings("UnusedMethod") // Called by name.
    public static class Endpoint {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        public int add(int x, int y) {
            return x + y;
        }

        public @Nullable Object echo(@Nullable Object arg) {
            received.add("echo " + arg);
            return arg;
        }

        public void fail(String message) {
            throw new IllegalArgumentException(message);
        }
    }

    @Test
    void callsJava() throws InterruptedException {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(endpoint)
                        .listen(broker.address(), Target.topic("new").withServer("server1"))
                        .build()
                        .start();
                PeerProcess client = PeerProcess.start(
                        Peer.OSLO_MESSAGING_2, "oslo_client.py", broker.address(), "--topic", "new")) {
            assertThat(client.call(Map.of("method", "add", "kwargs", Map.of("x", 2, "y", 3)))
                            .path("ok")
                            .asInt())
                    .isEqualTo(5);
            JsonNode failure = client.call(Map.of("method", "fail", "kwargs", Map.of("message", "no luck")));
            assertThat(failure.at("/error/message").asString()).contains("no luck");
            assertThat(failure.at("/error/type").asString()).isIn("ValueError", "RemoteError");
            JsonNode nothing = client.call(Map.of("method", "echo", "kwargs", Map.of("arg", "")));
            assertThat(nothing.path("ok").asString()).isEmpty();
            client.call(Map.of("method", "echo", "kind", "fanout", "kwargs", Map.of("arg", "all")));
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo ");
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo all");
            for (int i = 0; i < 20; i++) {
                assertThat(client.call(Map.of("method", "add", "kwargs", Map.of("x", i, "y", i)))
                                .path("ok")
                                .asInt())
                        .isEqualTo(2 * i);
            }
        }
    }
}
