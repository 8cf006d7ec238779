package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.RpcClient;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The options for the pauses between attempts to reconnect: one client waits for a year, the other one does not. */
@SuppressWarnings("try") // The clients are never called.
class ReconnectPausesTest {
    private static final int MANY = 20;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger =
            (Logger) LoggerFactory.getLogger("dev.parley.oslo.driver.rabbit.ReconnectingConnection");

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.setAdditive(true);
        logger.detachAppender(log);
    }

    @ParameterizedTest
    @CsvSource({
        // The first pause is up to the interval.
        "rabbit_retry_interval=31536000&rabbit_interval_max=31536000, 0,"
                + " rabbit_retry_interval=0.001&rabbit_retry_backoff=0",
        // Each further one is longer by the backoff.
        "rabbit_retry_interval=0&rabbit_retry_backoff=31536000&rabbit_interval_max=31536000, 1,"
                + " rabbit_retry_interval=0&rabbit_retry_backoff=0",
        // None is longer than the maximum,
        "rabbit_retry_interval=31536000&rabbit_interval_max=31536000, 0,"
                + " rabbit_retry_interval=31536000&rabbit_retry_backoff=31536000&rabbit_interval_max=0.001",
        // but for the splay, which is added to every one.
        "rabbit_retry_interval=0&rabbit_interval_max=0&kombu_reconnect_splay=31536000, 0,"
                + " rabbit_retry_interval=0&rabbit_interval_max=0&kombu_reconnect_splay=0.001"
    })
    void eachOptionHasItsEffect(String slow, int attempts, String quick) throws Exception {
        try (EmbeddedBroker one = EmbeddedBroker.builder().start();
                EmbeddedBroker two = EmbeddedBroker.builder().start();
                RpcClient waiting = RpcClient.connect(one.address() + "?" + slow, Target.topic("t"));
                RpcClient hurried = RpcClient.connect(two.address() + "?" + quick, Target.topic("t"))) {
            int first = one.port();
            int second = two.port();
            one.close();
            await(() -> lost() == 1);
            two.close();
            await(() -> failures(first) >= attempts && failures(second) >= MANY);
            assertThat(failures(first)).isEqualTo(attempts);
        }
    }

    private long lost() {
        return lines().stream().filter(line -> line.startsWith("lost the")).count();
    }

    private long failures(int port) {
        return lines().stream()
                .filter(line -> line.startsWith("attempt ") && line.contains(":" + port + ","))
                .count();
    }

    private List<String> lines() {
        return List.copyOf(log.list).stream()
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.holds() && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        assertThat(condition.holds()).isTrue();
    }
}
