package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessPolicy;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.Target;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reply queues that are deleted while their clients use them. */
@SuppressWarnings("try") // The servers are never referenced.
class ReplyQueueTest extends OnBroker {
    private static final String QUICK = "?kombu_reconnect_delay=0.05";

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Held extends Endpoint {
        final CountDownLatch holding = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        public String hold() throws InterruptedException {
            holding.countDown();
            release.await();
            return "released";
        }

        public Stream<Integer> count(int to) {
            return IntStream.range(0, to).boxed();
        }
    }

    private RpcServer serve(Held endpoint) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .accessPolicy(AccessPolicy.legacy())
                .listen(broker.address() + QUICK, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private RpcClient patient(String options) {
        return RpcClient.builder(broker.address() + options)
                .target(Target.topic("test"))
                .timeout(Duration.ofMinutes(10))
                .build();
    }

    private Set<String> queues() {
        return broker.queues().stream().map(queue -> queue.name()).collect(Collectors.toSet());
    }

    /** The reply queue that is consumed on the connection of the server, or not on it. */
    private String replyQueue(boolean ofServer) {
        long server = broker.consumers().stream()
                .filter(consumer -> consumer.queue().equals("test"))
                .findFirst()
                .orElseThrow()
                .connection();
        return broker.consumers().stream()
                .filter(consumer -> consumer.queue().startsWith("reply_"))
                .filter(consumer -> (consumer.connection() == server) == ofServer)
                .findFirst()
                .orElseThrow()
                .queue();
    }

    @Test
    void theCallsInFlightFailAtOnceAndLaterOnesSucceed() throws Exception {
        Held endpoint = new Held();
        try (RpcServer server = serve(endpoint);
                RpcClient client = patient(QUICK)) {
            CompletableFuture<@Nullable String> held = client.callAsync("hold", String.class);
            assertThat(endpoint.holding.await(20, TimeUnit.SECONDS)).isTrue();
            Set<String> before = queues();
            String replies = replyQueue(false);
            broker.deleteQueue("/", replies);
            assertThat(held)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(ConnectionLostException.class)
                    .withMessageContaining("reply queue '" + replies + "' was deleted while the call was in flight");
            // The same queue again.
            assertThat(client.call("echo", Object.class, Args.named("arg", "x")))
                    .isEqualTo(Map.of("got", "x"));
            assertThat(queues()).isEqualTo(before);
            endpoint.release.countDown();
        }
    }

    @Test
    void theSplayIsAddedToThePauseOfACancelledConsumer() throws Exception {
        Held endpoint = new Held();
        try (RpcServer server = serve(endpoint);
                RpcClient never = patient("?kombu_reconnect_delay=0&kombu_reconnect_splay=31536000");
                RpcClient soon = patient("?kombu_reconnect_delay=0&kombu_reconnect_splay=0.001")) {
            Map<String, String> echoed = Map.of("got", "x");
            assertThat(never.call("echo", Object.class, Args.named("arg", "x"))).isEqualTo(echoed);
            String first = replyQueue(false);
            assertThat(soon.call("echo", Object.class, Args.named("arg", "x"))).isEqualTo(echoed);
            Set<String> before = queues();
            String second = before.stream()
                    .filter(name -> name.startsWith("reply_") && !name.equals(first))
                    .findFirst()
                    .orElseThrow();
            broker.deleteQueue("/", first);
            broker.deleteQueue("/", second);
            // The one that waits up to a year is not there when the other one is.
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!queues().contains(second) && System.nanoTime() < end) {
                Thread.sleep(5);
            }
            assertThat(queues()).contains(second).doesNotContain(first);
        }
    }

    @Test
    void aStreamEndsWithAnErrorIfTheQueueForItsCreditIsDeleted() {
        try (RpcServer server = serve(new Held());
                RpcClient client = patient(QUICK);
                Stream<@Nullable Integer> items = client.stream("count", Integer.class, Args.named("to", 100_000))) {
            CountDownLatch first = new CountDownLatch(1);
            assertThatThrownBy(() -> items.forEach(item -> {
                        if (first.getCount() > 0) {
                            broker.deleteQueue("/", replyQueue(true));
                            first.countDown();
                        }
                    }))
                    .isInstanceOf(RpcException.class)
                    .hasMessageContaining("is gone, or an item was lost");
        }
    }
}
