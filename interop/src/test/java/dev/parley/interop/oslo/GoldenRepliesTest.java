package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.parley.RemoteException;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.oslo.RawAmqp.Tap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server answers to the same requests, taken from the broker: the same from Java as from either Python, in every
 * property and every key.
 */
@OnRabbitMq
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
class GoldenRepliesTest {
    /** The method and arguments of requests, and what stands beside them. */
    private static final List<String> REQUESTS = List.of(
            "\"method\": \"echo\", \"args\": {\"a\": \"gr\\u00fc\\u00dfe \\u2603 \\ud83d\\ude00 \\\" \\\\ \\n\"}",
            "\"method\": \"echo\", \"args\": {\"a\": [1, -2.5, 1e+16, true, null, [], {}, 1180591620717411303424]}",
            "\"method\": \"echo\", \"args\": {\"a\": {\"b\": {\"c\": [\"d\"]}}}, \"version\": \"1.0\"",
            "\"method\": \"add\", \"args\": {\"x\": 2, \"y\": 3}",
            "\"method\": \"nothing\", \"args\": {}",
            "\"method\": \"context\", \"args\": {}, \"_context_user\": \"ada\", \"_context_roles\": [\"a\"]",
            "\"method\": \"test\", \"args\": {\"arg\": \"two\"}, \"version\": \"2.0\"",
            "\"method\": \"fail\", \"args\": {\"message\": \"no luck \\u00e9\"}",
            "\"method\": \"fail_own\", \"args\": {\"message\": \"mine\"}",
            "\"method\": \"fail_expected\", \"args\": {\"message\": \"k\"}",
            "\"method\": \"nosuch\", \"args\": {}",
            "\"method\": \"_private\", \"args\": {}",
            "\"method\": \"add\", \"args\": {}, \"version\": \"9.0\"",
            "\"method\": \"add\", \"args\": {}, \"namespace\": \"unknown\"",
            "\"method\": \"add\", \"args\": {\"z\": 1}");

    /** Runs for so long that there must be signs of life. */
    private static final String SLOW = "\"method\": \"slow\", \"args\": {\"seconds\": 2.5}";

    private final String topic = "golden-" + UUID.randomUUID();
    private final RabbitMq rabbit;

    GoldenRepliesTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    /** What Python's server of these tests offers, in Java. */
    @SuppressWarnings("UnusedMethod") // Called by name.
    public static class Endpoint {
        public Map<String, Object> echo(Object a) {
            return Map.of("a", a);
        }

        public int add(int x, int y) {
            return x + y;
        }

        public void nothing() {}

        public Map<String, @Nullable Object> context(RpcContext context) {
            return context.values();
        }

        public void fail(String message) {
            throw new IllegalArgumentException(message);
        }

        public void fail_own(String message) {
            throw RemoteException.of("OwnError", message).withModule("__main__");
        }

        public void fail_expected(String message) {
            throw RemoteException.of("KeyError", message).withModule("builtins");
        }

        public double slow(double seconds) throws InterruptedException {
            Thread.sleep((long) (seconds * 1000));
            return seconds;
        }
    }

    /** The article's other endpoint. */
    public static class TestEndpoint {
        public Object test(Object arg) {
            return arg;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    @SuppressWarnings("try") // Servers are there to be called, not referenced.
    void javaAnswersWhatPythonAnswers(Peer python) throws Exception {
        List<JsonNode> fromPython;
        String pythons = topic + "-python";
        try (PeerProcess server =
                PeerProcess.start(python, "oslo_server.py", rabbit.transportUrl(), "--topic", pythons)) {
            server.ready();
            fromPython = answers(pythons);
        }
        List<JsonNode> fromJava;
        try (RpcServer server = RpcServer.builder()
                .endpoint(new TestEndpoint(), Target.none().withVersion("2.0"))
                .endpoint(new Endpoint())
                .listen(rabbit.transportUrl(), Target.topic(topic).withServer("server1"))
                .build()
                .start()) {
            fromJava = answers(topic);
        }
        for (int i = 0; i < fromPython.size(); i++) {
            assertThat(fromJava.get(i)).as("answer " + i).isEqualTo(fromPython.get(i));
        }
    }

    private List<JsonNode> answers(String to) throws Exception {
        List<JsonNode> answers = new ArrayList<>();
        try (RawAmqp raw = new RawAmqp(rabbit)) {
            Tap tap = raw.tap();
            for (String request : REQUESTS) {
                ask(raw, to, tap, request, "null");
                answers.add(answer(tap.next()));
                assertThat(tap.arrived()).isEmpty();
            }
            ask(raw, to, tap, SLOW, "2");
            Set<JsonNode> kinds = new LinkedHashSet<>();
            Delivery delivery;
            do {
                delivery = tap.next();
                kinds.add(answer(delivery));
            } while (!RawAmqp.message(delivery).path("ending").asBoolean());
            assertThat(kinds).as("signs of life, and the answer").hasSize(2);
            answers.addAll(kinds);
        }
        return answers;
    }

    private static void ask(RawAmqp raw, String to, Tap tap, String request, String timeout) throws Exception {
        raw.publish(
                "openstack",
                to,
                RawAmqp.TYPED,
                RawAmqp.envelope("{" + request + ", \"_msg_id\": \"m1\", \"_reply_q\": \"" + tap.queue()
                        + "\", \"_timeout\": " + timeout + ", \"_unique_id\": \"" + UUID.randomUUID() + "\"}"));
    }

    /**
     * Where a failure comes from, and which words a language has for arguments that do not fit, is not the same; nor
     * does Python know the code, the data and the class that Parley adds.
     */
    private static JsonNode answer(Delivery delivery) {
        ObjectNode all = (ObjectNode) RawAmqp.all(delivery);
        all.remove("key");
        ObjectNode message = (ObjectNode) all.path("message");
        JsonNode text = message.path("failure");
        if (text.isString()) {
            ObjectNode failure = (ObjectNode) RawAmqp.JSON.readTree(text.asString());
            assertThat(failure.propertyNames()).startsWith("class", "module", "message", "tb", "args", "kwargs");
            failure.path("tb").forEach(line -> assertThat(line.asString()).endsWith("\n"));
            failure.remove(List.of("tb", "code", "data", "parley"));
            switch (failure.path("class").asString()) {
                case "TypeError" -> failure.remove(List.of("message", "args"));
                // Of all exceptions of Python's this one puts its message in quotes, and does so again from the
                // arguments.
                case "KeyError" -> failure.remove("message");
                default -> {}
            }
            message.set("failure", failure);
        }
        return all;
    }
}
