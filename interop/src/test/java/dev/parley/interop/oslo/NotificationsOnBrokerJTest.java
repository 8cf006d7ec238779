package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.QpidBroker;
import dev.parley.oslo.notify.ListenerCounts;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.NotificationResult;
import dev.parley.oslo.notify.Notifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Notifications on Apache Qpid Broker-J, which cannot delay messages: the listener holds them. */
@SuppressWarnings({"try", "UnusedMethod"}) // The listeners are never referenced; methods are called by name.
class NotificationsOnBrokerJTest {
    private static QpidBroker broker;

    @BeforeAll
    static void start() {
        broker = QpidBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** Requeues once, or for ever. */
    public static class Endpoint {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public NotificationResult info(Notification<Integer> notification) {
            String event = notification.eventType();
            seen.add(event);
            boolean again = event.equals("poison")
                    || event.equals("again")
                            && seen.stream().filter(event::equals).count() < 2;
            return again ? NotificationResult.REQUEUE : NotificationResult.HANDLED;
        }
    }

    @Test
    void requeuedOnesComeAgainUpToTheLimit() throws Exception {
        Endpoint endpoint = new Endpoint();
        BlockingQueue<String> pooled = new LinkedBlockingQueue<>();
        try (NotificationListener listener = NotificationListener.builder(broker.transportUrl())
                        .topics("alarms")
                        .endpoint(endpoint)
                        .allowRequeue(2, Duration.ofMillis(50), Duration.ofMillis(50))
                        .build()
                        .start();
                NotificationListener pool = NotificationListener.builder(broker.transportUrl())
                        .topics("alarms")
                        .pool("copies")
                        .on(notification -> pooled.add(notification.eventType()))
                        .build()
                        .start();
                Notifier notifier = Notifier.builder(broker.transportUrl())
                        .publisherId("p")
                        .topics("alarms")
                        .build()) {
            notifier.info("again", 1);
            notifier.info("poison", 2);
            List<String> plain = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                notifier.info("e" + i, i);
                plain.add("e" + i);
            }
            until(() -> listener.counts().equals(new ListenerCounts(51, 3, 1, 0)));
            until(() -> pool.counts().handled() == 52);
            assertThat(endpoint.seen.stream().filter(event -> event.startsWith("e")))
                    .containsExactlyElementsOf(plain);
            assertThat(endpoint.seen.stream().filter("poison"::equals)).hasSize(3);
            assertThat(endpoint.seen.stream().filter("again"::equals)).hasSize(2);
        }
    }
}
