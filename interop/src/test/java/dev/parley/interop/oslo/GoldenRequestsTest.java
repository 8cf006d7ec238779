package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.RpcClient;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.interop.oslo.RawAmqp.Tap;
import dev.parley.oslo.OsloCallOptions;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client sends, taken from the broker: the same from Java as from either Python, in every property and every
 * key.
 */
@OnRabbitMq
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
class GoldenRequestsTest {
    private final String topic = "golden-" + UUID.randomUUID();
    private final RabbitMq rabbit;

    GoldenRequestsTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    /** One thing to send, in the words of Python's client program. */
    private record Request(String kind, Map<String, @Nullable Object> words) {
        static Request of(String kind, @Nullable Object... namesAndValues) {
            Map<String, @Nullable Object> words = new LinkedHashMap<>();
            words.put("kind", kind);
            words.put("method", "echo");
            for (int i = 0; i < namesAndValues.length; i += 2) {
                words.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
            }
            return new Request(kind, words);
        }

        boolean isCall() {
            return kind.equals("call");
        }

        CallOptions toJava(CallOptions options) {
            for (Map.Entry<String, @Nullable Object> word : words.entrySet()) {
                String value = String.valueOf(word.getValue());
                options = switch (word.getKey()) {
                    case "server" -> options.withServer(value);
                    case "exchange" -> options.withExchange(value);
                    case "namespace" -> options.withNamespace(value);
                    case "version" -> options.withVersion(value);
                    case "timeout" -> options.withTimeout(Duration.ofSeconds(Long.parseLong(value)));
                    case "call_monitor_timeout" ->
                        options.with(OsloCallOptions.MONITOR_TIMEOUT, Duration.ofSeconds(Long.parseLong(value)));
                    case "retry" -> options.withRetry(Integer.parseInt(value));
                    case "at_least_once" -> options.with(OsloCallOptions.MUST_ROUTE, true);
                    default -> options;
                };
            }
            return kind.equals("fanout") ? options.withFanout(true) : options;
        }

        @SuppressWarnings("unchecked")
        Map<String, @Nullable Object> map(String word) {
            return (Map<String, @Nullable Object>) words.getOrDefault(word, Map.of());
        }
    }

    private List<Request> requests() {
        Map<String, @Nullable Object> context = new LinkedHashMap<>();
        context.put("request_id", "req-1");
        context.put("is_admin", true);
        context.put("roles", List.of("a", "b"));
        context.put("nothing", null);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("text", "grüße ☃ 😀 \" \\ \n \u0001 </>");
        values.put("list", Arrays.asList(1, -2.5, true, null, List.of(), Map.of()));
        values.put("big", BigInteger.TWO.pow(70));
        values.put("nested", Map.of("a", Map.of("b", List.of("c"))));
        return List.of(
                Request.of("call"),
                Request.of("call", "timeout", 10, "kwargs", values, "context", context),
                Request.of("call", "server", "server1"),
                Request.of("call", "namespace", "ns1", "version", "2.0"),
                Request.of("call", "version", "1.4"),
                Request.of("call", "call_monitor_timeout", 5, "timeout", 20),
                Request.of("call", "at_least_once", true),
                Request.of("call", "retry", 2),
                Request.of("call", "exchange", "x-" + topic),
                Request.of("cast"),
                Request.of("cast", "kwargs", values, "context", context, "namespace", "ns1", "version", "2.0"),
                Request.of("cast", "server", "server1", "timeout", 10),
                Request.of("cast", "at_least_once", true),
                Request.of("cast", "exchange", "x-" + topic, "server", "server1"),
                Request.of("fanout"),
                Request.of("fanout", "kwargs", values, "context", context, "version", "1.1"));
    }

    /** One that sends requests, and waits for the answer to a call. */
    private interface Sender {
        CompletableFuture<?> send(Request request);
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void javaSendsWhatPythonSends(Peer python) throws Exception {
        List<JsonNode> fromPython;
        try (PeerProcess peer = PeerProcess.start(python, "oslo_client.py", rabbit.transportUrl(), "--topic", topic)) {
            fromPython = sent(request -> CompletableFuture.runAsync(
                    () -> assertThat(peer.call(request.words()).has("ok")).isTrue(), Thread::startVirtualThread));
        }
        List<JsonNode> fromJava;
        try (RpcClient client = RpcClient.connect(rabbit.transportUrl(), Target.topic(topic))) {
            fromJava = sent(request -> {
                RpcClient prepared = client.prepare(request::toJava).with(request.map("context"));
                Args.Named args = Args.named(request.map("kwargs"));
                if (request.isCall()) {
                    return prepared.callAsync("echo", Object.class, args);
                }
                prepared.cast("echo", args);
                return CompletableFuture.completedFuture(null);
            });
        }
        for (int i = 0; i < fromPython.size(); i++) {
            assertThat(fromJava.get(i)).as(requests().get(i).words().toString()).isEqualTo(fromPython.get(i));
        }
    }

    private List<JsonNode> sent(Sender sender) throws Exception {
        List<JsonNode> sent = new ArrayList<>();
        try (RawAmqp raw = new RawAmqp(rabbit)) {
            Tap tap = raw.tap("openstack", "topic", topic + ".#");
            raw.channel().exchangeDeclare("x-" + topic, "topic", false, false, null);
            raw.channel().queueBind(tap.queue(), "x-" + topic, topic + ".#");
            raw.channel().exchangeDeclare(topic + "_fanout", "fanout", false, true, null);
            raw.channel().queueBind(tap.queue(), topic + "_fanout", topic);
            for (Request request : requests()) {
                CompletableFuture<?> done = sender.send(request);
                Delivery delivery = tap.next();
                sent.add(RawAmqp.all(delivery));
                ObjectNode message = RawAmqp.message(delivery);
                assertThat(message.has("_reply_q")).isEqualTo(request.isCall());
                if (request.isCall()) {
                    raw.publish(
                            "",
                            message.path("_reply_q").asString(),
                            RawAmqp.TYPED,
                            "{\"result\": 1, \"failure\": null, \"ending\": true, \"_msg_id\": "
                                    + message.path("_msg_id") + "}");
                }
                done.get(30, TimeUnit.SECONDS);
            }
            assertThat(tap.arrived()).isEmpty();
        }
        return sent;
    }
}
