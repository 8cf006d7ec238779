package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.Limits;
import dev.parley.ProtocolException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.interop.RabbitMq;
import dev.parley.oslo.admin.DeadLetterQueue;
import dev.parley.oslo.admin.DeadLetterQueue.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What callers and operators hear when something fails on RabbitMQ, with Python's oslo.messaging as the peer. */
@OnRabbitMq
@SuppressWarnings("try") // Servers are there to be called, not referenced.
class FailuresAreToldTest {
    private static final Limits SMALL = Limits.defaults().withMessageBytes(100_000);

    private final String topic = "told-" + UUID.randomUUID();
    private final RabbitMq rabbit;

    FailuresAreToldTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    /** What is served in Java. */
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public String echo(String text) {
            seen.add(text);
            return text;
        }
    }

    private RpcServer serve(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .limits(SMALL)
                .listen(rabbit.transportUrl() + options, Target.topic(topic).withServer("server1"))
                .build()
                .start();
    }

    private RpcClient client(Duration timeout) {
        return RpcClient.builder(rabbit.transportUrl())
                .target(Target.topic(topic))
                .timeout(timeout)
                .limits(SMALL)
                .build();
    }

    private PeerProcess python(String... more) {
        List<String> args = new ArrayList<>(List.of(rabbit.transportUrl(), "--topic", topic));
        args.addAll(List.of(more));
        return PeerProcess.start(Peer.OSLO_MESSAGING, "oslo_server.py", args.toArray(String[]::new));
    }

    private static String timeout(RpcClient client) {
        try {
            Object unused = client.call("echo", Object.class, Args.named("text", "x"));
        } catch (RpcTimeoutException e) {
            return e.getMessage();
        }
        throw new AssertionError("no timeout");
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING)
    void aTimeoutTellsNoQueueAWrongExchangeAndNoServerApart() {
        try (RpcClient client = client(Duration.ofSeconds(4))) {
            assertThat(timeout(client))
                    .isEqualTo("no response to echo within 4 s: no queue is bound to exchange 'openstack' with routing"
                            + " key '" + topic + "', so the request was lost; there is no queue '" + topic + "'");
            try (PeerProcess server = python("--exchange", "nova-" + topic)) {
                server.ready();
                assertThat(timeout(client))
                        .endsWith("; queue '" + topic + "' exists, with 1 consumer, but is bound to another exchange");
                try (RpcClient right = client(Duration.ofSeconds(30))) {
                    assertThat(right.prepare(o -> o.withExchange("nova-" + topic))
                                    .call("who", String.class))
                            .isEqualTo("server1");
                }
            }
            serve(new Endpoint(), "").close();
            assertThat(timeout(client))
                    .endsWith("the request went to exchange 'openstack' with routing key '" + topic + "'; queue '"
                            + topic + "' has no consumer, so no server takes requests from it");
        }
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING)
    void aPythonCallerHearsThatItsRequestIsTooLarge() {
        try (RpcServer server = serve(new Endpoint(), "");
                PeerProcess caller = PeerProcess.start(
                        Peer.OSLO_MESSAGING, "oslo_client.py", rabbit.transportUrl(), "--topic", topic)) {
            // With text that Python writes as escapes.
            JsonNode error = caller.call(
                            Map.of("method", "echo", "kwargs", Map.of("text", "é\"".repeat(40_000)), "timeout", 600))
                    .path("error");
            assertThat(error.path("type").asString()).isEqualTo("ValueError");
            assertThat(error.path("message").asString()).contains("exceeds the limit of 100000");
            assertThat(caller.call(Map.of("method", "echo", "kwargs", Map.of("text", "small")))
                            .path("ok")
                            .asString())
                    .isEqualTo("small");
        }
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING)
    void aReplyOfPythonThatIsTooLargeFailsItsCall() {
        try (PeerProcess server = python();
                RpcClient client = client(Duration.ofMinutes(10))) {
            server.ready();
            // Each of these characters is six in Python's JSON, and seven in its envelope.
            String text = "é".repeat(20_000);
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("text", text)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("the reply cannot be read: a message of")
                    .hasMessageContaining("exceeds the limit of 100000");
        }
    }

    @Test
    @NeedsPeer(Peer.OSLO_MESSAGING)
    void aDeletedReplyQueueFailsTheCallsInFlightAtOnce() throws Exception {
        String options = "?use_queue_manager=true&hostname=told&processname=" + topic;
        String replies = "reply_told:" + topic + ":1";
        try (PeerProcess server = python();
                RawAmqp raw = new RawAmqp(rabbit);
                RpcClient client = RpcClient.builder(rabbit.transportUrl() + options)
                        .target(Target.topic(topic))
                        .timeout(Duration.ofMinutes(10))
                        .build()) {
            server.ready();
            CompletableFuture<@Nullable Object> slow =
                    client.callAsync("slow", Object.class, Args.named("seconds", 300));
            assertThat(server.line(line -> line.contains("\"slow\""))).contains("received");
            raw.channel().queueDelete(replies);
            assertThat(slow)
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class)
                    .withMessageContaining("reply queue '" + replies + "' was deleted while the call was in flight");
            assertThat(client.call("who", String.class)).isEqualTo("server1");
            raw.channel().queueDelete(replies);
        }
    }

    @Test
    void aReplyIsGivenUpAfterTheConfiguredTime() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.oslo.rpc.ReplySender");
        logger.addAppender(log);
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, "?kombu_missing_consumer_retry_timeout=2");
                RawAmqp raw = new RawAmqp(rabbit)) {
            Channel channel = raw.channel();
            for (String queue : List.of("back-" + topic, "gone-" + topic)) {
                raw.publish(
                        "openstack",
                        topic,
                        RawAmqp.TYPED.builder().expiration("60000").build(),
                        RawAmqp.envelope("{\"method\": \"echo\", \"args\": {\"text\": \"x\"}, \"_msg_id\": \"m\","
                                + " \"_reply_q\": \"" + queue + "\", \"_timeout\": null}"));
                assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo("x");
                if (queue.startsWith("back")) {
                    channel.queueDeclare(queue, false, false, true, null);
                    BlockingQueue<String> replies = new LinkedBlockingQueue<>();
                    channel.basicConsume(
                            queue,
                            true,
                            (tag, delivery) -> replies.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                            tag -> {});
                    assertThat(replies.poll(30, TimeUnit.SECONDS)).contains("result");
                } else {
                    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
                    while (gaveUp(log).isEmpty() && System.nanoTime() < end) {
                        Thread.sleep(50);
                    }
                    assertThat(gaveUp(log)).anyMatch(line -> line.contains(queue));
                    channel.queueDeclare(queue, false, false, true, null);
                    assertThat(channel.basicGet(queue, true)).isNull();
                }
            }
        } finally {
            logger.detachAppender(log);
        }
    }

    private static List<String> gaveUp(ListAppender<ILoggingEvent> log) {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith("dropping a reply"))
                .toList();
    }

    @Test
    void deadLettersGoBackWhereTheyCameFrom() throws Exception {
        String letters = topic + "-letters";
        String options = "?dead_letter_queue=" + letters;
        Endpoint endpoint = new Endpoint();
        Address address = Address.parse(rabbit.transportUrl());
        try (RpcServer server = serve(endpoint, options);
                RawAmqp raw = new RawAmqp(rabbit);
                Connection connection = rabbit.connect()) {
            // Too large for this server, and malformed.
            String large = "x".repeat(200_000);
            raw.publish(
                    "openstack",
                    topic,
                    RawAmqp.TYPED,
                    RawAmqp.envelope("{\"method\": \"echo\", \"args\": {\"text\": \"" + large + "\"}}"));
            raw.publish("openstack", topic, RawAmqp.TYPED, "{}");
            DeadLetterQueue dead = new DeadLetterQueue(address, letters);
            Channel channel = connection.createChannel();
            channel.queueDeclare(letters, true, false, false, null);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (channel.messageCount(letters) < 2 && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            List<DeadLetter> found = dead.list(letter -> true, 10);
            assertThat(found)
                    .extracting(DeadLetter::origin, DeadLetter::reason, DeadLetter::method)
                    .containsExactlyInAnyOrder(tuple(topic, "rejected", "echo"), tuple(topic, "rejected", null));
            assertThat(found)
                    .allMatch(letter -> letter.since() != null
                            && letter.since().isAfter(Instant.now().minusSeconds(120)));
            server.stop();
            // Now by one that takes messages of that size.
            try (RpcServer larger = RpcServer.builder()
                    .endpoint(endpoint)
                    .listen(rabbit.transportUrl(), Target.topic(topic).withServer("server2"))
                    .build()
                    .start()) {
                assertThat(dead.putBack(letter -> "echo".equals(letter.method()), 10))
                        .isEqualTo(new DeadLetterQueue.Outcome(1, 0, 0));
                assertThat(endpoint.seen.poll(30, TimeUnit.SECONDS)).isEqualTo(large);
            }
            assertThat(dead.drop(letter -> true, 10).moved()).isEqualTo(1);
            assertThat(dead.list(letter -> true, 10)).isEmpty();
            channel.queueDelete(letters);
        }
    }
}
