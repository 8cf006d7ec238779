package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Reconnecting of clients and servers in difficult cases. */
@SuppressWarnings("try") // The servers are never referenced.
class LostConnectionTest {
    private static final String QUICK = "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2"
            + "&kombu_reconnect_delay=0.1";

    private EmbeddedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = EmbeddedBroker.builder().start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public static class Endpoint {
        final Set<Integer> seen = ConcurrentHashMap.newKeySet();
        final CountDownLatch holding = new CountDownLatch(1);
        final CountDownLatch release = new CountDownLatch(1);

        public int twice(int n) {
            return 2 * n;
        }

        public void note(int n) {
            seen.add(n);
        }

        public Stream<Integer> held(int items) throws InterruptedException {
            holding.countDown();
            release.await();
            return IntStream.range(0, items).boxed();
        }
    }

    private static RpcServer serve(Endpoint endpoint, String address) {
        return RpcServer.builder()
                .endpoint(endpoint)
                .listen(address + QUICK, Target.topic("t").withServer("s"))
                .build()
                .start();
    }

    private static RpcClient client(String address) {
        return RpcClient.builder(address + QUICK)
                .target(Target.topic("t"))
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static Connection connect(EmbeddedBroker broker) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        return factory.newConnection("other");
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.holds() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(condition.holds()).isTrue();
    }

    @Test
    void streamsThatStartDuringAReconnectAreReadToTheirEnd() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, broker.address());
                RpcClient client = client(broker.address());
                Stream<@Nullable Integer> items = client.stream("held", Integer.class, Args.named("items", 200))) {
            assertThat(endpoint.holding.await(20, TimeUnit.SECONDS)).isTrue();
            broker.faults().delay(Duration.ofMillis(100));
            broker.faults().dropConnections();
            await(() -> broker.consumers().isEmpty());
            // When the first of three consumers is back, the others still need two delays.
            await(() -> broker.consumers().stream()
                    .anyMatch(consumer -> consumer.queue().equals("t")));
            // Its credit arrives on a queue of its own, consumed on the same connection.
            endpoint.release.countDown();
            assertThat(items).hasSize(200);
        }
    }

    @Test
    void aHostThatRefusesConsumersIsLeftForTheNext() throws Exception {
        try (EmbeddedBroker second = EmbeddedBroker.builder().start()) {
            String both =
                    "rabbit://guest:guest@127.0.0.1:" + broker.port() + ",guest:guest@127.0.0.1:" + second.port() + "/";
            try (RpcServer server = serve(new Endpoint(), both)) {
                EmbeddedBroker used = broker.consumers().isEmpty() ? second : broker;
                EmbeddedBroker other = used == broker ? second : broker;
                try (Connection connection = connect(used)) {
                    await(() -> takesOver("t.s", connection, used));
                    used.faults().dropConnections(any -> !"other".equals(any.clientName()));
                    await(() -> other.consumers().size() == 3);
                }
            }
        }
    }

    @Test
    void aChannelThatIsNeverConfirmedIsReplaced() throws Exception {
        try (RpcServer server = serve(new Endpoint(), broker.address());
                RpcClient client = client(broker.address())) {
            assertThat(client.call("twice", int.class, Args.named("n", 21))).isEqualTo(42);
            broker.faults().stallChannels();
            await(() -> casts(client.prepare(options -> options.withTimeout(Duration.ofSeconds(1)))));
            // The channel of the server swallows the reply, which is sent again on another channel.
            assertThat(client.prepare(options -> options.withTimeout(Duration.ofMinutes(1)))
                            .call("twice", int.class, Args.named("n", 4)))
                    .isEqualTo(8);
        }
    }

    private static boolean casts(RpcClient client) {
        try {
            client.cast("note", Args.named("n", 1));
            return true;
        } catch (RpcTimeoutException e) {
            return false;
        }
    }

    /** Declares an exclusive queue. */
    private static boolean takesOver(String queue, Connection connection, EmbeddedBroker broker) throws Exception {
        broker.deleteQueue("/", queue);
        Channel channel = connection.createChannel();
        try {
            channel.queueDeclare(queue, false, true, false, Map.of());
            return true;
        } catch (IOException e) {
            // The server was faster.
            return false;
        }
    }

    @Test
    void aRefusedConsumerIsRetriedWithOneAttemptAtATime() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.oslo.driver.rabbit.RabbitSubscription");
        Connection connection = connect(broker);
        try (RpcServer server = serve(new Endpoint(), broker.address());
                RpcClient client = client(broker.address())) {
            await(() -> consumesAlone("t.s", connection));
            logger.addAppender(log);
            logger.setAdditive(false);
            Thread.sleep(2_000);
            connection.abort();
            await(() -> broker.consumers().size() == 3);
            // One every tenth of a second; if each started two, there would be a million by now.
            assertThat(List.copyOf(log.list).stream()
                            .filter(event -> event.getMessage().contains("failed and is retried")))
                    .hasSizeBetween(1, 25);
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
        } finally {
            connection.abort();
            logger.setAdditive(true);
            logger.detachAppender(log);
        }
    }

    /** Declares a queue and consumes from it exclusively. */
    private boolean consumesAlone(String queue, Connection connection) throws Exception {
        broker.deleteQueue("/", queue);
        Channel channel = connection.createChannel();
        try {
            channel.queueDeclare(queue, false, false, false, Map.of());
            channel.basicConsume(queue, true, "", false, true, Map.of(), new DefaultConsumer(channel));
            return true;
        } catch (IOException e) {
            // The server was faster.
            return false;
        }
    }

    @Test
    void closingDoesNotWaitForABrokerThatDoesNotRespond() throws Exception {
        RpcClient client = client(broker.address());
        int port = broker.port();
        broker.close();
        try (ServerSocket silent = new ServerSocket(port, 10, InetAddress.getLoopbackAddress());
                Socket attempt = silent.accept()) {
            attempt.getInputStream().readNBytes(8); // AMQP 0 0 9 1
            assertThat(CompletableFuture.runAsync(client::close)).succeedsWithin(Duration.ofSeconds(60));
            // The attempt to connect is still in progress.
            attempt.setSoTimeout(1);
            assertThatThrownBy(() -> attempt.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void messagesPastTheirDeadlineAreNotSent() throws Exception {
        Endpoint endpoint = new Endpoint();
        try (RpcServer server = serve(endpoint, broker.address());
                RpcClient client = client(broker.address())) {
            client.cast("note", Args.named("n", 0));
            broker.faults().refuseConnections(true);
            broker.faults().dropConnections();
            int late = castUntilTimeout(client.prepare(o -> o.withTimeout(Duration.ofMillis(300))));
            broker.faults().clear();
            client.cast("note", Args.named("n", -1));
            await(() -> endpoint.seen.contains(-1));
            assertThat(client.call("twice", int.class, Args.named("n", 2))).isEqualTo(4);
            assertThat(endpoint.seen).doesNotContain(late);
        }
    }

    /** The first casts may still find the connection open, or just broken. */
    private static int castUntilTimeout(RpcClient client) {
        for (int n = 1; ; n++) {
            try {
                client.cast("note", Args.named("n", n));
            } catch (RpcTimeoutException e) {
                return n;
            } catch (ConnectionLostException e) {
                // The next cast waits for the connection.
            }
        }
    }
}
