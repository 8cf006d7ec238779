package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.parley.Args;
import dev.parley.MethodNotFoundException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.SerializationException;
import dev.parley.Target;
import dev.parley.oslo.message.Compression;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages on the wire, read and sent with RabbitMQ's own client. The expected values were recorded from
 * oslo.messaging 14.0.3.
 */
@SuppressWarnings("try") // The servers are never referenced.
class WireFormatTest extends OnBroker {
    private static final JsonMapper JSON = new JsonMapper();

    private BlockingQueue<Delivery> consume(String exchange, String type, String key) throws Exception {
        BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
        String queue = channel.queueDeclare().getQueue();
        if (!exchange.isEmpty()) {
            channel.exchangeDeclare(exchange, type, false, type.equals("fanout"), null);
            channel.queueBind(queue, exchange, key);
        }
        channel.basicConsume(queue, true, (tag, delivery) -> arrived.add(delivery), tag -> {});
        return arrived;
    }

    private static Delivery next(BlockingQueue<Delivery> arrived) throws InterruptedException {
        Delivery delivery = arrived.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return delivery;
    }

    private static ObjectNode message(Delivery delivery) {
        JsonNode envelope = JSON.readTree(delivery.getBody());
        assertThat(envelope.propertyNames()).containsExactly("oslo.version", "oslo.message");
        assertThat(envelope.path("oslo.version").asString()).isEqualTo("2.0");
        return (ObjectNode) JSON.readTree(envelope.path("oslo.message").asString());
    }

    private static void assertProperties(BasicProperties properties, @Nullable String expiration) {
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getContentEncoding()).isEqualTo("utf-8");
        assertThat(properties.getHeaders()).isEmpty();
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getPriority()).isEqualTo(0);
        assertThat(properties.getExpiration()).isEqualTo(expiration);
        assertThat(properties.getCorrelationId()).isNull();
        assertThat(properties.getReplyTo()).isNull();
        assertThat(properties.getMessageId()).isNull();
        assertThat(properties.getTimestamp()).isNull();
        assertThat(properties.getType()).isNull();
        assertThat(properties.getUserId()).isNull();
        assertThat(properties.getAppId()).isNull();
    }

    private static List<String> names(ObjectNode message) {
        return List.copyOf(message.propertyNames());
    }

    private void reply(ObjectNode request, String body) throws Exception {
        publish(
                "",
                request.path("_reply_q").asString(),
                body.replace("MSG", request.path("_msg_id").asString()));
    }

    private void publish(String exchange, String key, String body) throws Exception {
        publish(
                exchange,
                key,
                body,
                new BasicProperties.Builder().contentType("application/json").build());
    }

    private void publish(String exchange, String key, String body, BasicProperties properties) throws Exception {
        channel.basicPublish(exchange, key, properties, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String envelope(String message) {
        Map<String, String> envelope = new LinkedHashMap<>();
        envelope.put("oslo.version", "2.0");
        envelope.put("oslo.message", message);
        return JSON.writeValueAsString(envelope);
    }

    @Test
    void callsMatchPython() throws Exception {
        BlockingQueue<Delivery> arrived = consume("openstack", "topic", "test");
        try (RpcClient client = client()) {
            CompletableFuture<@Nullable Object> result = client.prepare(o -> o.withNamespace("ns1"))
                    .with(Map.of("user_id", "u1"))
                    .callAsync("echo", Object.class, Args.named("arg", List.of(1, "\u00e9", 2.5)));
            Delivery delivery = next(arrived);
            assertProperties(delivery.getProperties(), "10000");
            assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo("test");
            ObjectNode message = message(delivery);
            assertThat(names(message))
                    .containsExactly(
                            "method",
                            "args",
                            "namespace",
                            "version",
                            "_msg_id",
                            "_reply_q",
                            "_timeout",
                            "_unique_id",
                            "_context_user_id");
            assertThat(message.path("_msg_id").asString()).matches(ID);
            assertThat(message.path("_reply_q").asString()).matches("reply_" + ID);
            assertThat(message.path("_unique_id").asString()).matches(ID);
            ObjectNode request = message.deepCopy();
            message.remove(List.of("_msg_id", "_reply_q", "_unique_id"));
            assertThat(message)
                    .isEqualTo(JSON.readTree("{\"method\": \"echo\", \"args\": {\"arg\": [1, \"\u00e9\", 2.5]},"
                            + " \"namespace\": \"ns1\", \"version\": \"1.0\", \"_timeout\": null,"
                            + " \"_context_user_id\": \"u1\"}"));
            reply(
                    request,
                    envelope("{\"result\": {\"got\": 1}, \"failure\": null, \"ending\": true, \"_msg_id\": \"MSG\","
                                    + " \"_unique_id\": \"b46ad9b746274b9d9e692b2f935c4b34\"}")
                            .replace("\\\"MSG", "\\\"" + request.path("_msg_id").asString()));
            assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(Map.of("got", 1));
        }
    }

    @Test
    void castsAndFanoutsMatchPython() throws Exception {
        BlockingQueue<Delivery> topic = consume("openstack", "topic", "test");
        BlockingQueue<Delivery> server = consume("openstack", "topic", "test.server1");
        BlockingQueue<Delivery> fanout = consume("test_fanout", "fanout", "test");
        try (RpcClient client = client()) {
            client.cast("nothing");
            client.prepare(o -> o.withServer("server1")).cast("nothing");
            client.prepare(o -> o.withFanout(true)).cast("nothing");
            for (Map.Entry<String, BlockingQueue<Delivery>> expected :
                    Map.of("test", topic, "test.server1", server, "", fanout).entrySet()) {
                Delivery delivery = next(expected.getValue());
                assertProperties(delivery.getProperties(), null);
                assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo(expected.getKey());
                assertThat(names(message(delivery))).containsExactly("method", "args", "version", "_unique_id");
            }
            assertThat(broker.queues().stream().filter(queue -> queue.name().startsWith("reply_")))
                    .isEmpty();
        }
    }

    private static String request(String more) {
        return "{\"method\": \"echo\", \"args\": {\"arg\": \"a\"}, \"_msg_id\": \"m1\", \"_reply_q\": \"me\"" + more
                + "}";
    }

    @Test
    void repliesMatchPython() throws Exception {
        try (RpcServer server = serve(new Endpoint(), "")) {
            channel.queueDeclare("me", false, false, false, null);
            BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
            channel.basicConsume("me", true, (tag, delivery) -> arrived.add(delivery), tag -> {});
            publish("openstack", "test", envelope(request(", \"_timeout\": null, \"_unique_id\": \"u1\"")));
            Delivery delivery = next(arrived);
            assertProperties(delivery.getProperties(), null);
            ObjectNode reply = message(delivery);
            assertThat(names(reply)).containsExactly("result", "failure", "ending", "_msg_id", "_unique_id");
            assertThat(reply.path("_unique_id").asString()).matches(ID);
            reply.remove("_unique_id");
            assertThat(reply)
                    .isEqualTo(JSON.readTree("{\"result\": {\"got\": \"a\"}, \"failure\": null, \"ending\": true,"
                            + " \"_msg_id\": \"m1\"}"));

            publish(
                    "openstack",
                    "test.server1",
                    envelope(request(", \"_timeout\": null")
                            .replace("echo", "boom")
                            .replace("{\"arg\": \"a\"}", "{}")));
            reply = message(next(arrived));
            assertThat(reply.path("result").isNull()).isTrue();
            assertThat(reply.path("failure").isString()).isTrue();
            ObjectNode failure =
                    (ObjectNode) JSON.readTree(reply.path("failure").asString());
            assertThat(names(failure)).startsWith("class", "module", "message", "tb", "args", "kwargs");
            assertThat(failure.path("class").asString()).isEqualTo("ValueError");
            assertThat(failure.path("module").asString()).isEqualTo("builtins");
            assertThat(failure.path("message").asString()).isEqualTo("bad value");
            assertThat(failure.path("args").isArray()).isTrue();
            assertThat(failure.path("kwargs").isObject()).isTrue();

            // A caller from before 2018, without a call monitor, waits for a second message.
            publish("openstack", "test", envelope(request("")));
            assertThat(message(next(arrived)).path("ending").asBoolean()).isFalse();
            reply = message(next(arrived));
            assertThat(reply.path("result").isNull()).isTrue();
            assertThat(reply.path("ending").asBoolean()).isTrue();
        }
    }

    @Test
    void requestsMayOmitWhatPythonLetsThemOmit() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "")) {
            BasicProperties json = new BasicProperties.Builder()
                    .contentType("application/json")
                    .build();
            publish("openstack", "test", request(", \"_timeout\": null, \"extra\": {\"a\": [1]}, \"namespace\": null"));
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
            publish("openstack", "test", "{\"method\": \"nothing\"}");
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("nothing");
            publish(
                    "openstack",
                    "test",
                    envelope("{\"method\": \"echo\", \"args\": {\"arg\": \"\u00e9\"}, \"_msg_id\": \"x\"}"),
                    json.builder().contentEncoding("UTF-8").build());
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("\u00e9");
            channel.basicPublish(
                    "openstack",
                    "test",
                    json.builder()
                            .headers(Map.of("compression", "application/x-gzip"))
                            .build(),
                    Compression.ZLIB.compress(envelope("{\"method\": \"echo\", \"args\": {\"arg\": \"z\"}}")
                            .getBytes(StandardCharsets.UTF_8)));
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("z");
            for (int i = 0; i < 2; i++) {
                publish(
                        "openstack",
                        "test",
                        request(", \"_unique_id\": \"same\"").replace("\"a\"", "\"twice\""));
            }
            publish("openstack", "test", "{\"method\": \"nothing\"}");
            List<@Nullable String> rest = new ArrayList<>();
            rest.add(endpoint.seen.poll(20, TimeUnit.SECONDS));
            rest.add(endpoint.seen.poll(20, TimeUnit.SECONDS));
            assertThat(rest).containsExactlyInAnyOrder("twice", "nothing");
        }
    }

    private boolean areSettled() {
        return broker.queues().stream().allMatch(queue -> queue.ready() == 0 && queue.unacked() == 0);
    }

    @Test
    void malformedRequestsAreRejectedAndTheServerSurvives() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "")) {
            for (String body : List.of(
                    "",
                    "no JSON",
                    "[]",
                    "{",
                    "{}",
                    "17",
                    "{\"method\": 5}",
                    "{\"method\": \"echo\", \"_msg_id\": {}}",
                    envelope("no JSON"),
                    envelope("{\"method\": \"echo\""),
                    envelope("{\"method\": \"nothing\"}").replace("2.0", "3.0"),
                    envelope("{\"method\": \"nothing\"}").replace("2.0", "2.7"),
                    "[".repeat(100_000))) {
                publish("openstack", "test", body);
            }
            publish(
                    "openstack",
                    "test",
                    "\u0000\u00ff",
                    new BasicProperties.Builder().contentType("image/png").build());
            publish(
                    "openstack",
                    "test",
                    "{\"method\": \"nothing\"}",
                    new BasicProperties.Builder()
                            .contentType("application/json")
                            .contentEncoding("binary")
                            .build());
            publish(
                    "openstack",
                    "test",
                    "no zlib",
                    new BasicProperties.Builder()
                            .contentType("application/json")
                            .headers(Map.of("compression", "application/x-gzip"))
                            .build());
            publish("openstack", "test", "{\"method\": \"echo\", \"args\": {\"arg\": \"alive\"}}");
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("alive");
            assertThat(endpoint.seen).isEmpty();
            // The large one is rejected by a thread of its own.
            for (int i = 0; !areSettled() && i < 2_000; i++) {
                Thread.sleep(10);
            }
        }
        assertThat(areSettled()).as(broker.queues().toString()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'result': 5, 'failure': null, 'ending': true, '_msg_id': 'MSG'} | 5",
                "{'_msg_id': 'MSG', 'ending': true, 'failure': null, 'result': 5} | 5",
                "{'result': 5, 'failure': null, 'ending': false, '_msg_id': 'MSG'};{'result': null, 'failure': null,"
                        + " 'ending': true, '_msg_id': 'MSG'} | 5",
                "{'result': null, 'failure': null, 'ending': false, '_msg_id': 'MSG'};{'result': 5, 'failure': null,"
                        + " 'ending': true, '_msg_id': 'MSG'} | 5",
                "not JSON;{'_msg_id': 'other', 'ending': true};{'result': 5, 'ending': true, '_msg_id': 'MSG', 'more':"
                        + " [1]} | 5",
                "{'result': null, 'failure': null, 'ending': true, '_msg_id': 'MSG'} |",
            })
    void repliesMayOmitWhatPythonLetsThemOmit(String bodies, @Nullable Integer expected) throws Exception {
        BlockingQueue<Delivery> arrived = consume("openstack", "topic", "test");
        try (RpcClient client = client()) {
            CompletableFuture<@Nullable Integer> result = client.callAsync("echo", Integer.class, Args.named("arg", 1));
            ObjectNode request = message(next(arrived));
            for (String body : bodies.split(";")) {
                reply(request, body.strip().replace('\'', '"'));
            }
            assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'class': 'KeyError', 'module': 'builtins', 'message': 'k', 'tb': ['t\\n"
                        + "'], 'args': ['k'], 'kwargs': {}} | KeyError | k",
                "{'class': 'Odd', 'module': 'java.lang', 'message': 'm'} | Odd | m",
                "{'class': 'Odd'} | Odd | ``",
                "no JSON | RemoteError | the call failed, and its failure is not valid JSON: no JSON",
            })
    void failuresMayOmitNearlyEverything(String failure, String type, String message) throws Exception {
        BlockingQueue<Delivery> arrived = consume("openstack", "topic", "test");
        try (RpcClient client = client()) {
            CompletableFuture<@Nullable Object> result = client.callAsync("echo", Object.class, Args.named("arg", 1));
            ObjectNode request = message(next(arrived));
            reply(
                    request,
                    "{\"result\": null, \"failure\": " + JSON.writeValueAsString(failure.replace('\'', '"'))
                            + ", \"ending\": true, \"_msg_id\": \"MSG\"}");
            assertThatThrownBy(() -> result.get(20, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(RemoteException.class, e -> {
                        assertThat(e.type()).isEqualTo(type);
                        assertThat(e.remoteMessage()).isEqualTo(message);
                    });
        }
    }

    @Test
    void errorsOfPythonBecomeErrorsOfParley() throws Exception {
        BlockingQueue<Delivery> arrived = consume("openstack", "topic", "test");
        try (RpcClient client = client()) {
            CompletableFuture<@Nullable Object> result = client.callAsync("echo", Object.class, Args.named("arg", 1));
            ObjectNode request = message(next(arrived));
            reply(
                    request,
                    "{\"result\": null, \"failure\": \"{\\\"class\\\": \\\"NoSuchMethod\\\", \\\"module\\\":"
                            + " \\\"oslo_messaging.rpc.dispatcher\\\", \\\"message\\\": \\\"m\\\"}\", \"ending\": true,"
                            + " \"_msg_id\": \"MSG\"}");
            assertThatThrownBy(() -> result.get(20, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(MethodNotFoundException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "bz2"})
    void compressesInBothDirections(String method) {
        try (RpcServer server = serve(new Endpoint(), "?kombu_compression=" + method);
                RpcClient client = client("?kombu_compression=" + method)) {
            assertThat(client.call("echo", Object.class, Args.named("arg", "x".repeat(10_000))))
                    .isEqualTo(Map.of("got", "x".repeat(10_000)));
        }
    }

    @Test
    void heartbeatsEndWithTheCallOnEveryPath() throws Exception {
        try (RpcServer server = serve(new Endpoint(), "")) {
            channel.queueDeclare("me", false, false, false, null);
            BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
            channel.basicConsume("me", true, (tag, delivery) -> arrived.add(delivery), tag -> {});
            for (String method : List.of("echo", "boom", "nosuch")) {
                publish("openstack", "test", request(", \"_timeout\": 2").replace("\"echo\"", "\"" + method + "\""));
                assertThat(message(next(arrived)).path("ending").asBoolean()).isTrue();
            }
            assertThat(arrived.poll(2500, TimeUnit.MILLISECONDS)).isNull();
        }
    }

    @Test
    void carriesTheContextOfOpenStack() throws Exception {
        BlockingQueue<Delivery> arrived = consume("openstack", "topic", "test");
        RequestContext context = new RequestContext(
                "req-1",
                "req-0",
                "u1",
                "p1",
                "d1",
                "d2",
                "d3",
                "all",
                List.of("reader"),
                null,
                false,
                true,
                false,
                "r1",
                "secret");
        assertThat(context.toString()).doesNotContain("secret").contains("req-1");
        try (RpcClient client = client()) {
            client.with(context).cast("nothing");
            ObjectNode message = message(next(arrived));
            assertThat(message.path("_context_request_id").asString()).isEqualTo("req-1");
            assertThat(message.path("_context_auth_token").asString()).isEqualTo("secret");
            // The names of oslo.context's to_dict, and those that Nova also reads.
            assertThat(names(message).stream()
                            .filter(name -> name.startsWith("_context_"))
                            .map(name -> name.substring("_context_".length())))
                    .containsExactlyInAnyOrder(
                            "request_id",
                            "global_request_id",
                            "user",
                            "user_id",
                            "project",
                            "project_id",
                            "domain",
                            "user_domain",
                            "project_domain",
                            "system_scope",
                            "roles",
                            "is_admin_project",
                            "read_only",
                            "show_deleted",
                            "resource_uuid",
                            "auth_token");
            assertThat(message.path("_context_user").asString()).isEqualTo("u1");
            assertThat(message.path("_context_project_domain").asString()).isEqualTo("d3");
        }
        @SuppressWarnings("UnusedMethod") // Called by its name.
        class Reader {
            public String user(RpcContext call) {
                RequestContext seen = call.values(RequestContext.class);
                return seen.equals(context) ? "the same" : seen.toString();
            }
        }
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Reader())
                        .listen(broker.address(), Target.topic("test").withServer("server1"))
                        .build()
                        .start();
                RpcClient client = client()) {
            assertThat(client.with(context).call("user", String.class)).isEqualTo("the same");
        }
    }

    @Test
    void messagesThatExceedTheLimitAreRefusedAndTheServerSurvives() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "");
                RpcClient client = client()) {
            String large = "x".repeat((16 << 20) + 1);
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", large)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("limit");
            publish("openstack", "test", envelope("{\"method\": \"echo\", \"args\": {\"arg\": \"" + large + "\"}}"));
            // The request is within the limit, the result is not.
            String just = "x".repeat((16 << 20) - 200);
            assertThatThrownBy(() -> client.call("twice", Object.class, Args.named("arg", just)))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("limit");
            assertThat(client.call("echo", Object.class, Args.named("arg", 1))).isEqualTo(Map.of("got", 1));
        }
    }
}
