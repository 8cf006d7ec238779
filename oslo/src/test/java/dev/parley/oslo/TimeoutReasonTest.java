package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A call that times out says where it went, and what became of it there. */
@SuppressWarnings("try") // The servers are never referenced.
class TimeoutReasonTest extends OnBroker {
    private static final String WENT = "the request went to exchange 'openstack' with routing key 'test'";

    /** A method that ends when the test does. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Slow {
        final CountDownLatch running = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        public void hold() throws InterruptedException {
            running.countDown();
            release.await();
        }
    }

    private static String timeout(RpcClient client, String method) {
        RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofSeconds(1)));
        return messageOf(() -> hurried.call(method, Object.class));
    }

    private static String messageOf(Runnable call) {
        try {
            call.run();
        } catch (RpcTimeoutException e) {
            return e.getMessage();
        }
        throw new AssertionError("no timeout");
    }

    @Test
    void nobodyHasDeclaredTheQueue() {
        try (RpcClient client = client("")) {
            assertThat(timeout(client, "echo"))
                    .isEqualTo("no response to echo within 1 s: no queue is bound to exchange 'openstack' with routing"
                            + " key 'test', so the request was lost; there is no queue 'test'");
            assertThat(timeout(client.prepare(o -> o.withServer("s9")), "echo"))
                    .endsWith("with routing key 'test.s9', so the request was lost; there is no queue 'test.s9'");
        }
    }

    @Test
    void theServersUseAnotherExchange() {
        try (RpcServer server = serve(new Endpoint(), "?control_exchange=nova");
                RpcClient client = client("")) {
            assertThat(timeout(client, "echo"))
                    .contains("no queue is bound to exchange 'openstack' with routing key 'test'")
                    .endsWith("; queue 'test' exists, with 1 consumer, but is bound to another exchange");
        }
    }

    @Test
    void noServerConsumes() {
        serve(new Endpoint(), "").close();
        try (RpcClient client = client("")) {
            assertThat(timeout(client, "echo"))
                    .endsWith(WENT + "; queue 'test' has no consumer, so no server takes requests from it");
        }
    }

    @Test
    void aServerHasTakenTheRequest() throws Exception {
        Slow slow = new Slow();
        try (RpcServer server = RpcServer.builder()
                        .endpoint(slow)
                        .maxConcurrentCalls(1)
                        .listen(
                                broker.address() + "?rabbit_qos_prefetch_count=1",
                                Target.topic("test").withServer("server1"))
                        .build()
                        .start();
                RpcClient client = client("")) {
            assertThat(timeout(client, "hold"))
                    .endsWith(WENT + "; queue 'test' has 1 consumer, and no request waits in it: a server has taken"
                            + " this one");
            slow.running.await();
            // Acknowledged before they run, a few requests are with the server, and one more is prefetched.
            for (int i = 0; i < 8; i++) {
                client.cast("hold");
            }
            assertThat(timeout(client, "hold"))
                    .containsPattern("queue 'test' has 1 consumer, and \\d requests? in it to be taken by a server$");
            slow.release.countDown();
        }
    }

    @Test
    void theQueueIsGone() throws Exception {
        try (RpcClient client = client("")) {
            channel.exchangeDeclare("openstack", "topic");
            channel.queueDeclare("other", false, false, false, Map.of());
            channel.queueBind("other", "openstack", "test");
            assertThat(timeout(client, "hold")).endsWith(WENT + "; there is no queue 'test' any more");
        }
    }

    @Test
    void theBrokerDoesNotConfirm() {
        try (RpcServer server = serve(new Endpoint(), "");
                RpcClient client = client("")) {
            Object unused = client.call("echo", Object.class, Args.named("arg", "x"));
            broker.faults().refuseConnections(true);
            broker.faults().dropConnections(one -> true);
            assertThat(timeoutOnceDown(client))
                    .contains(
                            "the broker has not confirmed the message to exchange 'openstack' with routing key 'test'")
                    .endsWith("; there is no connection to the broker");
            broker.faults().clear();
        }
    }

    /** The first calls may still find the connection open, or just broken. */
    private static String timeoutOnceDown(RpcClient client) {
        String message = "";
        for (int i = 0; i < 20 && !message.contains("has not confirmed"); i++) {
            try {
                message = timeout(client, "echo");
            } catch (ConnectionLostException e) {
                // The next call waits for the connection.
            }
        }
        return message;
    }

    @Test
    void futuresStreamsAndCastsTellIt() {
        try (RpcClient client = client("")) {
            RpcClient hurried = client.prepare(o -> o.withTimeout(Duration.ofSeconds(1)));
            assertThatThrownBy(() -> hurried.callAsync("echo", Object.class).join())
                    .hasMessageContaining("so the request was lost; there is no queue 'test'");
            try (Stream<@Nullable Object> items = hurried.stream("echo", Object.class)) {
                assertThat(messageOf(() -> items.forEach(item -> {})))
                        .contains("so the request was lost; there is no queue 'test'");
            }
            broker.faults().stopReading(true);
            try {
                assertThat(messageOf(() -> hurried.cast("echo", Args.named("arg", "x".repeat(9_000_000)))))
                        .contains("the broker has not confirmed the message to exchange 'openstack'");
            } finally {
                broker.faults().clear();
            }
        }
    }

    @Test
    void inMemoryToo() {
        try (RpcClient client = RpcClient.connect("memory://reasons", Target.topic("test"))) {
            assertThat(timeout(client, "echo")).endsWith("so the request was lost; there is no queue 'test'");
        }
    }
}
