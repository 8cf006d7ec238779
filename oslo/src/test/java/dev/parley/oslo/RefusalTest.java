package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import dev.parley.AccessDeniedException;
import dev.parley.Args;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.oslo.RefusingProxy.Method;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A broker that refuses for good: the call or the start fails with its words, however long the timeout is. */
@SuppressWarnings("try") // The servers are never referenced.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusalTest {
    private static final Duration FOREVER = Duration.ofHours(1);
    private static final String DENIED = "ACCESS_REFUSED - configure access to queue 'q' in vhost '/' refused";
    private static final String NOT_IMPLEMENTED = "NOT_IMPLEMENTED - queue 'q' does not support global qos";
    private static final String INTERNAL = "INTERNAL_ERROR - Cannot declare a queue 'q': no majority";
    private static final String INVALID = "PRECONDITION_FAILED - invalid property 'auto-delete' for queue 'q'";

    private EmbeddedBroker broker;
    private RefusingProxy proxy;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder().start();
        proxy = new RefusingProxy(broker.port());
    }

    @AfterEach
    void stop() {
        proxy.close();
        broker.close();
    }

    /** The method that the server offers. */
    public static class Endpoint {
        public Object echo(Object arg) {
            return arg;
        }
    }

    private RpcServer serve(String address) {
        return RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(address, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private RpcClient client() {
        return RpcClient.builder(proxy.address())
                .target(Target.topic("test"))
                .timeout(FOREVER)
                .build();
    }

    static Stream<Arguments> refusalsOfQueues() {
        return Stream.of(
                Arguments.of(false, AMQP.ACCESS_REFUSED, DENIED, AccessDeniedException.class),
                Arguments.of(false, AMQP.PRECONDITION_FAILED, INVALID, InvalidTargetException.class),
                Arguments.of(true, AMQP.NOT_ALLOWED, "NOT_ALLOWED - not now", InvalidTargetException.class),
                Arguments.of(true, AMQP.NOT_IMPLEMENTED, NOT_IMPLEMENTED, InvalidTargetException.class),
                Arguments.of(true, AMQP.INTERNAL_ERROR, INTERNAL, DeliveryException.class));
    }

    private void refuse(Method method, boolean connection, int code, String words) {
        if (connection) {
            proxy.closeConnection(method, code, words);
        } else {
            proxy.closeChannel(method, code, words);
        }
    }

    @ParameterizedTest
    @MethodSource("refusalsOfQueues")
    void ofAReplyQueueFailsTheCall(boolean connection, int code, String words, Class<? extends RpcException> error) {
        refuse(Method.QUEUE_DECLARE, connection, code, words);
        try (RpcServer server = serve(broker.address());
                RpcClient client = client()) {
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", 1)))
                    .isInstanceOf(error)
                    .hasMessageContaining("the broker refused queue 'reply_")
                    .hasMessageContaining(words);
            assertThat(proxy.refusals()).isEqualTo(1);
            proxy.permitAll();
            assertThat(client.call("echo", Integer.class, Args.named("arg", 2))).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("refusalsOfQueues")
    void ofAConsumerFailsTheCall(boolean connection, int code, String words, Class<? extends RpcException> error) {
        refuse(Method.CONSUME, connection, code, words);
        try (RpcClient client = client()) {
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", 1)))
                    .isInstanceOf(error)
                    .hasMessageContaining("the broker refused to deliver from [reply_")
                    .hasMessageContaining(words);
            assertThat(proxy.refusals()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("refusalsOfQueues")
    void ofAnExchangeFailsTheCast(boolean connection, int code, String words, Class<? extends RpcException> error) {
        refuse(Method.EXCHANGE_DECLARE, connection, code, words);
        try (RpcServer server = serve(broker.address());
                RpcClient client = client()) {
            assertThatThrownBy(() -> client.cast("echo", Args.named("arg", 1)))
                    .isInstanceOf(error)
                    .hasMessageContaining("the broker refused exchange 'openstack'")
                    .hasMessageContaining(words);
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", 1)))
                    .isInstanceOf(error)
                    .hasMessageContaining(words);
            assertThat(proxy.refusals()).isEqualTo(2);
            proxy.permitAll();
            assertThat(client.call("echo", Integer.class, Args.named("arg", 2))).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("refusalsOfQueues")
    void ofABindingFailsTheStart(boolean connection, int code, String words, Class<? extends RpcException> error) {
        refuse(Method.QUEUE_BIND, connection, code, words);
        assertThatThrownBy(() -> serve(proxy.address()))
                .isInstanceOf(error)
                .hasMessageContaining("the broker refused binding of queue 'test'")
                .hasMessageContaining(words);
        assertThat(proxy.refusals()).isEqualTo(1);
    }

    static Stream<Arguments> refusalsOfConnections() {
        return Stream.of(
                Arguments.of(530, "NOT_ALLOWED - vhost nosuch not found", InvalidTargetException.class),
                Arguments.of(540, "NOT_IMPLEMENTED - something new", InvalidTargetException.class),
                Arguments.of(403, "ACCESS_REFUSED - not you", AccessDeniedException.class),
                Arguments.of(541, "INTERNAL_ERROR - out of order", DeliveryException.class));
    }

    @ParameterizedTest
    @MethodSource("refusalsOfConnections")
    void ofTheConnectionFailsTheStart(int code, String words, Class<? extends RpcException> error) {
        proxy.closeConnection(Method.CONNECTION_OPEN, code, words);
        assertThatThrownBy(this::client).isInstanceOf(error).hasMessageContaining(words);
        assertThatThrownBy(() -> serve(proxy.address())).isInstanceOf(error).hasMessageContaining(words);
        assertThat(proxy.refusals()).isEqualTo(2);
    }

    @Test
    void whileReconnectingFailsWhatWaits() {
        try (RpcServer server = serve(broker.address());
                RpcClient client = client()) {
            assertThat(client.call("echo", Integer.class, Args.named("arg", 1))).isEqualTo(1);
            proxy.closeConnection(Method.CONNECTION_OPEN, AMQP.NOT_ALLOWED, "NOT_ALLOWED - vhost / not found");
            proxy.cut();
            assertThatThrownBy(() -> {
                        while (true) {
                            // The first ones may be written to the connection that is about to break.
                            tryCast(client);
                        }
                    })
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("vhost / not found");
        }
    }

    @Test
    void alsoOfWhoStartsBeforeTheBroker() {
        proxy.closeConnection(Method.CONNECTION_OPEN, AMQP.NOT_ALLOWED, "NOT_ALLOWED - vhost / not found");
        String quick = "?start=wait&rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05&rabbit_interval_max=0.2";
        try (RpcServer server = serve(broker.address());
                RpcClient client = RpcClient.builder(proxy.address() + quick)
                        .target(Target.topic("test"))
                        .timeout(FOREVER)
                        .build()) {
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", 1)))
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("vhost / not found");
            proxy.permitAll();
            await(() -> client.isReady());
            await(() -> succeeds(client));
        }
    }

    /** The connection for consuming may still be refused when that for publishing is open. */
    private static boolean succeeds(RpcClient client) {
        try {
            return Integer.valueOf(2).equals(client.call("echo", Integer.class, Args.named("arg", 2)));
        } catch (InvalidTargetException e) {
            return false;
        }
    }

    private static void tryCast(RpcClient client) {
        try {
            client.cast("echo", Args.named("arg", 2));
        } catch (ConnectionLostException e) {
            // It is not known whether the broker has it.
        }
    }

    /** A virtual host is down for a moment while its node starts, and a limit is reached only for a moment. */
    @Test
    void thatMayPassIsNotForGood() {
        try (RpcServer server = serve(broker.address());
                RpcClient client = RpcClient.builder(
                                proxy.address() + "?rabbit_retry_interval=0.05&rabbit_retry_backoff=0.05")
                        .target(Target.topic("test"))
                        .timeout(Duration.ofSeconds(60))
                        .build()) {
            assertThat(client.call("echo", Integer.class, Args.named("arg", 1))).isEqualTo(1);
            for (Map.Entry<Integer, String> refusal : Map.of(
                            AMQP.INTERNAL_ERROR, "INTERNAL_ERROR - access to vhost '/' refused: vhost '/' is down",
                            AMQP.NOT_ALLOWED,
                                    "NOT_ALLOWED - access to vhost '/' refused: connection limit (1) is reached")
                    .entrySet()) {
                int before = proxy.refusals();
                proxy.closeConnection(Method.CONNECTION_OPEN, refusal.getKey(), refusal.getValue());
                proxy.cut();
                await(() -> proxy.refusals() >= before + 4);
                await(() -> !client.isReady());
                Thread.ofVirtual().start(() -> {
                    int then = proxy.refusals();
                    await(() -> proxy.refusals() >= then + 4);
                    proxy.permitAll();
                });
                assertThat(client.call("echo", Integer.class, Args.named("arg", 2)))
                        .isEqualTo(2);
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
