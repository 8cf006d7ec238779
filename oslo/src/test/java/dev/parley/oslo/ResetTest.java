package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.Args;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.RpcTimeoutException;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Options that are read again from a configuration file that has changed. */
@SuppressWarnings("try") // The servers are never referenced.
class ResetTest extends OnBroker {
    private static final String QUICK = "rabbit_retry_interval = 0.05\nrabbit_retry_backoff = 0\n";

    @TempDir
    private Path folder;

    private void configure(String url, String defaults, String rabbit) throws IOException {
        Files.writeString(
                folder.resolve("nova.conf"),
                "[DEFAULT]\ntransport_url = " + url + "\n" + defaults + "\n[oslo_messaging_rabbit]\n" + QUICK + rabbit);
    }

    private String address() {
        return Transport.fromConfig(folder.resolve("nova.conf")).address();
    }

    private RpcServer serve() {
        return RpcServer.builder()
                .endpoint(new Endpoint())
                .listen(this::address, Target.topic("test").withServer("server1"))
                .build()
                .start();
    }

    private RpcClient connect() {
        return RpcClient.builder(this::address).target(Target.topic("test")).build();
    }

    @Test
    void aServerAnswersPingsAfterAReset() throws Exception {
        configure(broker.address(), "", "");
        try (RpcServer server = serve();
                RpcClient client = connect()) {
            assertThatThrownBy(() -> client.call("oslo_rpc_server_ping", String.class))
                    .isInstanceOf(MethodNotFoundException.class);
            configure(broker.address(), "rpc_ping_enabled = true", "");
            server.reset();
            assertThat(client.call("oslo_rpc_server_ping", String.class)).isEqualTo("pong");
        }
    }

    @Test
    void aClientTakesTheNewDefaultTimeout() throws Exception {
        configure(broker.address(), "", "");
        try (RpcClient client = connect()) {
            configure(broker.address(), "rpc_response_timeout = 1", "");
            client.reset();
            assertThatThrownBy(() -> client.call("echo", Object.class, Args.named("arg", "x")))
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageStartingWith("no response to echo within 1 s");
        }
    }

    @Test
    void bothConnectToOtherHostsWhenTheOldOneIsGone() throws Exception {
        configure(broker.address(), "", "");
        try (EmbeddedBroker second =
                        EmbeddedBroker.builder().user("nova", "secret").start();
                RpcServer server = serve();
                RpcClient client = connect()) {
            assertThat(client.call("echo", Object.class, Args.named("arg", "x")))
                    .isEqualTo(Map.of("got", "x"));
            configure("rabbit://nova:secret@127.0.0.1:" + second.port() + "/", "", "");
            server.reset();
            client.reset();
            // The connections that are open stay.
            assertThat(client.call("echo", Object.class, Args.named("arg", "y")))
                    .isEqualTo(Map.of("got", "y"));
            assertThat(second.connections()).isEmpty();
            broker.close();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (second.consumers().size() < 4 && System.nanoTime() < end) {
                Thread.sleep(10);
            }
            assertThat(client.prepare(o -> o.withTimeout(Duration.ofSeconds(30)))
                            .call("echo", Object.class, Args.named("arg", "z")))
                    .isEqualTo(Map.of("got", "z"));
        }
    }

    @Test
    void whatCannotChangeIsNamedAndStays() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.parley.oslo.rpc.Reset");
        logger.addAppender(log);
        configure(broker.address(), "", "");
        try (RpcServer server = serve();
                RpcClient client = connect()) {
            configure(broker.address(), "control_exchange = other", "amqp_durable_queues = true");
            server.reset();
            assertThat(log.list)
                    .singleElement()
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .isEqualTo("changed, but used only by a client or server that is built anew: control_exchange,"
                            + " attributes of exchanges and queues");
            configure(broker.address(), "rpc_response_timeout = never", "");
            assertThatThrownBy(server::reset)
                    .isInstanceOf(InvalidTargetException.class)
                    .hasMessageContaining("rpc_response_timeout");
            assertThatThrownBy(client::reset).isInstanceOf(InvalidTargetException.class);
            assertThat(client.call("echo", Object.class, Args.named("arg", "x")))
                    .isEqualTo(Map.of("got", "x"));
        } finally {
            logger.detachAppender(log);
        }
    }
}
