package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.parley.InvalidTargetException;
import dev.parley.Serializer;
import dev.parley.broker.QueueInfo;
import dev.parley.oslo.RequestContext;
import dev.parley.oslo.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Drivers, routing, context, serializer: what happens before the outbox. */
class DriversTest extends OnNotifyBroker {
    private final List<Notification<?>> seen = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("oslo.messaging.notification");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @TempDir
    Path folder;

    @BeforeEach
    void startLogging() {
        logged.start();
        logger.addAppender(logged);
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopLogging() {
        logger.detachAppender(logged);
    }

    private static Notifier.Builder local() {
        return Notifier.builder().publisherId("svc");
    }

    @Test
    void severalDriversGetEveryNotification() throws Exception {
        try (Notifier notifier = builder()
                .drivers("messagingv2", "log")
                .driver("mine", seen::add)
                .build()) {
            notifier.info("evt", 7);
            assertThat(notifier.flush(LONG)).isTrue();
        }
        assertThat(number(consume("notifications.info", false).poll(30, TimeUnit.SECONDS)))
                .isEqualTo(7);
        assertThat(logged.list).hasSize(1);
        assertThat(seen).singleElement().satisfies(notification -> {
            assertThat(notification.eventType()).isEqualTo("evt");
            assertThat(notification.publisherId()).isEqualTo("test");
            assertThat(notification.priority()).isEqualTo(Priority.INFO);
            assertThat(notification.payload()).isEqualTo(7);
            assertThat(notification.timestamp()).isNotNull();
        });
    }

    @Test
    void aDriverThatFailsStopsNoOther() {
        try (Notifier notifier = local().driver("bad", notification -> {
                    throw new IllegalStateException("broken on purpose");
                })
                .driver("good", seen::add)
                .build()) {
            notifier.info("evt", 1);
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void withoutDriversNothingHappens() {
        try (Notifier none = builder().drivers().build();
                Notifier noop = local().drivers("noop").build();
                Notifier logs = local().drivers("log").build()) {
            assertThat(none.isEnabled()).isFalse();
            assertThat(noop.isEnabled()).isFalse();
            assertThat(logs.isEnabled()).isTrue();
            none.info("evt", 1);
            noop.info("evt", 1);
            assertThat(none.counts()).isEqualTo(new NotifierCounts(0, 0, 0, 0));
        }
        assertThat(broker.connections()).isEmpty();
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        assertThatThrownBy(() ->
                        Notifier.builder("http://localhost/").publisherId("x").build())
                .isInstanceOf(InvalidTargetException.class);
        assertThatThrownBy(() -> builder().drivers("mesaging").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown driver 'mesaging'; known are log, messaging, messagingv2, noop, routing");
        assertThatThrownBy(() -> local().drivers("messagingv2").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("driver 'messagingv2' needs the address of a broker");
        assertThatThrownBy(() -> builder().drivers("routing").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("driver 'routing' needs a routing file");
        assertThatThrownBy(() -> Notifier.builder(broker.address()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("publisherId");
        assertThatThrownBy(() -> builder().topics().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topic");
        assertThatThrownBy(() -> builder().driver("log", seen::add).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'log'");
    }

    private Notifier configured(String lines) throws Exception {
        Path file = Files.writeString(
                folder.resolve("nova.conf"),
                "[DEFAULT]\ntransport_url = " + broker.address() + "\n[oslo_messaging_notifications]\n" + lines);
        return Notifier.builder(Transport.fromConfig(file).notifications())
                .publisherId("svc")
                .build();
    }

    @Test
    void theSettingsOfAServiceAreUsed() throws Exception {
        try (Notifier notifier = configured("driver = messaging\ndriver = log\ntopics = one,two\nretry = 0\n")) {
            notifier.info("evt", 1);
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(logged.list).hasSize(1);
            notifier.prepare(options -> {
                assertThat(options.topics()).containsExactly("one", "two");
                assertThat(options.deadline()).isEqualTo(Duration.ofSeconds(5));
                return options;
            });
        }
        assertThat(broker.queues()).extracting(QueueInfo::name).containsExactlyInAnyOrder("one.info", "two.info");
        try (Notifier notifier = configured("")) {
            assertThat(notifier.isEnabled()).isFalse();
        }
        Files.writeString(folder.resolve("rules.yaml"), "g: {log: {accepted_events: ['a*']}}");
        logged.list.clear();
        try (Notifier notifier =
                configured("driver = routing\nrouting_config = " + folder.resolve("rules.yaml") + "\n")) {
            notifier.info("abc", 1);
            notifier.info("bcd", 1);
        }
        assertThat(logged.list).hasSize(1);
    }

    // The driver log.

    @ParameterizedTest
    @CsvSource({"AUDIT,INFO", "DEBUG,DEBUG", "INFO,INFO", "WARN,WARN", "ERROR,ERROR", "CRITICAL,ERROR", "SAMPLE,INFO"})
    void logsWithTheLevelOfThePriority(Priority priority, String level) {
        try (Notifier notifier = local().drivers("log").build()) {
            notifier.send(priority, "compute.start", Map.of("id", 1));
        }
        assertThat(logged.list).singleElement().satisfies(event -> {
            assertThat(event.getLoggerName()).isEqualTo("oslo.messaging.notification.compute.start");
            assertThat(event.getLevel()).hasToString(level);
            assertThat(event.getFormattedMessage())
                    .matches("\\{\"message_id\":\"[0-9a-f-]{36}\",\"publisher_id\":\"svc\","
                            + "\"event_type\":\"compute.start\",\"priority\":\"" + priority
                            + "\",\"payload\":\\{\"id\":1},\"timestamp\":\"[-0-9]{10} [0-9:.]{15}\"}");
        });
    }

    private String log(@Nullable Object payload) {
        logged.list.clear();
        try (Notifier notifier = local().drivers("log").build()) {
            notifier.info("evt", payload);
        }
        return logged.list
                .getFirst()
                .getFormattedMessage()
                .replaceFirst(".*\"payload\":", "")
                .replaceFirst(",\"timestamp.*", "");
    }

    @Test
    void secretsInMembersAreMasked() {
        Map<String, Object> payload = new HashMap<>();
        payload.put("admin_pass", "s1");
        assertThat(log(payload)).isEqualTo("{\"admin_pass\":\"***\"}");
        assertThat(log(Map.of("a", List.of(Map.of("user_password", "s1", "id", 3)))))
                .doesNotContain("s1")
                .contains("\"user_password\":\"***\"")
                .contains("\"id\":3");
        assertThat(log(Map.of("Auth_Token", List.of("s1", "s2")))).isEqualTo("{\"Auth_Token\":[\"***\",\"***\"]}");
        assertThat(log(Map.of("secret", Map.of("value", "s1")))).isEqualTo("{\"secret\":{\"value\":\"***\"}}");
        assertThat(log(Map.of("private_key", 12345))).isEqualTo("{\"private_key\":\"***\"}");
        assertThat(log(Map.of("name", "vm", "size", 3))).contains("\"name\":\"vm\"", "\"size\":3");
    }

    /** Texts of oslo.utils' documentation and tests' kinds, in our words. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'adminPass' : 'hidden' | 'adminPass' : '***'",
                "\"password\": \"hidden\" | \"password\": \"***\"",
                "{u'original_password': u'hidden', 'a': 'b'} | {u'original_password': u'***', 'a': 'b'}",
                "{\\\"password\\\": \\\"hidden\\\"} | {\\\"password\\\": \\\"***\\\"}",
                "login --password hidden --user joe | login --password *** --user joe",
                "--os-password hidden | --os-password ***",
                "auth_token=hidden next=1 | auth_token=*** next=1",
                "new_pass = \"hidden\" x | new_pass = \"***\" x",
                "sys_pswd 'hidden' | sys_pswd '***'",
                "http://h/?token=hidden&x=1 | http://h/?token=***&x=1",
                "<adminPass>hidden</adminPass> | <adminPass>***</adminPass>",
                "X-Auth-Token: hidden | X-Auth-Token: ***",
                "rabbit://nova:hidden@host:5672/ | rabbit://nova:***@host:5672/",
                "nothing to see here | nothing to see here",
            })
    void secretsInTextAreMasked(String text, String expected) {
        String quoted = log(text);
        assertThat(quoted).doesNotContain("hidden");
        assertThat(quoted.substring(1, quoted.length() - 1)
                        .replace("\\\"", "\"")
                        .replace("\\\\", "\\"))
                .isEqualTo(expected);
    }

    @Test
    void maskingTakesLinearTime() {
        String text = "password".repeat(20_000) + " '".repeat(20_000) + "=\"".repeat(20_000) + "\\".repeat(20_000);
        assertThat(log(text)).isNotEmpty();
    }

    @Test
    void nothingIsEncodedForALevelThatIsOff() {
        logger.setLevel(Level.ERROR);
        Map<String, Object> endless = new HashMap<>();
        endless.put("self", endless);
        try (Notifier notifier = local().drivers("log").build()) {
            notifier.info("evt", endless);
        }
        assertThat(logged.list).isEmpty();
    }

    // Routing.

    private Path rules(String text) throws Exception {
        return Files.writeString(folder.resolve("routing.yaml"), text);
    }

    private List<String> routed(String rules) throws Exception {
        List<String> passed = new ArrayList<>();
        try (Notifier notifier = local().drivers("routing")
                .routing(rules(rules))
                .driver("a", notification -> passed.add("a " + notification.eventType()))
                .driver("b", notification -> passed.add("b " + notification.eventType()))
                .build()) {
            notifier.info("compute.start", 1);
            notifier.error("compute.stop", 1);
            notifier.warn("image.upload", 1);
        }
        return passed;
    }

    @Test
    void rulesSelectByEventAndPriority() throws Exception {
        assertThat(routed("""
                        group_1:
                          a:
                            accepted_events:
                              - compute.*
                            accepted_priorities: [ERROR, crit*]
                          b:
                            accepted_priorities: ['w[!x]rn']
                        """)).containsExactly("a compute.stop", "b image.upload");
    }

    @Test
    void aRuleWithoutConditionsTakesEverything() throws Exception {
        assertThat(routed("g: {a: }")).containsExactly("a compute.start", "a compute.stop", "a image.upload");
    }

    @Test
    void anEmptyListTakesNothing() throws Exception {
        assertThat(routed("g: {a: {accepted_events: []}}")).isEmpty();
        assertThat(routed("")).isEmpty();
    }

    @Test
    void aDriverInSeveralGroupsIsCalledOnce() throws Exception {
        assertThat(routed("{g: {a: {accepted_events: ['*']}}, h: {a: {accepted_priorities: ['*']}}}"))
                .containsExactly("a compute.start", "a compute.stop", "a image.upload");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "g: {a: {accepted_events: compute}} | accepted_events must be a list of patterns, not: compute",
                "g: [a] | group g must be a mapping",
                "g: {nonsense: {}} | unknown driver 'nonsense'",
                "g: {routing: {}} | the rules cannot use driver 'routing' itself",
                "g: {messagingv2: {}} | driver 'messagingv2' needs the address of a broker",
                "g: {a | expected ',' or '}'",
                "g: !!java.net.URL [x] | !!java.net.URL",
            })
    void aBadFileIsAnErrorThatSaysWhy(String rules, String reason) {
        assertThatThrownBy(() -> routed(rules))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("routing.yaml")
                .satisfies(
                        error -> assertThat(String.valueOf(error.getMessage()).replaceAll("tag:yaml.org,2002:", "!!"))
                                .contains(reason));
        assertThatThrownBy(() -> local().drivers("routing")
                        .routing(folder.resolve("missing"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void resetReadsTheFileAgain() throws Exception {
        try (Notifier notifier = local().drivers("routing")
                .routing(rules("g: {mine: {accepted_events: [one]}}"))
                .driver("mine", seen::add)
                .build()) {
            notifier.info("two", 1);
            rules("g: {mine: {accepted_events: [two]}}");
            notifier.info("two", 2);
            notifier.reset();
            notifier.info("two", 3);
            rules("g: [");
            notifier.prepare(options -> options.withPublisherId("other")).reset(); // The rules stay.
            notifier.info("two", 4);
        }
        assertThat(seen).extracting(Notification::payload).isEqualTo(List.of(3, 4));
    }

    @Test
    void routingToTheBroker() throws Exception {
        try (Notifier notifier = builder()
                .drivers("routing")
                .routing(rules("g: {messaging: {accepted_priorities: [info]}}"))
                .build()) {
            notifier.error("evt", 1);
            notifier.info("evt", 2);
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(broker.queues())
                    .singleElement()
                    .matches(one -> one.name().equals("notifications.info"));
        }
    }

    // Context, serializer, prepare.

    @Test
    void onlyAllowedKeysOfTheContextAreSent() {
        try (Notifier notifier =
                local().driver("mine", seen::add).contextKeys("region").build()) {
            notifier.with(Map.of("user_id", "u", "auth_token", "t", "service_catalog", List.of(), "region", "r"))
                    .info("evt", 1);
            notifier.with(RequestContext.of("req-1", "u", "p").withAuthToken("t"))
                    .info("evt", 2);
            notifier.info("evt", 3);
        }
        assertThat(seen.get(0).context()).isEqualTo(Map.of("user_id", "u", "region", "r"));
        assertThat(seen.get(1).context())
                .isEqualTo(Map.of("request_id", "req-1", "user", "u", "user_id", "u", "project_id", "p"));
        assertThat(seen.get(2).context()).isEmpty();
    }

    @Test
    void preparedNotifiersHaveOptionsOfTheirOwn() throws Exception {
        try (Notifier notifier = builder().driver("mine", seen::add).build()) {
            Notifier other = notifier.with(Map.of("user_id", "u"))
                    .prepare(options -> options.withPublisherId("other").withTopics("elsewhere"));
            other.info("evt", 1);
            other.close(); // Does nothing.
            notifier.info("evt", 2);
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(other.counts().confirmed()).isEqualTo(2);
        }
        assertThat(seen).extracting(Notification::publisherId).containsExactly("other", "test");
        assertThat(seen.getFirst().context()).containsEntry("user_id", "u");
        assertThat(broker.queues())
                .extracting(QueueInfo::name)
                .containsExactlyInAnyOrder("elsewhere.info", "notifications.info");
    }

    @Test
    void theSerializerConvertsPayloadAndContext() {
        Serializer serializer = new Serializer() {
            @Override
            public @Nullable Object serializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                return context.get("auth_token") + ":" + entity;
            }

            @Override
            public @Nullable Object deserializeEntity(Map<String, @Nullable Object> context, @Nullable Object entity) {
                throw new AssertionError("nothing is received");
            }

            @Override
            public Map<String, @Nullable Object> serializeContext(Map<String, @Nullable Object> context) {
                return Map.of("keys", String.valueOf(context.keySet()));
            }
        };
        try (Notifier notifier =
                local().driver("mine", seen::add).serializer(serializer).build()) {
            notifier.with(Map.of("user_id", "u", "auth_token", "t")).info("evt", 1);
        }
        assertThat(seen.getFirst().payload()).isEqualTo("t:1");
        assertThat(seen.getFirst().context()).isEqualTo(Map.of("keys", "[user_id]"));
    }

    @Test
    void inMemory() throws Exception {
        try (Notifier notifier = Notifier.builder("memory://" + folder.getFileName() + "/")
                .publisherId("svc")
                .build()) {
            for (int i = 0; i < 20_000; i++) {
                notifier.info("evt", i);
            }
            assertThat(notifier.flush(LONG)).isTrue();
            assertThat(notifier.counts()).isEqualTo(new NotifierCounts(20_000, 0, 0, 0));
        }
    }
}
