package dev.parley.oslo.notify.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.status.Status;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Priority;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;

/** The Logback appenders, in a context of Logback of their own. */
class NotificationAppenderTest {
    private final LoggerContext context = new LoggerContext();
    private final RecordingNotifier notifier = new RecordingNotifier();

    NotificationAppenderTest() {
        context.setMDCAdapter(MDC.getMDCAdapter());
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private <A extends NotificationAppender> A start(A appender) {
        appender.setContext(context);
        appender.setNotifier(notifier);
        appender.start();
        assertThat(appender.isStarted()).isTrue();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(ch.qos.logback.classic.Level.TRACE);
        root.addAppender(appender);
        return appender;
    }

    @Test
    void aRecordHasTheMembersOfOsloMessaging() throws Exception {
        start(new NotificationAppender());
        Logger log = context.getLogger("shop.Orders");
        log.atWarn()
                .setCause(new IllegalStateException("no stock", new RuntimeException("cause")))
                .addKeyValue("order", 17)
                .addKeyValue("at", java.time.LocalDate.of(2026, 1, 2))
                .log("order {} waits", 17);

        Notification<JsonNode> got = notifier.next();
        assertThat(got.eventType()).isEqualTo("logrecord");
        assertThat(got.priority()).isEqualTo(Priority.WARN);
        JsonNode payload = got.payload();
        assertThat(payload.propertyNames())
                .containsExactly(
                        "name",
                        "levelno",
                        "levelname",
                        "exc_info",
                        "pathname",
                        "lineno",
                        "msg",
                        "funcName",
                        "thread",
                        "threadName",
                        "processName",
                        "process",
                        "extra");
        assertThat(payload.path("name").asString()).isEqualTo("shop.Orders");
        assertThat(payload.path("levelno").asInt()).isEqualTo(30);
        assertThat(payload.path("levelname").asString()).isEqualTo("WARNING");
        assertThat(payload.path("msg").asString()).isEqualTo("order 17 waits");
        assertThat(payload.path("pathname").asString())
                .isEqualTo("dev/parley/oslo/notify/bridge/NotificationAppenderTest.java");
        assertThat(payload.path("lineno").asInt()).isPositive();
        assertThat(payload.path("funcName").asString()).isEqualTo("aRecordHasTheMembersOfOsloMessaging");
        assertThat(payload.path("thread").asLong())
                .isEqualTo(Thread.currentThread().threadId());
        assertThat(payload.path("threadName").asString())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(payload.path("process").asLong())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(payload.path("processName").asString()).isNotBlank();
        assertThat(payload.path("exc_info").path(0).asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(payload.path("exc_info").path(1).asString()).isEqualTo("no stock");
        assertThat(payload.path("exc_info").path(2).asString())
                .contains("aRecordHasTheMembersOfOsloMessaging", "Caused by: java.lang.RuntimeException: cause");
        assertThat(payload.path("extra").toString()).isEqualTo("{\"order\":17,\"at\":\"2026-01-02\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "TRACE, DEBUG, TRACE, 5",
        "DEBUG, DEBUG, DEBUG, 10",
        "INFO, INFO, INFO, 20",
        "WARN, WARN, WARNING, 30",
        "ERROR, ERROR, ERROR, 40"
    })
    void aRecordIsPublishedAtItsLevel(org.slf4j.event.Level level, Priority priority, String name, int number)
            throws Exception {
        start(new NotificationAppender());
        context.getLogger("shop").atLevel(level).log("x");

        Notification<JsonNode> got = notifier.next();
        assertThat(got.priority()).isEqualTo(priority);
        assertThat(got.payload().path("levelname").asString()).isEqualTo(name);
        assertThat(got.payload().path("levelno").asInt()).isEqualTo(number);
        assertThat(got.payload().path("exc_info").isNull()).isTrue();
        assertThat(got.payload().path("extra").isNull()).isTrue();
    }

    @Test
    void anErrorIsItsTextAlone() throws Exception {
        start(new ErrorNotificationAppender());
        Logger log = context.getLogger("shop");
        log.warn("not this one");
        log.error("order {} is lost", 17, new RuntimeException("x"));

        Notification<JsonNode> got = notifier.next();
        assertThat(got.eventType()).isEqualTo("error_notification");
        assertThat(got.priority()).isEqualTo(Priority.ERROR);
        assertThat(got.payload().toString()).isEqualTo("{\"error\":\"order 17 is lost\"}");
        assertThat(notifier.sent).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.parley",
                "dev.parley.oslo.driver.rabbit.Publisher",
                "com.rabbitmq.client.impl.ForgivingExceptionHandler",
                "org.apache.kafka.clients.NetworkClient",
                "oslo.messaging.notification.logrecord",
                "shop.audit.Driver"
            })
    void loggersThatTakePartInPublishingAreSkipped(String logger) throws Exception {
        NotificationAppender appender = new NotificationAppender();
        appender.addSkip("shop.audit");
        start(appender);
        context.getLogger(logger).error("connection lost");
        context.getLogger("dev.parleyshop").error("mine");

        assertThat(notifier.next().payload().path("name").asString()).isEqualTo("dev.parleyshop");
        assertThat(notifier.sent).isEmpty();
    }

    @Test
    void publishingThatLogsDoesNotPublishThat() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        notifier.onSend = event -> {
            calls.incrementAndGet();
            context.getLogger("shop.Driver").error("sending {}", event);
        };
        NotificationAppender appender = start(new NotificationAppender());
        context.getLogger("shop").error("one");
        context.getLogger("shop").error("two");
        appender.stop();

        assertThat(notifier.sent).hasSize(2);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aNotifierThatBlocksDelaysNobody() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        notifier.onSend = event -> {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        NotificationAppender appender = new NotificationAppender();
        appender.setQueueSize(3);
        start(appender);
        Logger log = context.getLogger("shop");
        log.error("0");
        assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
        for (int i = 1; i <= 10; i++) {
            log.error("{}", i); // Would never return if it waited.
        }
        assertThat(appender.dropped()).isEqualTo(7);
        released.countDown();

        for (String expected : new String[] {"0", "1", "2", "3"}) {
            assertThat(notifier.next().payload().path("msg").asString()).isEqualTo(expected);
        }
        log.error("after");
        assertThat(notifier.next().payload().path("msg").asString()).isEqualTo("after");
    }

    @Test
    void aNotifierThatFailsFailsNobody() throws Exception {
        notifier.onSend = event -> {
            if (notifier.sent.isEmpty()) {
                notifier.onSend = next -> {};
                throw new AssertionError("broken");
            }
        };
        NotificationAppender appender = start(new NotificationAppender());
        Logger log = context.getLogger("shop");
        log.error("lost");
        log.error("sent");

        assertThat(notifier.next().payload().path("msg").asString()).isEqualTo("sent");
        assertThat(appender.failed()).isEqualTo(1);
    }

    @Test
    void anArgumentThatCannotBeShownFailsNobody() {
        NotificationAppender appender = start(new NotificationAppender());
        Object broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("broken");
            }
        };
        Logger log = context.getLogger("shop");
        assertThatCode(() -> log.atError().addKeyValue("k", broken).log("x")).doesNotThrowAnyException();
        assertThat(appender.failed()).isEqualTo(1);
    }

    @Test
    void stoppingPublishesWhatIsLeftAndClosesOnlyItsOwnNotifier() {
        NotificationAppender appender = start(new NotificationAppender());
        Logger log = context.getLogger("shop");
        for (int i = 0; i < 500; i++) {
            log.info("{}", i);
        }
        appender.stop();
        log.info("too late");

        assertThat(notifier.sent).hasSize(500);
        assertThat(notifier.sent.stream().map(sent -> sent.payload().path("msg").asInt()))
                .isSorted()
                .startsWith(0)
                .endsWith(499);
        assertThat(notifier.closed).isFalse();
    }

    @Test
    void stoppingDoesNotWaitForeverForANotifierThatBlocks() {
        CountDownLatch never = new CountDownLatch(1);
        notifier.onSend = event -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        };
        NotificationAppender appender = new NotificationAppender();
        appender.setCloseTimeout(50);
        start(appender);
        context.getLogger("shop").error("x");
        appender.stop();
        assertThat(appender.isStarted()).isFalse();
    }

    @Test
    void longTextsAreCut() throws Exception {
        NotificationAppender appender = new NotificationAppender();
        appender.setMaxLength(10);
        start(appender);
        context.getLogger("shop").error("123456789\uD83D\uDE00 and more", new RuntimeException("0123456789abc"));

        JsonNode payload = notifier.next().payload();
        assertThat(payload.path("msg").asString()).isEqualTo("123456789... (11 more characters)");
        assertThat(payload.path("exc_info").path(1).asString()).isEqualTo("0123456789... (3 more characters)");
    }

    @Test
    void theDiagnosticContextIsSentOnlyIfAskedFor() throws Exception {
        MDC.put("request", "req-1");
        try {
            NotificationAppender appender = start(new NotificationAppender());
            context.getLogger("shop").info("without");
            assertThat(notifier.next().payload().path("extra").isNull()).isTrue();
            appender.setIncludeMdc(true);
            context.getLogger("shop").info("with");
            assertThat(notifier.next().payload().path("extra").toString()).isEqualTo("{\"request\":\"req-1\"}");
        } finally {
            MDC.clear();
        }
    }

    @Test
    void behindAnAsyncAppenderTheThreadIsKnownByNameOnly() throws Exception {
        NotificationAppender appender = start(new NotificationAppender());
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.detachAppender(appender);
        AsyncAppender async = new AsyncAppender();
        async.setContext(context);
        async.addAppender(appender);
        async.start();
        root.addAppender(async);
        context.getLogger("shop").error("x");

        JsonNode payload = notifier.next().payload();
        assertThat(payload.path("thread").isNull()).isTrue();
        assertThat(payload.path("threadName").asString())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(payload.path("pathname").isNull()).isTrue();
    }

    @Test
    void aWrongSettingIsAnErrorOfLogbacksStatus() {
        for (Map.Entry<NotificationAppender, String> wrong : Map.of(
                        new NotificationAppender(),
                        "<address> is missing",
                        levelled("LOUD"),
                        "unknown <level> 'LOUD'",
                        queue(0),
                        "the queue size must be at least 1: 0")
                .entrySet()) {
            NotificationAppender appender = wrong.getKey();
            appender.setContext(context);
            appender.start();
            assertThat(appender.isStarted()).isFalse();
            assertThat(context.getStatusManager().getCopyOfStatusList())
                    .filteredOn(status -> status.getLevel() == Status.ERROR)
                    .extracting(Status::getMessage)
                    .anyMatch(message -> message.contains(wrong.getValue()));
        }
    }

    private NotificationAppender levelled(String level) {
        NotificationAppender appender = new NotificationAppender();
        appender.setNotifier(notifier);
        appender.setLevel(level);
        return appender;
    }

    private NotificationAppender queue(int size) {
        NotificationAppender appender = new NotificationAppender();
        appender.setNotifier(notifier);
        appender.setQueueSize(size);
        return appender;
    }
}
