package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.parley.Args;
import dev.parley.DeliveryException;
import dev.parley.Execution;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.UnsupportedVersionException;
import dev.parley.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Rules of servers and clients: life cycle, ping, replies to callers that are gone, version caps, retries. */
@SuppressWarnings("try") // The servers are never referenced.
class RulesTest {
    private static final String QUICK = "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2";

    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public String echo(String text) {
            seen.add(text);
            return text;
        }

        public String slow() throws InterruptedException {
            Thread.sleep(1500);
            return "done";
        }
    }

    /** An endpoint with a method of the same name as the ping. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Pinged {
        public String oslo_rpc_server_ping() {
            return "mine";
        }
    }

    private RpcServer.Builder server(Object endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(broker.address() + options, Target.topic("test").withServer("server1"));
    }

    private RpcClient client(String options) {
        return RpcClient.builder(broker.address() + options)
                .target(Target.topic("test"))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static void assertAlive(RpcClient client) {
        assertThat(client.call("echo", String.class, Args.named("text", "alive")))
                .isEqualTo("alive");
    }

    @Test
    void awaitBlocksUntilStoppedAndStartRestarts() throws Exception {
        RpcServer server = server(new Endpoint(), "").build();
        // Before the start there is nothing to wait for.
        assertThat(server.await(Duration.ofSeconds(20))).isTrue();
        server.stop();
        server.start();
        try (RpcClient client = client("")) {
            assertAlive(client);
            assertThat(server.await(Duration.ofMillis(50))).isFalse();
            // A second start has no effect.
            server.start();
            assertThat(server.addresses()).hasSize(1);
            CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    server.await();
                    return true;
                } catch (InterruptedException e) {
                    return false;
                }
            });
            assertAlive(client);
            assertThat(waiting).isNotDone();
            server.stop();
            server.stop();
            assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.addresses()).isEmpty();
            server.start();
            server.reset();
            assertAlive(client);
        }
        server.close();
        server.close();
    }

    @Test
    void aServerRespondsToPingsIfConfigured() {
        try (RpcServer server =
                        server(new Endpoint(), "?rpc_ping_enabled=True").build().start();
                RpcClient client = client("")) {
            assertThat(client.call("oslo_rpc_server_ping", String.class)).isEqualTo("pong");
            assertThat(client.call("oslo_rpc_server_ping", String.class, Args.named("any", 1)))
                    .isEqualTo("pong");
        }
        try (RpcServer server =
                        server(new Pinged(), "?rpc_ping_enabled=True").build().start();
                RpcClient client = client("")) {
            assertThat(client.call("oslo_rpc_server_ping", String.class)).isEqualTo("mine");
        }
        try (RpcServer server = server(new Endpoint(), "").build().start();
                RpcClient client = client("")) {
            assertThatThrownBy(() -> client.call("oslo_rpc_server_ping", String.class))
                    .isInstanceOf(MethodNotFoundException.class);
        }
    }

    @Test
    void aCallerThatIsGoneBlocksNoOther() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        Endpoint endpoint = new Endpoint();
        try (RpcServer server =
                        server(endpoint, "").maxConcurrentCalls(2).build().start();
                RpcClient client = client("");
                Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            for (int i = 0; i < 100; i++) {
                request(channel, "gone", "60000");
            }
            // If each of them occupied one slot for a minute, this would take an hour.
            assertAlive(client);
            endpoint.seen.clear();

            // A caller whose queue comes back still gets the reply.
            request(channel, "late", "60000");
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("late");
            assertThat(replies(channel, "late").poll(20, TimeUnit.SECONDS)).contains("late");

            // But not after the deadline of the caller.
            request(channel, "later", "3000");
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("later");
            Thread.sleep(4000);
            assertThat(replies(channel, "later").poll(1, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void aReplyIsRetriedForTheConfiguredTime() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = server(endpoint, "?kombu_missing_consumer_retry_timeout=1")
                        .build()
                        .start();
                Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            request(channel, "late", "60000");
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("late");
            Thread.sleep(2000);
            assertThat(replies(channel, "late").poll(1, TimeUnit.SECONDS)).isNull();
        }
    }

    @Test
    void aShortDeadlineDoesNotAffectOtherCallers() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = server(endpoint, "").build().start();
                Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            for (String expiration : new String[] {"300", "60000"}) {
                request(channel, "shared", expiration);
                assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("shared");
                // The reply to the first is dropped in the meantime, the reply to the second is retried.
                Thread.sleep(1000);
            }
            assertThat(replies(channel, "shared").poll(20, TimeUnit.SECONDS)).contains("shared");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"_reply_q", "_msg_id", "_unique_id", "method"})
    void aServerSurvivesMembersThatAreTooLong(String member) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = server(endpoint, "")
                        .execution(Execution.inline())
                        .build()
                        .start();
                RpcClient client = client("");
                Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            BlockingQueue<String> replies = replies(channel, "me");
            for (String method : new String[] {"echo", "nosuch"}) {
                Map<String, Object> request =
                        new HashMap<>(Map.of("method", method, "args", Map.of("text", "x"), "_msg_id", "m"));
                request.put("_reply_q", "me");
                request.put("_timeout", null);
                // The failure contains the name of the method twice.
                request.put(member, "q".repeat(member.equals("method") ? 9 << 20 : 300));
                publish(channel, new JsonMapper().writeValueAsString(request), "60000");
            }
            assertAlive(client);
            if (member.equals("method")) {
                assertThat(replies.poll(20, TimeUnit.SECONDS)).contains("NoSuchMethod");
                assertThat(replies.poll(20, TimeUnit.SECONDS)).contains("NoSuchMethod");
            }
        }
    }

    private static void request(Channel channel, String replyQueue, String expiration) throws Exception {
        publish(
                channel,
                "{'method': 'echo', 'args': {'text': 'Q'}, '_msg_id': 'm', '_reply_q': 'Q', '_timeout': null}"
                        .replace("Q", replyQueue),
                expiration);
    }

    private static void publish(Channel channel, String request, String expiration) throws Exception {
        channel.basicPublish(
                "openstack",
                "test",
                new BasicProperties.Builder()
                        .contentType("application/json")
                        .expiration(expiration)
                        .build(),
                request.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void heartbeatsNeedATimeoutOfAtLeastTwoSeconds() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        List<String> ignored = List.of("null", "0", "1", "1.9", "-5", "'3'", "true", "[3]", "{}");
        try (RpcServer server = server(new Endpoint(), "").build().start();
                Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            BlockingQueue<String> replies = replies(channel, "me");
            for (String timeout : ignored) {
                publish(
                        channel,
                        "{'method': 'slow', '_msg_id': 'm', '_reply_q': 'me', '_timeout': " + timeout + "}",
                        "60000");
            }
            for (String timeout : ignored) {
                assertThat(replies.poll(20, TimeUnit.SECONDS)).as(timeout).contains("done");
            }
            publish(channel, "{'method': 'slow', '_msg_id': 'm', '_reply_q': 'me', '_timeout': 2}", "60000");
            assertThat(replies.poll(20, TimeUnit.SECONDS)).doesNotContain("done");
            assertThat(replies.poll(20, TimeUnit.SECONDS)).contains("done");
        }
    }

    @Test
    void aServerDropsDuplicatesWithinTheConfiguredWindow() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = server(endpoint, "?duplicate_window=16").build().start();
                Connection connection = factory.newConnection()) {
            Channel channel = connection.createChannel();
            for (String id : "0 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 0 1 16 0".split(" ")) {
                publish(
                        channel,
                        "{'method': 'echo', 'args': {'text': 'I'}, '_unique_id': 'uI'}".replace("I", id),
                        "60000");
            }
            publish(channel, "{'method': 'echo', 'args': {'text': 'last'}}", "60000");
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 19; i++) {
                seen.add(String.valueOf(endpoint.seen.poll(20, TimeUnit.SECONDS)));
            }
            // The first id is forgotten with the seventeenth one, and not earlier.
            assertThat(seen).contains("last").filteredOn("0"::equals).hasSize(2);
            assertThat(seen).filteredOn("1"::equals).hasSize(1);
            assertThat(endpoint.seen).isEmpty();
        }
    }

    private static BlockingQueue<String> replies(Channel channel, String queue) throws Exception {
        BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        channel.queueDeclare(queue, false, false, false, null);
        channel.basicConsume(
                queue,
                true,
                (tag, delivery) -> arrived.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                tag -> {});
        return arrived;
    }

    @Test
    void noVersionAboveTheCapIsSent() {
        try (RpcServer server = server(new Endpoint(), "").build().start();
                RpcClient plain = client("")) {
            assertThat(plain.canSendVersion("9.9")).isTrue();
            RpcClient capped = plain.prepare(o -> o.with(OsloCallOptions.VERSION_CAP, "1.5"));
            assertThat(capped.canSendVersion("1.0")).isTrue();
            assertThat(capped.canSendVersion("1.5")).isTrue();
            assertThat(capped.canSendVersion("1.6")).isFalse();
            assertThat(capped.canSendVersion("2.0")).isFalse();
            assertThat(capped.canSendVersion("0.9")).isFalse();
            assertThatThrownBy(() -> capped.canSendVersion("two")).hasMessageContaining("'two'");
            assertThat(plain.canSendVersion()).isTrue();
            assertThat(capped.canSendVersion()).isFalse(); // It has no version.
            assertThat(capped.prepare(o -> o.withVersion("1.4")).canSendVersion())
                    .isTrue();
            assertThat(capped.prepare(o -> o.withVersion("1.6")).canSendVersion())
                    .isFalse();
            assertThat(capped.prepare(o -> o.with(OsloCallOptions.VERSION_CAP, null))
                            .canSendVersion())
                    .isTrue();
            RpcClient without = capped.prepare(o -> o.withVersion(null));
            assertThatThrownBy(() -> without.call("echo", String.class, Args.named("text", "x")))
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessageContaining("no version");
            RpcClient above = capped.prepare(o -> o.withVersion("1.6"));
            assertThatThrownBy(() -> above.call("echo", String.class, Args.named("text", "x")))
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessageContaining("version cap 1.5");
            assertThatThrownBy(() -> above.cast("echo", Args.named("text", "x")))
                    .isInstanceOf(UnsupportedVersionException.class);
            assertThatThrownBy(() -> above.callAsync("echo", String.class).join())
                    .hasCauseInstanceOf(UnsupportedVersionException.class);
            assertAlive(capped.prepare(o -> o.withVersion("1.0")));
        }
    }

    /** Fails with errors of a module. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Failing {
        public void fail(String type, String module) {
            throw RemoteException.of(type, "no").withModule(module);
        }
    }

    /** What a caller has in place of the exceptions of a module. */
    private static final class NovaException extends RuntimeException {
        NovaException(String message) {
            super(message);
        }
    }

    @Test
    void theExceptionsOfAModuleCanBeThoseOfTheCaller() {
        try (RpcServer server = server(new Failing(), "").build().start();
                RpcClient client = RpcClient.builder(broker.address())
                        .target(Target.topic("test"))
                        .mapException("nova.exception.Invalid", e -> new IllegalArgumentException(e.remoteMessage()))
                        .mapException("Missing", e -> new NoSuchElementException(e.remoteMessage()))
                        .mapExceptions(
                                "nova.exception", e -> e.type().equals("Internal") ? e : new NovaException(e.type()))
                        .build()) {
            assertThatThrownBy(() -> fail(client, "InstanceNotFound", "nova.exception"))
                    .isInstanceOf(NovaException.class)
                    .hasMessage("InstanceNotFound")
                    .hasCauseInstanceOf(RemoteException.class);
            assertThatThrownBy(() -> fail(client, "Invalid", "nova.exception"))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> fail(client, "Missing", "nova.exception"))
                    .isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(() -> fail(client, "Internal", "nova.exception")).isInstanceOf(RemoteException.class);
            assertThatThrownBy(() -> fail(client, "InstanceNotFound", "nova.exception.more"))
                    .isInstanceOf(RemoteException.class);
        }
    }

    private static void fail(RpcClient client, String type, String module) {
        client.call("fail", void.class, Args.named("type", type).and("module", module));
    }

    @Test
    void sendingIsRetriedTheConfiguredNumberOfTimes() {
        try (RpcClient client = client(QUICK)) {
            broker.faults().refuseConnections(true);
            broker.faults().dropConnections();
            // Until the loss of the connection is noticed, a cast may still be in flight.
            await(client, false);
            for (int retries : new int[] {0, 1, 3}) {
                assertThatThrownBy(
                                () -> client.prepare(o -> o.withRetry(retries)).cast("x"))
                        .isInstanceOf(DeliveryException.class)
                        .hasMessageContaining("no retries are left");
            }
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(500)))
                            .cast("x"))
                    .isInstanceOf(RpcTimeoutException.class);
            CompletableFuture<Void> patient = CompletableFuture.runAsync(() -> client.cast("x"));
            broker.faults().clear();
            assertThat(patient).succeedsWithin(Duration.ofSeconds(20));
        }
    }

    /** Waits until a client can send, or no longer can. */
    private static void await(RpcClient client, boolean ready) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (client.isReady() != ready && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(client.isReady()).isEqualTo(ready);
    }
}
