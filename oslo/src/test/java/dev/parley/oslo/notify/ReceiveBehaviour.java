package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a listener does with notifications, on every broker. */
@SuppressWarnings("try") // The listeners are never referenced.
abstract class ReceiveBehaviour {
    /** The broker's address. */
    abstract String address();

    abstract PublishedNotifications publisher();

    NotificationListener.Builder listener() {
        return NotificationListener.builder(address()).topics("notifications");
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("something within 30 s").isNotNull();
        return next;
    }

    record Instance(String instanceId, int vcpus) {}

    /** Takes two levels. */
    @SuppressWarnings("UnusedMethod") // Called by name.
    public static class Instances {
        final BlockingQueue<Notification<Instance>> infos = new LinkedBlockingQueue<>();
        final BlockingQueue<Notification<Map<String, Object>>> errors = new LinkedBlockingQueue<>();

        public void info(Notification<Instance> notification) {
            infos.add(notification);
        }

        public void error(Notification<Map<String, Object>> notification) {
            errors.add(notification);
        }
    }

    @Test
    void methodsGetTypedNotifications() throws Exception {
        Instances endpoint = new Instances();
        try (NotificationListener listener =
                listener().endpoint(endpoint).build().start()) {
            publisher().send("info", "compute.instance.create.end", new Instance("i-1", 4));
            publisher().send("error", "compute.instance.create.error", Map.of("code", 500));
            Notification<Instance> info = next(endpoint.infos);
            assertThat(info.payload()).isEqualTo(new Instance("i-1", 4));
            assertThat(info.eventType()).isEqualTo("compute.instance.create.end");
            assertThat(info.publisherId()).isEqualTo("compute.host1");
            assertThat(info.priority()).isEqualTo(Priority.INFO);
            assertThat(info.timestamp()).isEqualTo(Instant.parse("2026-11-22T18:06:26.995570Z"));
            assertThat(info.messageId()).hasSize(36);
            assertThat(info.context()).containsEntry("project_id", "shop");
            assertThat(next(endpoint.errors).payload()).containsEntry("code", 500);
        }
    }
}
