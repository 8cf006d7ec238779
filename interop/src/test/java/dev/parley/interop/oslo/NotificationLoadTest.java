package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.RabbitMq;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Notifications through restarts of RabbitMQ and of their listener: none is lost, none is invented. How many is set by
 * {@code -Dparley.notifications}, a million by {@code 1000000}.
 */
@NeedsPeer(Peer.RABBITMQ)
class NotificationLoadTest {
    private static final int COUNT = Integer.getInteger("parley.notifications", 30_000);

    @TempDir
    Path folder;

    @Test
    void nothingIsLostWhileTheBrokerRestartsAndTheListenerIsKilled() throws Exception {
        try (RabbitMq rabbit = RabbitMq.start();
                NotificationLoad load = new NotificationLoad(
                        rabbit.transportUrl()
                                + "?amqp_durable_queues=true&rabbit_retry_interval=0.2&rabbit_interval_max=1",
                        COUNT,
                        folder)) {
            int tenth = COUNT / 10;
            for (int part = 0; part < 10; part++) {
                int first = part * tenth;
                CompletableFuture<Void> publishing = CompletableFuture.runAsync(
                        () -> {
                            try {
                                load.publish(first, first == 9 * tenth ? COUNT : first + tenth);
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        },
                        task -> Thread.ofPlatform().start(task));
                if (part % 3 == 1) {
                    rabbit.ctl("stop_app");
                    rabbit.ctl("start_app");
                } else if (part % 3 == 2) {
                    rabbit.ctl("close_all_connections", "cut by a test");
                }
                load.killListener();
                publishing.join();
            }
            load.assertAllArrive();
            assertThat(load.received().cardinality()).isEqualTo(COUNT);
        }
    }
}
