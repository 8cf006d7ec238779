package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.OverloadedException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.broker.Permissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What happens to notifications that cannot be sent at once. */
class OutboxTest extends OnNotifyBroker {
    @Test
    void aBrokerThatStartsLaterGetsEverythingInOrder() throws Exception {
        int port = broker.port();
        broker.close();
        try (Notifier notifier = builder().build()) {
            for (int i = 0; i < 1000; i++) {
                notifier.info("evt", i);
            }
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 0, 1000, 0));
            assertThat(notifier.flush(Duration.ofMillis(10))).isFalse();
            broker = EmbeddedBroker.builder().port(port).start();
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(1000, 0, 0, 0));
            assertInOrder(consume("notifications.info"), 1000);
        }
    }

    @Test
    void whatIsTooLateIsToldToTheHandler() throws Exception {
        broker.close();
        try (Notifier notifier = builder().deadline(Duration.ofMillis(300)).build()) {
            notifier.with(Map.of("user_id", "u1")).error("disk.full", Map.of("disk", "sda"));
            Failure failure = failure();
            assertThat(failure.error())
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("could not be sent in time: failed to connect to the broker");
            assertThat(failure.notification().eventType()).isEqualTo("disk.full");
            assertThat(failure.notification().publisherId()).isEqualTo("test");
            assertThat(failure.notification().priority()).isEqualTo(Priority.ERROR);
            assertThat(failure.notification().payload()).isEqualTo(Map.of("disk", "sda"));
            assertThat(failure.notification().context()).isEqualTo(Map.of("user_id", "u1"));
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 1, 0, 0));
        }
    }

    @Test
    void aFullOutboxTakesNoMore() throws Exception {
        broker.close();
        try (Notifier notifier =
                builder().outbox(10, 1 << 20).closeTimeout(Duration.ZERO).build()) {
            for (int i = 0; i < 11; i++) {
                notifier.info("evt", i);
            }
            Failure failure = failure();
            assertThat(failure.notification().payload()).isEqualTo(10);
            assertThat(failure.error())
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("the outbox is full: 10 notifications");
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 1, 10, 0));
        }
        // What was left fails with the close.
        for (int i = 0; i < 10; i++) {
            assertThat(failure().error()).isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void theOutboxIsLimitedInBytes() throws Exception {
        broker.close();
        try (Notifier notifier =
                builder().outbox(10, 10_000).closeTimeout(Duration.ZERO).build()) {
            notifier.info("evt", "x".repeat(6_000));
            notifier.info("evt", "y".repeat(6_000));
            assertThat(failure().notification().payload()).asString().startsWith("y");
            assertThat(notifier.counts().waiting()).isEqualTo(1);
        }
    }

    @Test
    void zeroMeansNowOrNotAtAll() throws Exception {
        try (Notifier notifier = builder().build()) {
            Notifier impatient = notifier.prepare(options -> options.withDeadline(Duration.ZERO));
            notifier.info("evt", 0);
            assertThat(notifier.flush(LONG)).isTrue();
            impatient.info("evt", 1);
            assertThat(notifier.flush(LONG)).isTrue();
            broker.close();
            await(() -> {
                impatient.info("evt", 2);
                return !failures.isEmpty();
            });
            assertThat(failure().error()).isInstanceOf(ConnectionLostException.class);
        }
    }

    @Test
    void orderIsKeptOverLostConnections() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = builder().outbox(100_000, 1 << 30).build()) {
            for (int i = 0; i < 20_000; i++) {
                notifier.info("evt", i);
                if (i % 1000 == 500) {
                    dropNotifiers();
                }
            }
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(20_000, 0, 0, 0));
            assertInOrder(bodies, 20_000);
        }
    }

    @Test
    void orderIsKeptOverRestartsOfTheBroker() throws Exception {
        int port = broker.port();
        try (Notifier notifier = builder().build()) {
            int sent = 0;
            for (int restart = 0; restart < 3; restart++) {
                broker.close();
                int first = sent;
                for (int i = 0; i < 500; i++) {
                    notifier.info("evt", sent++);
                }
                broker = EmbeddedBroker.builder().port(port).start();
                for (int i = 0; i < 500; i++) {
                    notifier.info("evt", sent++);
                }
                assertThat(notifier.flush(LONG)).isTrue();
                BlockingQueue<String> bodies = consume("notifications.info");
                for (int expected = first; expected < sent; ) {
                    int number = number(bodies.poll(60, TimeUnit.SECONDS));
                    assertThat(number).isLessThanOrEqualTo(expected);
                    expected = Math.max(expected, number + 1);
                }
            }
            assertThat(notifier.counts().failed()).isZero();
        }
    }

    @Test
    void aChannelThatConfirmsNothingIsReplaced() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = builder().build()) {
            notifier.info("evt", 0);
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(broker.faults().stallChannels()).isPositive();
            for (int i = 1; i < 100; i++) {
                notifier.info("evt", i);
            }
            assertInOrder(bodies, 100);
            assertThat(notifier.flush(LONG)).isTrue();
        }
    }

    @Test
    void aBlockedBrokerBlocksNobody() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = builder().build()) {
            notifier.info("evt", 0);
            assertThat(notifier.flush(LONG)).isTrue();
            broker.faults().memoryAlarm(true);
            for (int i = 1; i < 5000; i++) {
                notifier.info("evt", i);
            }
            broker.faults().memoryAlarm(false);
            assertThat(notifier.flush(LONG)).isTrue();
            assertInOrder(bodies, 5000);
        }
    }

    @Test
    void aMessageThatTheBrokerRefusesStopsNoOther() throws Exception {
        broker.close();
        broker = EmbeddedBroker.builder().maxMessageSize(10_000).start();
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = builder().build()) {
            for (int i = 0; i < 50; i++) {
                notifier.info("evt", i);
            }
            notifier.info("evt", "x".repeat(20_000));
            for (int i = 50; i < 100; i++) {
                notifier.info("evt", i);
            }
            assertThat(failure().error())
                    .isInstanceOf(DeliveryException.class)
                    .hasMessageContaining("the broker refused the message: ");
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(100, 1, 0, 0));
            assertInOrder(bodies, 100);
        }
    }

    @Test
    void withoutPermissionEveryNotificationFails() throws Exception {
        broker.close();
        broker = EmbeddedBroker.builder()
                .user("nova", "pass")
                .permissions("nova", "/", Permissions.ALL.withConfigure("nothing"))
                .start();
        String address = "rabbit://nova:pass@" + broker.host() + ":" + broker.port() + "/";
        try (Notifier notifier = builder(address).build()) {
            notifier.info("evt", 0);
            assertThat(failure().error())
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("the broker refused exchange 'openstack': ACCESS_REFUSED - ");
        }
    }

    @Test
    void aWrongPasswordIsToldWithTheDeadline() throws Exception {
        String address = broker.address().replaceFirst("//[^@]*@", "//guest:wrong@");
        try (Notifier notifier =
                builder(address).deadline(Duration.ofSeconds(1)).build()) {
            notifier.info("evt", 0);
            assertThat(failure().error())
                    .isInstanceOf(RpcTimeoutException.class)
                    .hasMessageContaining("refused the login of user 'guest'")
                    .hasMessageNotContaining("wrong");
        }
    }

    @Test
    void aHandlerMayPublishWithoutEnd() throws Exception {
        broker.close();
        CountDownLatch told = new CountDownLatch(1);
        Notifier[] self = new Notifier[1];
        try (Notifier notifier = builder()
                .outbox(1, 10_000)
                .closeTimeout(Duration.ZERO)
                .onFailure((notification, error) -> {
                    self[0].error("failed", 1); // The outbox is full still.
                    told.countDown();
                })
                .build()) {
            self[0] = notifier;
            notifier.info("evt", 0);
            notifier.info("evt", 1);
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            await(() -> notifier.counts().failed() == 2);
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 2, 1, 0));
        }
    }

    @Test
    void whatCannotBeEncodedIsAnErrorAtOnce() {
        Map<String, Object> endless = new HashMap<>();
        endless.put("self", endless);
        try (Notifier notifier = builder().build()) {
            assertThatThrownBy(() -> notifier.info("evt", endless))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("notification evt cannot be encoded");
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(0, 0, 0, 0));
        }
    }

    @Test
    void queuesHaveTheLimitsOfTheBuilder() throws Exception {
        try (Notifier notifier =
                builder().queueTtl(Duration.ofHours(1)).queueLength(3).build()) {
            for (int i = 0; i < 5; i++) {
                notifier.info("evt", i);
            }
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(broker.queues())
                    .singleElement()
                    .satisfies(queue ->
                            assertThat(queue.arguments()).hasToString("{x-message-ttl=3600000, x-max-length=3}"));
        }
        BlockingQueue<String> bodies = consume("notifications.info", false);
        assertThat(List.of(number(bodies.take()), number(bodies.take()), number(bodies.take())))
                .containsExactly(2, 3, 4);
    }

    @Test
    void aQueueWithOtherLimitsIsUsedAsItIs() throws Exception {
        BlockingQueue<String> bodies = consume("notifications.info");
        try (Notifier notifier = builder().queueLength(3).build()) {
            notifier.info("evt", 0);
            assertThat(notifier.flush(LONG)).isTrue();
            assertInOrder(bodies, 1);
            assertThat(broker.queues())
                    .singleElement()
                    .satisfies(queue -> assertThat(queue.arguments()).isEmpty());
        }
    }

    @Test
    void aClosedNotifierTakesNothing() {
        Notifier notifier = builder().build();
        notifier.close();
        notifier.close();
        assertThatThrownBy(() -> notifier.info("evt", 0)).isInstanceOf(IllegalStateException.class);
    }
}
