package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Starting before the broker, and how many calls a server runs for one address. */
class StartTest {
    private static final String QUICK = "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2";
    /** So that a client comes after the server: a request without a queue is lost. */
    private static final String LATER = "?rabbit_retry_interval=1&rabbit_retry_backoff=1&rabbit_interval_max=1";

    private static final Target SERVER = Target.topic("test").withServer("server1");

    private EmbeddedBroker broker;
    private String address;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.builder().start();
        address = broker.address();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        final CountDownLatch release = new CountDownLatch(1);
        final AtomicInteger running = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();

        public int twice(int n) {
            return 2 * n;
        }

        public void hold() throws InterruptedException {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            release.await();
            running.decrementAndGet();
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private RpcServer server(String options, Endpoint endpoint) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(address + options, SERVER)
                .build()
                .start();
    }

    private RpcClient client(String options) {
        return RpcClient.builder(address + options)
                .target(Target.topic("test"))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    @Test
    void withoutTheOptionStartingWithoutABrokerFails() {
        broker.stop();
        assertThatThrownBy(() -> server("", new Endpoint())).isInstanceOf(ConnectionLostException.class);
        assertThatThrownBy(() -> client("")).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void serversAndClientsThatStartFirstWaitForTheBroker() {
        broker.stop();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.oslo.driver.rabbit.ReconnectingConnection");
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        try (RpcServer server = server(QUICK + "&start=wait", new Endpoint());
                RpcClient client = client(LATER + "&start=wait")) {
            assertThat(server.isReady()).isFalse();
            assertThat(client.isReady()).isFalse();
            CompletableFuture<@Nullable Integer> early = client.callAsync("twice", Integer.class, Args.named("n", 2));
            assertThatThrownBy(() -> client.prepare(o -> o.withTimeout(Duration.ofMillis(300)))
                            .call("twice", int.class, Args.named("n", 1)))
                    .isInstanceOf(RpcTimeoutException.class);
            assertThatThrownBy(() -> client.prepare(o -> o.withRetry(0)).cast("twice", Args.named("n", 1)))
                    .isInstanceOf(DeliveryException.class);
            await(() -> List.copyOf(log.list).stream()
                            .filter(event -> event.getLevel() == Level.WARN)
                            .count()
                    >= 4);
            broker.start();
            assertThat(early).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(4);
            await(() -> server.isReady() && client.isReady());
            assertThat(client.call("twice", int.class, Args.named("n", 4))).isEqualTo(8);
            broker.stop();
            await(() -> !server.isReady() && !client.isReady());
            broker.start();
            await(() -> server.isReady() && client.isReady());
            server.stop();
            client.stop();
            assertThat(server.isReady()).isFalse();
            assertThat(client.isReady()).isFalse();
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .contains(
                        "connecting to the broker for publishing in the background",
                        "connecting to the broker for consuming in the background",
                        "the broker connection for publishing is open",
                        "the broker connection for consuming is open");
    }

    @Test
    void whatStillWaitsForTheBrokerCanBeClosed() {
        broker.stop();
        RpcServer server = server("?start=wait", new Endpoint());
        RpcClient client = client("?start=wait");
        CompletableFuture<@Nullable Integer> call = client.callAsync("twice", Integer.class, Args.named("n", 2));
        client.close();
        server.close();
        assertThat(call)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aServerRunsNoMoreCallsAtOnceThanItsThreadPoolIsLarge() {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = server("?executor_thread_pool_size=3", endpoint);
                RpcClient client = client("")) {
            List<CompletableFuture<@Nullable Void>> calls = IntStream.range(0, 20)
                    .mapToObj(i -> client.callAsync("hold", Void.class))
                    .toList();
            await(() -> endpoint.running.get() == 3);
            // Three run in each of three queues' prefetch at most: the others stay with the broker.
            await(() -> broker.queues().stream()
                            .filter(queue -> queue.name().equals("test"))
                            .mapToLong(queue -> queue.ready())
                            .sum()
                    >= 20 - 2 * 3);
            endpoint.release.countDown();
            assertThat(CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new)))
                    .succeedsWithin(Duration.ofSeconds(30));
            assertThat(endpoint.most.get()).isEqualTo(3);
            assertThat(server.isReady()).isTrue();
        }
    }
}
