package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.parley.Args;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.oslo.RawAmqp.Tap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages made by hand that lack something or have too much: what Python takes, Java takes, with the same outcome;
 * where Java forgives more, this says so.
 */
@OnRabbitMq
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
class ToleranceTest {
    private static final BasicProperties FULL = RawAmqp.TYPED
            .builder()
            .contentEncoding("utf-8")
            .headers(Map.of())
            .deliveryMode(2)
            .priority(0)
            .expiration("60000")
            .build();
    private static final String NOTHING = "no answer";

    private final String topic = "tolerance-" + UUID.randomUUID();
    private final RabbitMq rabbit;

    ToleranceTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    /** What is served; as Python's server of these tests has it. */
    public static class Endpoint {
        public Map<String, Object> echo(Optional<Object> a) {
            return a.<Map<String, Object>>map(value -> Map.of("a", value)).orElse(Map.of());
        }

        public Map<String, @Nullable Object> context(RpcContext context) {
            return context.values();
        }
    }

    /** A request that is no common one: the outcome at Python's server, and at Java's if that is another. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Odd(
            BasicProperties properties,
            byte[] body,
            String python,
            @Nullable String java) {
        Odd(BasicProperties properties, String body, String python, @Nullable String java) {
            this(properties, body.getBytes(StandardCharsets.UTF_8), python, java);
        }
    }

    private static final String ECHO = "\"method\": \"echo\", \"args\": {\"a\": 1}";

    /** The request's members, REPLY standing for where the answer goes. */
    private static String open(String members) {
        return "{" + members + ", \"_msg_id\": \"odd\", \"_reply_q\": \"REPLY\", \"_timeout\": null}";
    }

    private static String sealed(String members) {
        return RawAmqp.envelope(open(members));
    }

    private static byte[] zlib(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(bytes)) {
            zlib.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static Map<String, Odd> requests(String replyQueue) {
        String one = "{\"a\":1}";
        Map<String, Odd> odd = new LinkedHashMap<>();
        odd.put("as Python sends it", new Odd(FULL, sealed(ECHO), one, null));
        odd.put("just a content type", new Odd(RawAmqp.TYPED, sealed(ECHO), one, null));
        odd.put(
                "encoding in upper case",
                new Odd(FULL.builder().contentEncoding("UTF-8").build(), sealed(ECHO), one, null));
        odd.put("no content type", new Odd(FULL.builder().contentType(null).build(), sealed(ECHO), NOTHING, one));
        odd.put(
                "a charset in the content type",
                new Odd(
                        FULL.builder()
                                .contentType("application/json; charset=utf-8")
                                .build(),
                        sealed(ECHO),
                        NOTHING,
                        one));
        odd.put(
                "another content type",
                new Odd(FULL.builder().contentType("text/plain").build(), sealed(ECHO), NOTHING, null));
        odd.put("no args", new Odd(FULL, sealed("\"method\": \"echo\""), "{}", null));
        odd.put("namespace null", new Odd(FULL, sealed(ECHO + ", \"namespace\": null"), one, null));
        odd.put("keys unknown", new Odd(FULL, sealed(ECHO + ", \"odd\": {\"x\": [1]}, \"_odd\": 1"), one, null));
        odd.put(
                "a unique id",
                new Odd(FULL, sealed(ECHO + ", \"_unique_id\": \"" + UUID.randomUUID() + "\""), one, null));
        odd.put("no envelope", new Odd(FULL, open(ECHO), one, null));
        odd.put(
                "raw UTF-8",
                new Odd(FULL, sealed(ECHO.replace("1", "\"\u00fc\u2603\"")), "{\"a\":\"\u00fc\u2603\"}", null));
        odd.put("envelope 3.0", new Odd(FULL, sealed(ECHO).replace("2.0", "3.0"), NOTHING, null));
        odd.put("envelope 2.7", new Odd(FULL, sealed(ECHO).replace("2.0", "2.7"), NOTHING, null));
        odd.put("no JSON", new Odd(FULL, "{" + sealed(ECHO), NOTHING, null));
        odd.put("no JSON inside", new Odd(FULL, RawAmqp.envelope("{" + ECHO), NOTHING, null));
        odd.put("a list", new Odd(FULL, "[" + sealed(ECHO) + "]", NOTHING, null));
        odd.put("empty", new Odd(FULL, "", NOTHING, null));
        odd.put(
                "a message id, but no reply queue",
                new Odd(FULL, RawAmqp.envelope("{" + ECHO + ", \"_msg_id\": \"odd\"}"), NOTHING, null));
        odd.put(
                "a version too new",
                new Odd(FULL, sealed(ECHO + ", \"version\": \"1.9\""), "UnsupportedVersion", null));
        odd.put(
                "objects in the context",
                new Odd(
                        FULL,
                        sealed("\"method\": \"context\", \"_context_a\": {\"b\": 1}, \"_context_msg_id\": \"x\""),
                        "{\"a\":{\"b\":1},\"client_timeout\":null}",
                        null));
        BasicProperties gzip = FULL.builder()
                .headers(Map.of("compression", "application/x-gzip"))
                .build();
        odd.put("zlib as kombu's gzip", new Odd(gzip, zlib(sealed(ECHO).replace("REPLY", replyQueue)), one, null));
        odd.put("no zlib where the header says so", new Odd(gzip, sealed(ECHO), NOTHING, null));
        return odd;
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void serversTakeOddRequests(Peer python) throws Exception {
        Map<String, String> expected = new LinkedHashMap<>();
        requests("").forEach((name, odd) -> expected.put(name, odd.python()));
        try (PeerProcess server =
                PeerProcess.start(python, "oslo_server.py", rabbit.transportUrl(), "--topic", topic)) {
            server.ready();
            assertThat(outcomes(topic, false)).isEqualTo(expected);
        }
    }

    @Test
    @SuppressWarnings("try") // Servers are there to be called, not referenced.
    void serversInJavaTakeThemToo() throws Exception {
        Map<String, String> expected = new LinkedHashMap<>();
        requests("").forEach((name, odd) -> expected.put(name, odd.java() == null ? odd.python() : odd.java()));
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(rabbit.transportUrl(), Target.topic(topic).withServer("server1"))
                .build()
                .start()) {
            assertThat(outcomes(topic, true)).isEqualTo(expected);
        }
    }

    private Map<String, String> outcomes(String to, boolean java) throws Exception {
        Map<String, String> outcomes = new LinkedHashMap<>();
        try (RawAmqp raw = new RawAmqp(rabbit)) {
            Tap tap = raw.tap();
            requests(tap.queue()).forEach((name, odd) -> {
                try {
                    byte[] body = odd.properties().getHeaders() != null
                                    && !odd.properties().getHeaders().isEmpty()
                            ? odd.body()
                            : new String(odd.body(), StandardCharsets.UTF_8)
                                    .replace("REPLY", tap.queue())
                                    .getBytes(StandardCharsets.UTF_8);
                    raw.publish("openstack", to, odd.properties(), body);
                    String expected = java && odd.java() != null ? odd.java() : odd.python();
                    if (expected.equals(NOTHING)) {
                        // It is behind the odd one, which so has been seen to.
                        raw.publish(
                                "openstack",
                                to,
                                FULL,
                                sealed(ECHO).replace("REPLY", tap.queue()).replace("odd", "good"));
                    }
                    outcomes.put(name, outcome(tap));
                } catch (Exception e) {
                    throw new AssertionError(name, e);
                }
            });
            assertThat(tap.arrived()).isEmpty();
        }
        return outcomes;
    }

    private static String outcome(Tap tap) throws InterruptedException {
        ObjectNode reply = RawAmqp.message(tap.next());
        if (reply.path("_msg_id").asString().equals("good")) {
            return NOTHING;
        }
        return reply.path("failure").isNull()
                ? reply.path("result").toString()
                : RawAmqp.JSON
                        .readTree(reply.path("failure").asString())
                        .path("class")
                        .asString();
    }

    /**
     * An answer that is no common one, several messages apart by a vertical bar; the outcome at Python's client, and at
     * Java's if that is another.
     */
    private enum Answer {
        COMMON("{'result': 5, 'failure': null, 'ending': true, '_msg_id': MSG, '_unique_id': 'u1'}", "5", "5"),
        NO_UNIQUE_ID("{'result': 5, 'failure': null, 'ending': true, '_msg_id': MSG}", "5", "5"),
        IN_TWO_MESSAGES(
                "{'result': 5, 'failure': null, 'ending': false, '_msg_id': MSG}"
                        + "|{'result': null, 'failure': null, 'ending': true, '_msg_id': MSG}",
                "5",
                "5"),
        KEYS_UNKNOWN("{'result': 5, 'failure': null, 'ending': true, '_msg_id': MSG, 'odd': {'x': [1]}}", "5", "5"),
        SOMEBODY_ELSES_FIRST(
                "{'result': 4, 'failure': null, 'ending': true, '_msg_id': 'other'}"
                        + "|{'result': 5, 'failure': null, 'ending': true, '_msg_id': MSG}",
                "5",
                "5"),
        NO_FAILURE_KEY("{'result': 5, 'ending': true, '_msg_id': MSG}", "KeyError", "5"),
        BUILTIN_ERROR(
                "{'result': null, 'failure': '{\\\"class\\\": \\\"ValueError\\\", \\\"module\\\": \\\"builtins\\\","
                        + " \\\"message\\\": \\\"m\\\", \\\"tb\\\": [], \\\"args\\\": [\\\"m\\\"], \\\"kwargs\\\": {}}',"
                        + " 'ending': true, '_msg_id': MSG}",
                "ValueError",
                "ValueError"),
        FAILURE_WITHOUT_MORE_THAN_A_NAME(
                "{'result': null, 'failure': '{\\\"class\\\": \\\"Odd\\\", \\\"module\\\": \\\"java.lang\\\","
                        + " \\\"message\\\": \\\"m\\\"}', 'ending': true, '_msg_id': MSG}",
                "RemoteError",
                "Odd");

        private final String bodies;
        private final String python;
        private final String java;

        Answer(String bodies, String python, String java) {
            this.bodies = bodies.replace('\'', '"');
            this.python = python;
            this.java = java;
        }
    }

    private interface Caller {
        CompletableFuture<String> call();
    }

    private void assertOutcomes(Caller caller, boolean java) throws Exception {
        try (RawAmqp raw = new RawAmqp(rabbit)) {
            Tap requests = raw.tap("openstack", "topic", topic);
            for (boolean enveloped : new boolean[] {true, false}) {
                for (Answer answer : Answer.values()) {
                    CompletableFuture<String> outcome = caller.call();
                    Delivery request = requests.next();
                    ObjectNode message = RawAmqp.message(request);
                    for (String body : answer.bodies.split("\\|")) {
                        String text =
                                body.replace("MSG", message.path("_msg_id").toString());
                        raw.publish(
                                "",
                                message.path("_reply_q").asString(),
                                RawAmqp.TYPED,
                                enveloped ? RawAmqp.envelope(text) : text);
                    }
                    assertThat(outcome.get(60, TimeUnit.SECONDS))
                            .as(answer + (enveloped ? " in an envelope" : ""))
                            .isEqualTo(java ? answer.java : answer.python);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void clientsTakeOddAnswers(Peer python) throws Exception {
        try (PeerProcess client =
                PeerProcess.start(python, "oslo_client.py", rabbit.transportUrl(), "--topic", topic)) {
            assertOutcomes(
                    () -> CompletableFuture.supplyAsync(
                            () -> {
                                JsonNode answer = client.call(Map.of("method", "echo"));
                                return answer.has("ok")
                                        ? answer.path("ok").toString()
                                        : answer.at("/error/type").asString();
                            },
                            Thread::startVirtualThread),
                    false);
        }
    }

    @Test
    void clientsInJavaTakeThemToo() throws Exception {
        try (RpcClient client = RpcClient.builder(rabbit.transportUrl())
                .target(Target.topic(topic))
                .timeout(Duration.ofSeconds(60))
                .build()) {
            assertOutcomes(
                    () -> client.callAsync("echo", Object.class, Args.named(Map.of()))
                            .handle((value, error) -> error == null
                                    ? String.valueOf(value)
                                    : error instanceof RemoteException remote ? remote.type() : error.toString()),
                    true);
        }
    }
}
