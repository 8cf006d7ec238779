package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parley.Args;
import dev.parley.Default;
import dev.parley.DeliveryException;
import dev.parley.InvalidArgumentsException;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.TypeRef;
import dev.parley.UnsupportedVersionException;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.oslo.OsloCallOptions;
import dev.parley.oslo.RequestContext;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The article's oslo.messaging demonstration and what surrounds it, Python and Java in either part. */
@SuppressWarnings("try") // Servers are there to be called, not referenced.
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
abstract class OsloMessaging {
    private static final TypeRef<Map<String, @Nullable Object>> MAP = new TypeRef<>() {};

    private final String topic = "test-" + UUID.randomUUID();

    /** The broker's transport URL. */
    abstract String url();

    /** The same with the options that Python needs there, and Parley does not. */
    String pythonUrl() {
        return url();
    }

    /** Whether the broker lets this version of Python's oslo.messaging work. */
    boolean serves(Peer python) {
        return true;
    }

    private PeerProcess pythonServer(Peer python, String name) {
        assumeTrue(serves(python));
        PeerProcess server =
                PeerProcess.start(python, "oslo_server.py", pythonUrl(), "--topic", topic, "--server", name);
        server.ready();
        return server;
    }

    private PeerProcess pythonClient(Peer python) {
        assumeTrue(serves(python));
        return PeerProcess.start(python, "oslo_client.py", pythonUrl(), "--topic", topic);
    }

    private RpcClient javaClient() {
        return RpcClient.builder(url())
                .target(Target.topic(topic))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    /** The article's endpoint that stops its server. */
    public static class ServerControlEndpoint {
        private @Nullable RpcServer server;

        public void stop() {
            RpcServer running = server;
            if (running != null) {
                running.stop();
            }
        }
    }

    /** The article's other endpoint. */
    public static class TestEndpoint {
        public Object test(Object arg) {
            return arg;
        }
    }

    /** What Python's server of these tests offers, in Java. */
    @SuppressWarnings("UnusedMethod") // Called by name.
    public static class Endpoint {
        private final String name;
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        Endpoint(String name) {
            this.name = name;
        }

        public int add(int x, @Default("10") int y) {
            return x + y;
        }

        public String who() {
            received.add("who");
            return name;
        }

        public @Nullable Object echo(@Nullable Object arg) {
            received.add("echo " + arg);
            return arg;
        }

        public Map<String, @Nullable Object> context(RpcContext context) {
            return context.values();
        }

        public void fail(String message) {
            throw new IllegalArgumentException(message);
        }

        public void failOwn(String message) {
            throw RemoteException.of("OwnError", message).withModule("shop.errors");
        }

        public double slow(double seconds) throws InterruptedException {
            Thread.sleep((long) (seconds * 1000));
            return seconds;
        }
    }

    private RpcServer javaServer(String name, Endpoint endpoint) {
        ServerControlEndpoint control = new ServerControlEndpoint();
        RpcServer server = RpcServer.builder()
                .endpoint(control, Target.namespace("control").withVersion("2.0"))
                .endpoint(new TestEndpoint(), Target.none().withVersion("2.0"))
                .endpoint(endpoint)
                .listen(url(), Target.topic(topic).withServer(name))
                .build()
                .start();
        control.server = server;
        return server;
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void javaCallsPython(Peer python) {
        try (PeerProcess server = pythonServer(python, "server1");
                RpcClient client = javaClient()) {
            RpcClient demo = client.prepare(o -> o.withVersion("2.0")).with(Map.of("user", "ada"));
            assertThat(demo.call("test", String.class, Args.named("arg", "hello \"\u00e9\u2603\ud83d\ude00\"")))
                    .isEqualTo("hello \"\u00e9\u2603\ud83d\ude00\"");
            JsonNode seen = server.json("received");
            assertThat(seen.at("/context/user").asString()).isEqualTo("ada");

            assertThat(client.call(
                            "add",
                            BigInteger.class,
                            Args.named("x", BigInteger.TWO.pow(70)).and("y", 1)))
                    .isEqualTo(BigInteger.TWO.pow(70).add(BigInteger.ONE));
            assertThat(client.call(
                            "echo", MAP, Args.named("a", List.of(1, 2.5, true)).and("b", null)))
                    .containsEntry("a", List.of(1, 2.5, true))
                    .containsEntry("b", null);
            assertThat(client.with(Map.of("user_id", "u1", "is_admin", true)).call("context", MAP))
                    .containsEntry("user_id", "u1")
                    .containsEntry("is_admin", true)
                    .containsEntry("client_timeout", null);
            RequestContext context = new RequestContext(
                    "req-" + UUID.randomUUID(),
                    "req-" + UUID.randomUUID(),
                    "u1",
                    "p1",
                    "d1",
                    "d2",
                    "d3",
                    "all",
                    List.of("reader", "member"),
                    true,
                    false,
                    true,
                    true,
                    "r1",
                    "token");
            assertThat(client.with(context).call("openstack_context", RequestContext.class))
                    .isEqualTo(context);

            assertThatThrownBy(() -> client.call("fail", void.class, Args.named("message", "no luck")))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("ValueError");
                        assertThat(e.module()).isEqualTo("builtins");
                        assertThat(e.remoteMessage()).isEqualTo("no luck");
                        assertThat(e.traceback()).anyMatch(line -> line.contains("in fail"));
                        assertThat(e.data()).isEqualTo(Map.of("args", List.of("no luck")));
                    });
            assertThatThrownBy(() -> client.call("fail_own", void.class, Args.named("message", "mine")))
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo("OwnError");
                        assertThat(e.module()).isEqualTo("__main__");
                    });
            assertThatThrownBy(() -> client.call("fail_expected", void.class, Args.named("message", "k")))
                    .isInstanceOfSatisfying(
                            RemoteException.class, e -> assertThat(e.type()).isEqualTo("KeyError"));
            assertThatThrownBy(() -> client.call("nosuch", void.class))
                    .isInstanceOf(MethodNotFoundException.class)
                    .hasMessage("Endpoint does not support RPC method nosuch");
            assertThatThrownBy(() -> client.prepare(o -> o.withVersion("9.0")).call("add", void.class))
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessage("Endpoint does not support RPC version 9.0. Attempted method: add");
            assertThatThrownBy(() -> client.call("add", void.class, Args.named("z", 1)))
                    .isInstanceOf(InvalidArgumentsException.class);
            assertThat(client.prepare(o -> o.with(OsloCallOptions.MONITOR_TIMEOUT, Duration.ofSeconds(2)))
                            .call("slow", Double.class, Args.named("seconds", 3.2)))
                    .isEqualTo(3.2);
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(500)))
                            .call("slow", Double.class, Args.named("seconds", 1.5)))
                    .isInstanceOf(RpcTimeoutException.class);

            client.cast("echo", Args.named("n", 1));
            assertThat(server.line(line -> line.contains("\"echo\"") && line.contains("\"n\"")))
                    .contains("\"n\": 1");
            client.prepare(o -> o.withNamespace("control").withVersion("2.0").withServer("server1"))
                    .call("stop", void.class);
            assertThat(server.json("stopped").path("stopped").asBoolean()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void pythonCallsJava(Peer python) throws InterruptedException {
        Endpoint endpoint = new Endpoint("server1");
        try (RpcServer server = javaServer("server1", endpoint);
                PeerProcess client = pythonClient(python)) {
            JsonNode answer = client.call(
                    Map.of("method", "test", "kwargs", Map.of("arg", "hello \u00e9\u2603"), "version", "2.0"));
            assertThat(answer.path("ok").asString()).isEqualTo("hello \u00e9\u2603");
            assertThat(client.call(Map.of("method", "add", "kwargs", Map.of("x", 2)))
                            .path("ok")
                            .asInt())
                    .isEqualTo(12);
            JsonNode context = client.call(Map.of("method", "context", "context", Map.of("user", "ada", "n", 1)))
                    .path("ok");
            assertThat(context.path("user").asString()).isEqualTo("ada");
            assertThat(context.path("n").asInt()).isEqualTo(1);
            assertThat(context.has("client_timeout")).isTrue();

            JsonNode failure = client.call(Map.of("method", "fail", "kwargs", Map.of("message", "no luck")));
            // Python's own class, so that "except ValueError" catches it.
            assertThat(failure.at("/error/type").asString()).isEqualTo("ValueError");
            assertThat(failure.at("/error/message").asString()).startsWith("no luck");
            failure = client.call(Map.of("method", "failOwn", "kwargs", Map.of("message", "mine")));
            assertThat(failure.at("/error/type").asString()).isEqualTo("RemoteError");
            assertThat(failure.at("/error/message").asString()).startsWith("Remote error: OwnError mine");
            failure = client.call(Map.of("method", "nosuch"));
            assertThat(failure.at("/error/message").asString())
                    .contains("NoSuchMethod Endpoint does not support RPC method nosuch");
            failure = client.call(Map.of("method", "add", "version", "9.0"));
            assertThat(failure.at("/error/message").asString())
                    .contains("UnsupportedVersion Endpoint does not support RPC version 9.0. Attempted method: add");
            failure = client.call(Map.of("method", "add", "kwargs", Map.of("z", 1)));
            assertThat(failure.at("/error/type").asString()).isEqualTo("TypeError");
            failure = client.call(Map.of("method", "slow", "kwargs", Map.of("seconds", 2), "timeout", 1));
            assertThat(failure.at("/error/type").asString()).isEqualTo("MessagingTimeout");
            answer = client.call(Map.of(
                    "method", "slow", "kwargs", Map.of("seconds", 3.2), "timeout", 15, "call_monitor_timeout", 2));
            assertThat(answer.path("ok").asDouble()).isEqualTo(3.2);

            client.call(Map.of("method", "echo", "kind", "cast", "kwargs", Map.of("arg", "cast")));
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo cast");
            client.call(Map.of("method", "echo", "kind", "fanout", "kwargs", Map.of("arg", "fanout")));
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo fanout");
            client.call(Map.of("method", "echo", "kind", "cast", "server", "server1", "kwargs", Map.of("arg", "mine")));
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo mine");

            answer = client.call(Map.of("method", "stop", "namespace", "control", "version", "2.0"));
            assertThat(answer.has("ok")).as(answer.toString()).isTrue();
            assertThat(server.await(Duration.ofSeconds(20))).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void pythonAndJavaServeOneTopicTogether(Peer python) throws InterruptedException {
        Endpoint endpoint = new Endpoint("java");
        try (RpcServer server = javaServer("java", endpoint);
                PeerProcess other = pythonServer(python, "python");
                PeerProcess pythonClient = pythonClient(python);
                RpcClient javaClient = javaClient()) {
            Set<@Nullable String> answers = new HashSet<>();
            for (int i = 0; i < 8; i++) {
                answers.add(javaClient.call("who", String.class));
            }
            assertThat(answers).containsExactlyInAnyOrder("java", "python");
            answers.clear();
            for (int i = 0; i < 8; i++) {
                answers.add(
                        pythonClient.call(Map.of("method", "who")).path("ok").asString());
            }
            assertThat(answers).containsExactlyInAnyOrder("java", "python");
            assertThat(javaClient.prepare(o -> o.withServer("python")).call("who", String.class))
                    .isEqualTo("python");
            assertThat(pythonClient
                            .call(Map.of("method", "who", "server", "java"))
                            .path("ok")
                            .asString())
                    .isEqualTo("java");

            endpoint.received.clear();
            javaClient.prepare(o -> o.withFanout(true)).cast("echo", Args.named("arg", "to all"));
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo to all");
            assertThat(other.line(line -> line.contains("to all"))).contains("\"echo\"");
            pythonClient.call(Map.of("method", "echo", "kind", "fanout", "kwargs", Map.of("arg", "again")));
            assertThat(endpoint.received.poll(20, TimeUnit.SECONDS)).isEqualTo("echo again");
            assertThat(other.line(line -> line.contains("again"))).contains("\"echo\"");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void castsWaitForTheNextServer(Peer python) throws InterruptedException {
        Endpoint endpoint = new Endpoint("server1");
        try (PeerProcess client = pythonClient(python);
                RpcClient javaClient = javaClient()) {
            javaServer("server1", endpoint).close();
            for (int i = 0; i < 5; i++) {
                client.call(Map.of("method", "echo", "kind", "cast", "kwargs", Map.of("arg", i)));
            }
            try (RpcServer server = javaServer("server1", endpoint)) {
                Set<@Nullable String> received = new HashSet<>();
                for (int i = 0; i < 5; i++) {
                    received.add(endpoint.received.poll(20, TimeUnit.SECONDS));
                }
                assertThat(received).containsExactlyInAnyOrder("echo 0", "echo 1", "echo 2", "echo 3", "echo 4");
            }
            for (int i = 0; i < 5; i++) {
                javaClient.cast("echo", Args.named("arg", "early " + i));
            }
            try (PeerProcess server = pythonServer(python, "server1")) {
                Set<String> received = new HashSet<>();
                for (int i = 0; i < 5; i++) {
                    received.add(server.json("received").at("/args/arg").asString());
                }
                assertThat(received).containsExactlyInAnyOrder("early 0", "early 1", "early 2", "early 3", "early 4");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void unroutableCallsFailAtOnceOnBothSidesIfAsked(Peer python) {
        try (PeerProcess client = pythonClient(python);
                RpcClient javaClient = javaClient()) {
            assertThatThrownBy(() -> javaClient
                            .prepare(o -> o.with(OsloCallOptions.MUST_ROUTE, true))
                            .call("who", String.class))
                    .isInstanceOf(DeliveryException.class);
            JsonNode failure = client.call(Map.of("method", "who", "at_least_once", true));
            assertThat(failure.at("/error/type").asString()).isEqualTo("MessageUndeliverable");
        }
    }
}
