package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages in the form of openstack.common.rpc (until 2014) and of oslo.messaging before 2019, made by RabbitMQ's own
 * client.
 */
@SuppressWarnings("try") // The servers are never referenced.
class OldShapesTest extends OnBroker {
    private static final JsonMapper JSON = new JsonMapper();

    private BlockingQueue<Delivery> consume(String queue) throws Exception {
        BlockingQueue<Delivery> arrived = new LinkedBlockingQueue<>();
        channel.queueDeclare(queue, false, false, false, null);
        channel.basicConsume(queue, true, (tag, delivery) -> arrived.add(delivery), tag -> {});
        return arrived;
    }

    private BlockingQueue<Delivery> topic() throws Exception {
        BlockingQueue<Delivery> arrived = consume("test");
        channel.exchangeDeclare("openstack", "topic", false, false, null);
        channel.queueBind("test", "openstack", "test");
        return arrived;
    }

    private static JsonNode next(BlockingQueue<Delivery> arrived) throws InterruptedException {
        Delivery delivery = arrived.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return JSON.readTree(
                JSON.readTree(delivery.getBody()).path("oslo.message").asString());
    }

    private void publish(String exchange, String key, String body) throws Exception {
        channel.basicPublish(
                exchange,
                key,
                new BasicProperties.Builder().contentType("application/json").build(),
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    /** Replies as old servers do: only the last message has a member for the ending. */
    private void reply(JsonNode request, String members) throws Exception {
        publish(
                "",
                request.path("_reply_q").asString(),
                "{'_msg_id': '" + request.path("_msg_id").asString() + "', " + members + "}");
    }

    private static final String FAILURE = "'result': null, 'failure': '{\\'class\\': \\'NotFound\\', \\'module\\':"
            + " \\'nova.exception\\', \\'message\\': \\'gone\\'}'";

    @Test
    void aMulticallIsReadAsAStream() throws Exception {
        BlockingQueue<Delivery> requests = topic();
        try (RpcClient client = client("")) {
            CompletableFuture<List<@Nullable Integer>> items = CompletableFuture.supplyAsync(() -> {
                try (Stream<@Nullable Integer> stream = client.stream("count", Integer.class)) {
                    return stream.toList();
                }
            });
            JsonNode request = next(requests);
            reply(request, "'result': 1, 'failure': null");
            reply(request, "'result': null, 'failure': null");
            reply(request, "'result': 3, 'failure': null");
            reply(request, "'result': null, 'failure': null, 'ending': true");
            assertThat(items.get(20, TimeUnit.SECONDS)).isEqualTo(Arrays.asList(1, null, 3));
        }
    }

    @Test
    void aMulticallThatFailsHasNoEnding() throws Exception {
        BlockingQueue<Delivery> requests = topic();
        try (RpcClient client = client("");
                Stream<@Nullable Integer> stream = client.stream("count", Integer.class)) {
            JsonNode request = next(requests);
            reply(request, "'result': 1, 'failure': null");
            reply(request, FAILURE);
            List<@Nullable Integer> seen = new ArrayList<>();
            assertThatThrownBy(() -> stream.forEach(seen::add))
                    .isInstanceOfSatisfying(
                            RemoteException.class, e -> assertThat(e.type()).isEqualTo("NotFound"));
            assertThat(seen).containsExactly(1);
        }
    }

    @Test
    void aCallOfAMulticallReturnsTheLastValueAndAFailureNeedsNoEnding() throws Exception {
        BlockingQueue<Delivery> requests = topic();
        try (RpcClient client = client("")) {
            CompletableFuture<@Nullable Integer> last = client.callAsync("count", Integer.class);
            JsonNode request = next(requests);
            reply(request, "'result': 1, 'failure': null");
            reply(request, "'result': 2, 'failure': null");
            reply(request, "'result': null, 'failure': null, 'ending': true");
            assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(2);

            CompletableFuture<@Nullable Integer> failed = client.callAsync("count", Integer.class);
            reply(next(requests), FAILURE);
            assertThatThrownBy(() -> failed.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(RemoteException.class);
        }
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Counting {
        public Stream<Integer> count(int to) {
            return Stream.iterate(1, i -> i + 1).limit(Math.abs(to)).peek(i -> {
                if (i == -to) {
                    throw new IllegalStateException("enough");
                }
            });
        }
    }

    private RpcServer serve(String options) {
        return RpcServer.builder()
                .endpoint(new Counting())
                .listen(broker.address() + options, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Without the option, or for callers with a call monitor, a stream is a list.
                "'' | 3 | '' | [1,2,3] false; null true",
                "?multicall=true | 3 | , 'x_timeout': null | [1,2,3] true",
                "?multicall=true | 3 | '' | 1 false; 2 false; 3 false; null true",
                "?multicall=true | 0 | '' | null true",
                "?multicall=true | -3 | '' | 1 false; 2 false; RuntimeError false; null true",
            })
    void aMulticallIsSentItemByItem(String options, int to, String more, String expected) throws Exception {
        BlockingQueue<Delivery> arrived = consume("me");
        try (RpcServer server = serve(options)) {
            publish(
                    "openstack",
                    "test",
                    "{'method': 'count', 'args': {'to': " + to + "}, '_msg_id': 'm1', '_reply_q': 'me'"
                            + more.replace("x_timeout", "_timeout") + "}");
            List<String> told = new ArrayList<>();
            for (int i = expected.split("; ").length; i > 0; i--) {
                JsonNode reply = next(arrived);
                assertThat(reply.path("_msg_id").asString()).isEqualTo("m1");
                JsonNode failure = reply.path("failure");
                told.add((failure.isNull()
                                ? reply.path("result").toString()
                                : JSON.readTree(failure.asString())
                                        .path("class")
                                        .asString())
                        + " " + reply.path("ending"));
            }
            assertThat(told).containsExactly(expected.split("; "));
            assertThat(arrived).isEmpty();
        }
    }

    @Test
    void aMulticallWithoutAReaderEnds() throws Exception {
        channel.queueDeclare("me", false, false, false, null);
        try (RpcServer server = serve("?multicall=true")) {
            publish(
                    "openstack",
                    "test",
                    "{'method': 'count', 'args': {'to': 2000000000}, '_msg_id': 'm1', '_reply_q': 'me'}");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (channel.messageCount("me") == 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            channel.queueDelete("me");
            server.stop();
            assertThat(server.await(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void withoutAReplyQueueTheReplyGoesToTheQueueNamedLikeTheMessageId() throws Exception {
        BlockingQueue<Delivery> arrived = consume("m7");
        try (RpcServer server = serve("")) {
            publish("openstack", "test", "{'method': 'count', 'args': {'to': 1}, '_msg_id': 'm7'}");
            assertThat(next(arrived).path("result").toString()).isEqualTo("[1]");
            assertThat(next(arrived).path("ending").asBoolean()).isTrue();
        }
    }

    @Test
    void repliesMayArriveThroughAnExchangeNamedLikeTheReplyQueue() throws Exception {
        BlockingQueue<Delivery> requests = topic();
        try (RpcClient client = client("?reply_exchange=true")) {
            CompletableFuture<@Nullable Integer> result = client.callAsync("count", Integer.class);
            JsonNode request = next(requests);
            String queue = request.path("_reply_q").asString();
            assertThat(broker.exchanges())
                    .anyMatch(exchange -> exchange.name().equals(queue)
                            && exchange.type().equals("direct")
                            && exchange.autoDelete()
                            && !exchange.durable());
            publish(
                    queue,
                    queue,
                    "{'_msg_id': '" + request.path("_msg_id").asString()
                            + "', 'result': 5, 'failure': null, 'ending': true}");
            assertThat(result.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        }
    }
}
