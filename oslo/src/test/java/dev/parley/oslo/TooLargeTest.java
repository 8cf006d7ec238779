package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.parley.Args;
import dev.parley.Limits;
import dev.parley.ProtocolException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.oslo.message.Content;
import dev.parley.oslo.message.MessageSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Messages over a limit: who waits for the outcome hears of it where the message can be read that far. */
@SuppressWarnings("try") // The servers are never referenced.
class TooLargeTest extends OnBroker {
    private static final Limits SMALL = Limits.defaults().withMessageBytes(100_000);
    private static final String TAIL = "'_msg_id': 'M', '_reply_q': 'replies', '_timeout': null, '_unique_id': 'u'}";

    private RpcServer serveSmall(Endpoint endpoint, String options) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .limits(SMALL)
                .listen(broker.address() + options, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private RpcClient patient(String options) {
        return RpcClient.builder(broker.address() + options)
                .target(Target.topic("test"))
                .timeout(Duration.ofSeconds(60))
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?kombu_compression=gzip"})
    void aRequestOverTheLimitOfTheServerIsRefusedAtOnce(String options) {
        try (RpcServer server = serveSmall(new Endpoint(), "");
                RpcClient client = patient(options)) {
            // Eight times the limit, and text of every kind before the members that count.
            for (String large : List.of("x".repeat(700_000), "\"\\\u0001é€\ud83d\ude00_reply_q".repeat(20_000))) {
                assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", large)))
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("exceeds the limit of 100000");
            }
            assertThat(client.call("echo", Object.class, Args.named("arg", "small")))
                    .isEqualTo(Map.of("got", "small"));
        }
    }

    @Test
    void aRequestNestedTooDeeplyIsRefusedAtOnce() {
        Object deep = "x";
        for (int i = 0; i < 120; i++) {
            deep = List.of(deep);
        }
        Object nested = deep;
        try (RpcServer server = RpcServer.builder()
                        .endpoint(new Endpoint())
                        .limits(Limits.defaults().withDepth(50))
                        .listen(broker.address(), Target.topic("test").withServer("server1"))
                        .build()
                        .start();
                RpcClient client = patient("")) {
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", nested)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("50");
        }
    }

    @Test
    void aReplyOverTheLimitOfTheClientFailsItsCallAtOnce() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = RpcClient.builder(broker.address())
                        .target(Target.topic("test"))
                        .limits(SMALL)
                        .timeout(Duration.ofSeconds(60))
                        .build()) {
            String half = "x".repeat(60_000);
            assertThatThrownBy(() -> client.call("twice", Object.class, Args.named("arg", half)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("the reply cannot be read")
                    .hasMessageContaining("exceeds the limit of 100000");
            assertThat(client.call("echo", Object.class, Args.named("arg", "small")))
                    .isEqualTo(Map.of("got", "small"));
        }
    }

    @Test
    void aCallerFromBefore2018GetsTheErrorAndTheEnding() throws Exception {
        BlockingQueue<String> replies = replies();
        try (RpcServer server = serveSmall(new Endpoint(), "")) {
            publish("{'method': 'echo', 'args': {'arg': '" + "x".repeat(200_000)
                    + "'}, '_msg_id': 'M', '_reply_q': 'replies'}");
            assertThat(next(replies)).contains("exceeds the limit of 100000", "ValueError", "ending\\\":false");
            assertThat(next(replies)).contains("ending\\\":true");
        }
    }

    @Test
    void aMalformedRequestIsOnlyRejectedAsInPython() throws Exception {
        BlockingQueue<String> replies = replies();
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serveSmall(endpoint, "")) {
            publish("{'args': {}, " + TAIL);
            publish("{'method': 5, " + TAIL);
            publish("{'method': 'echo', 'args': {'arg': 'alive'}, " + TAIL);
            assertThat(next(replies)).contains("alive");
            assertThat(replies).isEmpty();
        }
    }

    @Test
    void theLogNamesTheLimitAndTheCaller() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.oslo.rpc.DeadLetters");
        logger.addAppender(log);
        BlockingQueue<String> replies = replies();
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serveSmall(endpoint, "")) {
            String large = "{'method': 'echo', 'args': {'arg': '" + "x".repeat(200_000) + "'}, ";
            publish(large + TAIL);
            assertThat(next(replies)).contains("exceeds the limit");
            // Too large even to look for the caller in it.
            publish("{'method': 'echo', 'args': {'arg': '" + "x".repeat(900_000) + "'}, " + TAIL);
            publish("{'method': 'echo', 'args': {'arg': 'alive'}}");
            assertThat(endpoint.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("alive");
            // A large message is read on a thread of its own.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (List.copyOf(log.list).size() < 2 && System.nanoTime() < end) {
                Thread.sleep(5);
            }
        } finally {
            logger.detachAppender(log);
        }
        List<String> lines =
                log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertThat(lines)
                .anyMatch(line -> line.matches("rejected a request for echo in queue test, with an error"
                        + " reply to queue replies: a message of \\d+ bytes exceeds the limit of 100000"));
        assertThat(lines)
                .anyMatch(line -> line.contains("whose reply queue, if it has one, cannot be read: a message of"));
        assertThat(replies).isEmpty();
    }

    private BlockingQueue<String> replies() throws IOException {
        BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
        channel.queueDeclare("replies", false, false, false, null);
        channel.basicConsume(
                "replies",
                true,
                (String tag, Delivery delivery) -> arrived.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                tag -> {});
        return arrived;
    }

    private static String next(BlockingQueue<String> replies) throws InterruptedException {
        return String.valueOf(replies.poll(30, TimeUnit.SECONDS));
    }

    private void publish(String request) throws IOException {
        String envelope = new JsonMapper()
                .writeValueAsString(Map.of("oslo.version", "2.0", "oslo.message", request.replace('\'', '"')));
        channel.basicPublish(
                "openstack",
                "test",
                new BasicProperties.Builder().contentType("application/json").build(),
                envelope.getBytes(StandardCharsets.UTF_8));
    }

    /** A body as it is, or as kombu compresses it. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Body(byte[] body, @Nullable String compression) implements Content {
        @Override
        public String contentType() {
            return "application/json";
        }

        @Override
        public String contentEncoding() {
            return "utf-8";
        }
    }

    private static MessageSummary summary(String text) {
        return MessageSummary.read(new Body(text.getBytes(StandardCharsets.UTF_8), null), 1 << 20);
    }

    @Test
    void aSummaryTakesWhatIsThere() throws Exception {
        assertThat(summary("{\"event_type\": \"compute.start\", \"payload\": [1, {\"_msg_id\": \"no\"}]}"))
                .isEqualTo(new MessageSummary(null, null, false, null, "compute.start"));
        assertThat(summary("{\"method\": \"m\", \"_msg_id\": 5, \"_reply_q\": \"" + "q".repeat(300) + "\"}"))
                .isEqualTo(new MessageSummary(null, null, false, "m", null));
        assertThat(summary("{\"oslo.message\": \"{\\\"method\\\": \\\"\\\\u006d\\\", \\\"_msg_id\\\": \\\"i\\\"}\","))
                .isEqualTo(new MessageSummary("i", null, false, "m", null));
        for (String nothing : List.of("", "x", "[]", "5", "{\"oslo.message\": 5}", "{\"oslo.message\": \"\\u00zz")) {
            assertThat(summary(nothing)).isEqualTo(new MessageSummary(null, null, false, null, null));
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(packed)) {
            zlib.write("{\"method\": \"m\"}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(MessageSummary.read(new Body(packed.toByteArray(), "application/x-gzip"), 100)
                        .method())
                .isEqualTo("m");
        assertThat(MessageSummary.read(new Body(packed.toByteArray(), "application/x-bz2"), 100)
                        .method())
                .isNull();
    }
}
