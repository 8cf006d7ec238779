package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Batches of notifications, and all that the classes above test. */
@SuppressWarnings({"try", "UnusedMethod"}) // The listeners are never referenced; methods are called by name.
abstract class BatchReceiveBehaviour extends LifeCycleBehaviour {
    private static final Duration LONG = Duration.ofMinutes(30);
    private static final Duration SHORT = Duration.ofMillis(20);

    /** Notes the event types of each batch. */
    public static class Batches {
        final BlockingQueue<List<String>> infos = new LinkedBlockingQueue<>();
        final BlockingQueue<List<String>> all = new LinkedBlockingQueue<>();

        public NotificationResult info(List<Notification<Instance>> batch) {
            List<String> types = batch.stream().map(Notification::eventType).toList();
            infos.add(types);
            all.add(types);
            if (types.contains("poison")) {
                throw new IllegalStateException("poison");
            }
            return NotificationResult.HANDLED;
        }

        public void error(List<Map<String, Object>> batch) {
            all.add(batch.stream()
                    .map(each -> String.valueOf(each.get("event_type")))
                    .toList());
            assertThat(batch.getFirst()).containsOnlyKeys("ctxt", "publisher_id", "event_type", "payload", "metadata");
        }
    }

    private void sendInstance(String priority, String eventType) throws Exception {
        publisher().send(priority, eventType, new Instance("i-1", 1));
    }

    @Test
    void batchesAreFullOrTheirFirstHasWaitedLongEnough() throws Exception {
        Batches endpoint = new Batches();
        try (NotificationListener listener =
                listener().endpoint(endpoint).batch(3, LONG).build().start()) {
            for (int i = 0; i < 6; i++) {
                sendInstance("info", "e" + i);
            }
            assertThat(next(endpoint.infos)).containsExactly("e0", "e1", "e2");
            assertThat(next(endpoint.infos)).containsExactly("e3", "e4", "e5");
            sendInstance("info", "e6");
            // Waits for more until the listener stops; then it goes back.
            until(() -> listener.counts().handled() == 6);
        }
        try (NotificationListener listener =
                listener().endpoint(endpoint).batch(1000, SHORT).build().start()) {
            assertThat(next(endpoint.infos)).containsExactly("e6");
            until(() -> listener.counts().handled() == 1);
        }
    }

    @Test
    void batchesKeepTheOrderAcrossPriorities() throws Exception {
        Batches endpoint = new Batches();
        BlockingQueue<List<String>> mixed = new LinkedBlockingQueue<>();
        CountDownLatch release = new CountDownLatch(1);
        try (NotificationListener methods =
                        listener().endpoint(endpoint).batch(5, LONG).build().start();
                NotificationListener functions = listener()
                        .pool("mixed")
                        .onBatch(batch -> mixed.add(
                                batch.stream().map(Notification::eventType).toList()))
                        .batch(5, LONG)
                        .build()
                        .start()) {
            for (String type : List.of("info.a", "info.b", "error.c", "info.d", "error.e")) {
                sendInstance(type.substring(0, type.indexOf('.')), type);
                // Each priority has a queue of its own, and only what is published later arrives later.
                release.await(50, java.util.concurrent.TimeUnit.MILLISECONDS);
            }
            assertThat(next(endpoint.all)).containsExactly("info.a", "info.b");
            assertThat(next(endpoint.all)).containsExactly("error.c");
            assertThat(next(endpoint.all)).containsExactly("info.d");
            assertThat(next(endpoint.all)).containsExactly("error.e");
            assertThat(next(mixed)).containsExactly("info.a", "info.b", "error.c", "info.d", "error.e");
        }
    }

    @Test
    void oneThatFailsDoesNotTakeItsBatchToTheDeadLetters() throws Exception {
        Batches endpoint = new Batches();
        try (NotificationListener listener = listener()
                .endpoint(endpoint)
                .batch(3, Duration.ofMillis(200))
                .allowRequeue(2, SHORT, SHORT)
                .build()
                .start()) {
            sendInstance("info", "a");
            sendInstance("info", "poison");
            sendInstance("info", "b");
            assertThat(next(endpoint.infos)).containsExactly("a", "poison", "b");
            until(() ->
                    listener.counts().deadLettered() == 1 && listener.counts().handled() == 2);
            assertThat(endpoint.infos)
                    .hasSize(4)
                    .allSatisfy(batch -> assertThat(batch).hasSize(1));
        }
    }

    @Test
    void whatDoesNotFitLeavesItsBatch() throws Exception {
        Batches endpoint = new Batches();
        try (NotificationListener listener =
                listener().endpoint(endpoint).batch(3, LONG).build().start()) {
            sendInstance("info", "a");
            publisher().send("info", "bad", 5);
            sendInstance("info", "b");
            assertThat(next(endpoint.infos)).containsExactly("a", "b");
            until(() -> listener.counts().handled() == 2);
            assertThat(listener.counts().deadLettered()).isEqualTo(1);
        }
    }
}
