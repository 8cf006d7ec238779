package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.oslo.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a listener does with notifications, on every broker. */
@SuppressWarnings({"try", "UnusedMethod"}) // The listeners are never referenced; methods are called by name.
abstract class ReceiveBehaviour {
    private static final Duration SHORT = Duration.ofMillis(20);

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

    static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    void send(String priority, String eventType) throws Exception {
        publisher().send(priority, eventType, Map.of("n", 1));
    }

    record Instance(String instanceId, int vcpus) {}

    /** Takes two levels. */
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

    /** Notes what it gets, and does with it what it is told. */
    public static class Recorder {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        volatile Fate fate = event -> NotificationResult.HANDLED;

        /** What happens to a notification. */
        interface Fate {
            @Nullable
            NotificationResult of(String eventType) throws Exception;
        }

        public @Nullable NotificationResult info(Notification<Object> notification) throws Exception {
            seen.add(notification.eventType());
            return fate.of(notification.eventType());
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
            until(() -> listener.counts().handled() == 2);
            assertThat(listener.counts()).isEqualTo(new ListenerCounts(2, 0, 0, 0));
        }
    }

    @Test
    void whatANotifierPublishesArrives() throws Exception {
        Instances endpoint = new Instances();
        try (NotificationListener listener =
                        listener().endpoint(endpoint).build().start();
                Notifier notifier =
                        Notifier.builder(address()).publisherId("compute.host2").build()) {
            notifier.with(Map.of("project_id", "shop")).info("a", new Instance("i-3", 8));
            notifier.error("b", Map.of("code", 404));
            Notification<Instance> info = next(endpoint.infos);
            assertThat(info.payload()).isEqualTo(new Instance("i-3", 8));
            assertThat(info.publisherId()).isEqualTo("compute.host2");
            assertThat(info.context()).containsEntry("project_id", "shop");
            assertThat(next(endpoint.errors).payload()).containsEntry("code", 404);
        }
    }

    @Test
    void methodsMayHaveTheFiveArgumentsOfPython() throws Exception {
        record Got(
                RequestContext context, String publisher, String event, Instance payload, Map<String, Object> meta) {}
        BlockingQueue<Got> got = new LinkedBlockingQueue<>();
        Object endpoint = new Object() {
            public void warn(
                    RequestContext context,
                    String publisher,
                    String event,
                    Instance payload,
                    Map<String, Object> meta) {
                got.add(new Got(context, publisher, event, payload, meta));
            }
        };
        try (NotificationListener listener =
                listener().endpoint(endpoint).build().start()) {
            publisher().send("warn", "compute.slow", new Instance("i-2", 1));
            Got first = next(got);
            assertThat(first.context().projectId()).isEqualTo("shop");
            assertThat(first.publisher()).isEqualTo("compute.host1");
            assertThat(first.event()).isEqualTo("compute.slow");
            assertThat(first.payload()).isEqualTo(new Instance("i-2", 1));
            assertThat(first.meta().get("timestamp")).isEqualTo("2026-11-22 18:06:26.995570");
            assertThat(String.valueOf(first.meta().get("message_id"))).hasSize(36);
        }
    }

    /** An endpoint whose payload is known to its subclasses only. */
    public abstract static class Base<P> {
        final BlockingQueue<Object> payloads = new LinkedBlockingQueue<>();

        public void info(Notification<P> notification) {
            payloads.add(notification.payload());
        }
    }

    /** Knows it. */
    public static class Lists extends Base<List<Instance>> {}

    @Test
    void typesOfGenericClassesAreResolved() throws Exception {
        Lists endpoint = new Lists();
        try (NotificationListener listener =
                listener().endpoint(endpoint).build().start()) {
            publisher().send("info", "x", List.of(new Instance("i-1", 4)));
            assertThat(next(endpoint.payloads)).isEqualTo(List.of(new Instance("i-1", 4)));
        }
    }

    @Test
    void endpointsAreCalledInOrderAndARequeueStopsTheLaterOnes() throws Exception {
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        Recorder middle = new Recorder();
        middle.fate = event -> {
            calls.add("middle");
            return middle.seen.size() == 1 ? NotificationResult.REQUEUE : null;
        };
        try (NotificationListener listener = listener()
                .on(notification -> calls.add("first"))
                .endpoint(middle)
                .on(notification -> calls.add("last"))
                .allowRequeue(3, SHORT, SHORT)
                .build()
                .start()) {
            send("info", "x");
            until(() -> listener.counts().handled() == 1);
            assertThat(calls).containsExactly("first", "middle", "first", "middle", "last");
            assertThat(listener.counts()).isEqualTo(new ListenerCounts(1, 1, 0, 0));
        }
    }

    @Test
    void whatFailsIsDeliveredAgainUpToTheLimitAndThenDeadLettered() throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            throw new IllegalStateException("the database is gone");
        };
        try (NotificationListener listener = listener()
                .endpoint(endpoint)
                .allowRequeue(2, SHORT, SHORT.multipliedBy(2))
                .build()
                .start()) {
            send("info", "x");
            until(() -> listener.counts().deadLettered() == 1);
            assertThat(endpoint.seen).containsExactly("x", "x", "x");
            assertThat(listener.counts()).isEqualTo(new ListenerCounts(0, 2, 1, 0));
        }
        // It is in neither queue any more.
        try (NotificationListener listener =
                listener().endpoint(endpoint).build().start()) {
            endpoint.fate = event -> NotificationResult.HANDLED;
            send("info", "y");
            until(() -> listener.counts().handled() == 1);
            assertThat(endpoint.seen).containsExactly("x", "x", "x", "y");
        }
    }

    @Test
    void byOptionWhatFailsIsLostAsInPython() throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> {
            if (event.equals("requeue")) {
                return NotificationResult.REQUEUE;
            }
            throw new IllegalStateException("poison");
        };
        try (NotificationListener listener = listener()
                .endpoint(endpoint)
                .dropFailed()
                .allowRequeue(0, Duration.ZERO, Duration.ZERO)
                .build()
                .start()) {
            send("info", "requeue");
            send("info", "throw");
            publisher().raw("openstack", "notifications.info", "not JSON");
            until(() -> listener.counts().dropped() == 3);
            assertThat(endpoint.seen).containsExactly("requeue", "throw");
        }
    }

    @Test
    void oneThatWaitsForItsRedeliveryBlocksNoOther() throws Exception {
        Recorder endpoint = new Recorder();
        endpoint.fate = event -> event.startsWith("bad") ? NotificationResult.REQUEUE : null;
        try (NotificationListener listener = listener()
                .endpoint(endpoint)
                .prefetch(1)
                .allowRequeue(1, Duration.ofDays(1), Duration.ofDays(1))
                .build()
                .start()) {
            for (int i = 0; i < 10; i++) {
                send("info", "bad" + i);
            }
            send("info", "good");
            until(() -> listener.counts().handled() == 1);
            assertThat(listener.counts().requeued()).isEqualTo(10);
        }
    }

    @Test
    void anUnknownPriorityIsAcknowledged() throws Exception {
        Recorder endpoint = new Recorder();
        try (NotificationListener listener =
                listener().endpoint(endpoint).build().start()) {
            String template = "{\"event_type\": \"%s\", \"priority\": \"%s\", \"payload\": {}}";
            publisher().raw("openstack", "notifications.info", template.formatted("x", "URGENT"));
            // Of a level that no endpoint takes, and as the command line of oslo.messaging writes it.
            publisher().raw("openstack", "notifications.info", template.formatted("y", "ERROR"));
            publisher().raw("openstack", "notifications.info", template.formatted("z", "info"));
            until(() -> listener.counts().handled() == 3);
            assertThat(endpoint.seen).containsExactly("z");
        }
    }

    @Test
    void malformedNotificationsAreDeadLettered() throws Exception {
        Instances endpoint = new Instances();
        BlockingQueue<String> others = new LinkedBlockingQueue<>();
        try (NotificationListener listener = listener()
                .on(notification -> others.add(notification.eventType()), Priority.INFO)
                .endpoint(endpoint)
                .build()
                .start()) {
            publisher().raw("openstack", "notifications.info", "[1]");
            publisher().raw("openstack", "notifications.info", "{\"priority\": \"INFO\"}");
            // Does not fit the type that one of two endpoints asks for: nobody handles it by half.
            publisher().send("info", "bad", Map.of("instanceId", "i-1", "vcpus", "many"));
            publisher().send("info", "good", new Instance("i-1", 2));
            assertThat(next(endpoint.infos).eventType()).isEqualTo("good");
            until(() -> listener.counts().handled() == 1);
            assertThat(listener.counts()).isEqualTo(new ListenerCounts(1, 0, 3, 0));
            assertThat(others).containsExactly("good");
        }
    }

    @FilterRule(
            eventType = "compute\\.instance\\.(create|delete)",
            publisherId = "compute\\.",
            context = "project_id=^shop$",
            metadata = "timestamp=2026-",
            payload = "state=active")
    public static class Filtered {
        final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        public void info(Notification<Object> notification) {
            seen.add(notification.eventType());
        }
    }

    @Test
    void filtersSelect() throws Exception {
        Filtered annotated = new Filtered();
        Filtered overridden = new Filtered();
        BlockingQueue<String> function = new LinkedBlockingQueue<>();
        NotificationFilter updates =
                NotificationFilter.builder().eventType(".*\\.update").build();
        try (NotificationListener listener = listener()
                .endpoint(annotated)
                .endpoint(updates, overridden)
                .on(updates, notification -> function.add(notification.eventType()))
                .build()
                .start()) {
            publisher().send("info", "compute.instance.create.end", Map.of("state", "active", "n", 1));
            publisher().send("info", "compute.instance.delete.end", Map.of("state", "error"));
            publisher().send("info", "compute.instance.delete.start", Map.of("state", 1));
            publisher().send("info", "compute.instance.update", Map.of("state", "active"));
            publisher().send("info", "network.compute.instance.create", Map.of("state", "active"));
            publisher().send("info", "compute.instance.create.start", "no members");
            until(() -> listener.counts().handled() == 6);
            assertThat(annotated.seen).containsExactly("compute.instance.create.end");
            assertThat(overridden.seen).containsExactly("compute.instance.update");
            assertThat(function).containsExactly("compute.instance.update");
        }
    }

    @Test
    void oneListenerHasSeveralTargets() throws Exception {
        Recorder endpoint = new Recorder();
        try (NotificationListener listener = listener()
                .topics("alarms", "notifications")
                .target(Target.topic("notifications").withExchange("neutron"))
                .endpoint(endpoint)
                .build()
                .start()) {
            send("info", "one");
            assertThat(next(endpoint.seen)).isEqualTo("one");
            publisher().send("openstack", "alarms", "info", "two", null, Map.of());
            assertThat(next(endpoint.seen)).isEqualTo("two");
            publisher().send("neutron", "notifications", "info", "three", null, Map.of());
            assertThat(next(endpoint.seen)).isEqualTo("three");
            until(() -> listener.counts().handled() == 3);
        }
    }

    @Test
    void everyPoolGetsACopyThatItsMembersShare() throws Exception {
        Recorder[] members = {new Recorder(), new Recorder()};
        Recorder other = new Recorder();
        Recorder plain = new Recorder();
        NotificationListener.Builder billing = listener()
                .target(Target.topic("notifications").withExchange("neutron"))
                .pool("billing");
        try (NotificationListener one = billing.endpoint(members[0]).build().start();
                NotificationListener two = listener()
                        .target(Target.topic("notifications").withExchange("neutron"))
                        .pool("billing")
                        .endpoint(members[1])
                        .build()
                        .start();
                NotificationListener audit =
                        listener().pool("audit").endpoint(other).build().start();
                NotificationListener unpooled =
                        listener().endpoint(plain).build().start()) {
            for (int i = 0; i < 20; i++) {
                send("info", "e" + i);
            }
            publisher().send("neutron", "notifications", "info", "n", null, Map.of());
            until(() -> one.counts().handled() + two.counts().handled() == 21);
            until(() -> audit.counts().handled() == 20);
            until(() -> unpooled.counts().handled() == 20);
            assertThat(members[0].seen).isNotEmpty();
            assertThat(members[1].seen).isNotEmpty();
            List<String> together = new ArrayList<>(members[0].seen);
            together.addAll(members[1].seen);
            assertThat(together).hasSize(21).doesNotHaveDuplicates();
        }
    }

    @Test
    void aSerializerConvertsContextAndPayload() throws Exception {
        Serializer serializer = new Serializer() {
            @Override
            public @Nullable Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return entity;
            }

            @Override
            public Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return Map.of("instanceId", context.get("project") + "/" + entity, "vcpus", 1);
            }

            @Override
            public Map<String, @Nullable Object> deserializeContext(Map<String, @Nullable Object> context) {
                return Map.of("project", String.valueOf(context.get("project_id")));
            }
        };
        Instances endpoint = new Instances();
        try (NotificationListener listener =
                listener().endpoint(endpoint).serializer(serializer).build().start()) {
            publisher().send("info", "x", "i-9");
            Notification<Instance> got = next(endpoint.infos);
            assertThat(got.payload()).isEqualTo(new Instance("shop/i-9", 1));
            assertThat(got.context()).isEqualTo(Map.of("project", "shop"));
        }
    }
}
