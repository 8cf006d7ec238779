package dev.parley.interop.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import dev.parley.oslo.notify.FilterRule;
import dev.parley.oslo.notify.ListenerCounts;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.NotificationListener;
import dev.parley.oslo.notify.NotificationResult;
import dev.parley.oslo.notify.Priority;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Notifications of Python's notifier, received in Java. */
@SuppressWarnings({"try", "UnusedMethod"}) // The listeners are never referenced; methods are called by name.
@NeedsPeer({Peer.OSLO_MESSAGING, Peer.OSLO_MESSAGING_14})
abstract class PythonNotifies {
    private static final Duration SHORT = Duration.ofMillis(50);

    private final String topic = "n-" + UUID.randomUUID();

    /** The broker's transport URL. */
    abstract String url();

    /** The same with the options that Python needs there, and Parley does not. */
    String pythonUrl() {
        return url();
    }

    private NotificationListener.Builder listener(String options) {
        return NotificationListener.builder(
                        url() + (options.isEmpty() ? "" : (url().contains("?") ? "&" : "?") + options))
                .topics(topic);
    }

    private PeerProcess notifier(Peer python, String... options) {
        List<String> arguments = new ArrayList<>(List.of(pythonUrl()));
        arguments.addAll(List.of(options));
        return PeerProcess.start(python, "oslo_notifier.py", arguments.toArray(new String[0]));
    }

    private void send(PeerProcess notifier, String priority, String event, Map<String, ?> more) {
        Map<String, Object> line =
                new LinkedHashMap<>(Map.of("priority", priority, "event_type", event, "topics", List.of(topic)));
        line.putAll(more);
        JsonNode answer = notifier.call(line);
        assertThat(answer.has("ok")).as(answer.toString()).isTrue();
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("something within 30 s").isNotNull();
        return next;
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    record Payload(
            String text,
            List<Integer> list,
            Map<String, Boolean> nested,
            BigInteger big,
            @Nullable Object none) {}

    /** Takes a typed payload. */
    public static class Typed {
        final BlockingQueue<Notification<Payload>> seen = new LinkedBlockingQueue<>();

        public void info(Notification<Payload> notification) {
            seen.add(notification);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void allLevelsInBothFormats(Peer python) throws Exception {
        Typed endpoint = new Typed();
        BlockingQueue<Notification<Object>> all = new LinkedBlockingQueue<>();
        try (PeerProcess notifier = notifier(python)) {
            // Before the first listener: the publisher has declared the queue.
            BigInteger big = BigInteger.TWO.pow(70);
            Map<String, Object> payload = new LinkedHashMap<>();
            payload.put("text", "größer ☃ \"quoted\"");
            payload.put("list", List.of(1, 2));
            payload.put("nested", Map.of("a", true));
            payload.put("big", big);
            payload.put("none", null);
            for (String driver : List.of("messaging", "messagingv2")) {
                send(
                        notifier,
                        "info",
                        "before." + driver,
                        Map.of(
                                "payload",
                                payload,
                                "driver",
                                driver,
                                "publisher_id",
                                "compute.host9",
                                "context",
                                Map.of("user_id", "u1", "project_id", "p1", "request_id", "req-1")));
            }
            try (NotificationListener listener = listener("")
                    .endpoint(endpoint)
                    .on(all::add, Priority.values())
                    .build()
                    .start()) {
                for (String driver : List.of("messaging", "messagingv2")) {
                    Notification<Payload> got = next(endpoint.seen);
                    assertThat(got.eventType()).isEqualTo("before." + driver);
                    assertThat(got.payload())
                            .isEqualTo(new Payload("größer ☃ \"quoted\"", List.of(1, 2), Map.of("a", true), big, null));
                    assertThat(got.publisherId()).isEqualTo("compute.host9");
                    assertThat(got.messageId()).hasSize(36);
                    assertThat(got.timestamp()).isBetween(Instant.now().minusSeconds(300), Instant.now());
                    assertThat(got.context()).containsEntry("project_id", "p1").containsEntry("request_id", "req-1");
                    assertThat(next(all).eventType()).isEqualTo("before." + driver);
                }
                for (Priority priority : Priority.values()) {
                    if (priority == Priority.INFO) {
                        continue;
                    }
                    send(notifier, priority.key(), "level." + priority.key(), Map.of("payload", 1));
                    Notification<Object> got = next(all);
                    assertThat(got.priority()).isEqualTo(priority);
                    assertThat(got.eventType()).isEqualTo("level." + priority.key());
                }
                until(() -> listener.counts().handled() == 8);
            }
        }
    }

    /** Fails as often as it is told. */
    public static class Failing {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public NotificationResult info(
                Map<String, Object> context,
                String publisherId,
                String eventType,
                Object payload,
                Map<String, Object> metadata) {
            seen.add(eventType);
            if (eventType.equals("poison")) {
                throw new IllegalStateException(
                        "poison of " + publisherId + metadata.size() + context.size() + payload);
            }
            return seen.stream().filter(eventType::equals).count() < 2
                    ? NotificationResult.REQUEUE
                    : NotificationResult.HANDLED;
        }
    }

    private void requeue(Peer python, String option, String... options) throws Exception {
        Failing endpoint = new Failing();
        try (NotificationListener listener = listener(option)
                        .endpoint(endpoint)
                        .allowRequeue(2, SHORT, SHORT.multipliedBy(2))
                        .build()
                        .start();
                PeerProcess notifier = notifier(python, options)) {
            send(notifier, "info", "again", Map.of());
            send(notifier, "info", "poison", Map.of());
            until(() -> listener.counts().equals(new ListenerCounts(1, 3, 1, 0)));
            assertThat(endpoint.seen).containsExactlyInAnyOrder("again", "again", "poison", "poison", "poison");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void requeuedOnesComeAgainUpToTheLimit(Peer python) throws Exception {
        requeue(python, "");
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void alsoInQuorumQueues(Peer python) throws Exception {
        requeue(
                python,
                "rabbit_quorum_queue=True&control_exchange=quorum-" + topic,
                "--conf",
                "oslo_messaging_rabbit.rabbit_quorum_queue=true",
                "--exchange",
                "quorum-" + topic);
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void pythonAndJavaShareAPool(Peer python) throws Exception {
        BlockingQueue<String> pooled = new LinkedBlockingQueue<>();
        BlockingQueue<String> plain = new LinkedBlockingQueue<>();
        String pool = "pool-" + topic;
        try (PeerProcess other = PeerProcess.start(
                        python, "oslo_notifications.py", pythonUrl(), "--topic", topic, "--pool", pool);
                NotificationListener member = listener("")
                        .pool(pool)
                        .prefetch(1)
                        .on(
                                notification -> pooled.add(notification.eventType()),
                                Priority.INFO,
                                Priority.WARN,
                                Priority.ERROR)
                        .build()
                        .start();
                NotificationListener unpooled = listener("")
                        .on(notification -> plain.add(notification.eventType()), Priority.INFO)
                        .build()
                        .start();
                PeerProcess notifier = notifier(python)) {
            other.ready();
            for (int i = 0; i < 40; i++) {
                send(notifier, "info", "e" + i, Map.of("payload", i));
            }
            until(() -> unpooled.counts().handled() == 40);
            BlockingQueue<String> pythons = new LinkedBlockingQueue<>();
            // Beside the test, which cannot know which of the two gets the last one.
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        pythons.add(other.json("notification")
                                .at("/notification/event_type")
                                .asString());
                    }
                } catch (AssertionError ended) {
                    // The program has been closed.
                }
            });
            until(() -> pythons.size() + pooled.size() == 40);
            List<String> together = new ArrayList<>(pythons);
            assertThat(pooled).as("what Java got of the pool").isNotEmpty();
            assertThat(together).as("what Python got of the pool").isNotEmpty();
            together.addAll(pooled);
            assertThat(together).hasSize(40).doesNotHaveDuplicates();
            assertThat(plain).hasSize(40).startsWith("e0", "e1", "e2");
        }
    }

    /** Takes batches. */
    public static class Batches {
        final BlockingQueue<List<Object>> seen = new LinkedBlockingQueue<>();

        public void info(List<Notification<Object>> batch) {
            seen.add(batch.stream().map(Notification::payload).toList());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void batches(Peer python) throws Exception {
        Batches endpoint = new Batches();
        try (NotificationListener listener = listener("")
                        .endpoint(endpoint)
                        .batch(5, Duration.ofMinutes(10))
                        .build()
                        .start();
                PeerProcess notifier = notifier(python, "--conf", "oslo_messaging_rabbit.kombu_compression=gzip")) {
            for (int i = 0; i < 10; i++) {
                send(notifier, "info", "x", Map.of("payload", i));
            }
            assertThat(next(endpoint.seen)).containsExactly(0, 1, 2, 3, 4);
            assertThat(next(endpoint.seen)).containsExactly(5, 6, 7, 8, 9);
            until(() -> listener.counts().handled() == 10);
        }
    }

    /** Takes what a filter selects. */
    @FilterRule(eventType = "compute\\.instance\\.\\w+\\.end$", payload = "state=active|error")
    public static class Ends {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public void info(Notification<Map<String, Object>> notification) {
            seen.add(notification.eventType());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OSLO_MESSAGING", "OSLO_MESSAGING_14"})
    void filters(Peer python) throws Exception {
        Ends endpoint = new Ends();
        try (NotificationListener listener =
                        listener("").endpoint(endpoint).build().start();
                PeerProcess notifier = notifier(python)) {
            for (String event : List.of("compute.instance.create.start", "compute.instance.create.end", "a.b")) {
                send(notifier, "info", event, Map.of("payload", Map.of("state", "active")));
            }
            send(notifier, "info", "compute.instance.delete.end", Map.of("payload", Map.of("state", 1)));
            until(() -> listener.counts().handled() == 4);
            assertThat(endpoint.seen).containsExactly("compute.instance.create.end");
        }
    }
}
