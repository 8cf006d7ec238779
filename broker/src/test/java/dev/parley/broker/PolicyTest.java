package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
    private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");
    private static final Map<String, Object> CLASSIC = Map.of();

    private final EmbeddedBroker broker = EmbeddedBroker.builder().start();
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(broker.amqpUri());
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    @AfterEach
    void close() {
        connection.abort();
        broker.close();
    }

    private void policy(String pattern, Map<String, ?> definition) {
        broker.setPolicy("/", Policy.of("p", pattern, definition));
    }

    private void publish(String queue, String... bodies) throws Exception {
        for (String body : bodies) {
            channel.basicPublish("", queue, null, body.getBytes(StandardCharsets.UTF_8));
            channel.waitForConfirms(30_000);
        }
    }

    private String take(String queue) throws Exception {
        var got = channel.basicGet(queue, true);
        return got == null ? null : new String(got.getBody(), StandardCharsets.UTF_8);
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("still not true").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void limitsTheLengthOfQueuesThatExist(boolean quorum) throws Exception {
        channel.queueDeclare("q", true, false, false, quorum ? QUORUM : CLASSIC);
        publish("q", "1", "2", "3");
        policy("^q$", Map.of("max-length", 2));
        assertThat(channel.messageCount("q")).isEqualTo(2);
        publish("q", "4");
        assertThat(take("q")).isEqualTo("3");

        assertThat(broker.deletePolicy("/", "p")).isTrue();
        assertThat(broker.deletePolicy("/", "p")).isFalse();
        publish("q", "5", "6", "7");
        assertThat(channel.messageCount("q")).isEqualTo(4);
    }

    @Test
    void theSmallerOfPolicyAndArgumentCounts() throws Exception {
        policy("^q", Map.of("max-length", 2, "overflow", "reject-publish"));
        channel.queueDeclare("q1", true, false, false, Map.of("x-max-length", 1));
        channel.queueDeclare("q3", true, false, false, Map.of("x-max-length", 3));
        channel.queueDeclare("qd", true, false, false, Map.of("x-overflow", "drop-head"));
        for (String queue : new String[] {"q1", "q3", "qd"}) {
            publish(queue, "1", "2", "3");
        }
        assertThat(channel.messageCount("q1")).isEqualTo(1);
        assertThat(channel.messageCount("q3")).isEqualTo(2);
        assertThat(take("q3")).as("rejected, by the policy").isEqualTo("1");
        assertThat(take("qd")).as("dropped, by the argument").isEqualTo("2");
    }

    @Test
    void timeToLiveHoldsForWhatIsPublishedLater() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        publish("q", "before");
        policy("^q", Map.of("message-ttl", 50));
        publish("q", "after");
        Thread.sleep(200);
        assertThat(take("q")).isEqualTo("before");
        await(() -> channel.messageCount("q") == 0);
    }

    @Test
    void deadLettersByPolicy() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        channel.queueDeclare("dead", false, false, false, null);
        publish("q", "m");
        policy("^q$", Map.of("dead-letter-exchange", "", "dead-letter-routing-key", "dead"));
        channel.basicReject(channel.basicGet("q", false).getEnvelope().getDeliveryTag(), false);
        await(() -> channel.messageCount("dead") == 1);
        assertThat(channel.basicGet("dead", true).getProps().getHeaders().get("x-first-death-queue"))
                .hasToString("q");
    }

    @Test
    void deliveryLimitByPolicy() throws Exception {
        channel.queueDeclare("q", true, false, false, QUORUM);
        channel.queueDeclare("classic", true, false, false, CLASSIC);
        policy("^", Map.of("delivery-limit", 1));
        publish("q", "m");
        for (int i = 0; i < 2; i++) {
            channel.basicReject(channel.basicGet("q", false).getEnvelope().getDeliveryTag(), true);
        }
        assertThat(channel.basicGet("q", true)).isNull();
        assertThat(queue("q").policy()).isEqualTo("p");
        assertThat(queue("classic").policy())
                .as("a policy with a setting of quorum queues does not apply to classic ones")
                .isNull();
    }

    private QueueInfo queue(String name) {
        return broker.queues().stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void expiresUnusedQueues() throws Exception {
        channel.queueDeclare("old", false, false, false, null);
        channel.queueDeclare("long", false, false, false, Map.of("x-expires", 600_000));
        channel.queueDeclare("other", false, false, false, null);
        policy("^(old|long)$", Map.of("expires", 100));
        await(() -> broker.queues().size() == 1);
        assertThat(queue("other").policy()).isNull();
    }

    @Test
    void aRemovedPolicyDoesNotExpire() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        channel.queueDeclare("later", false, false, false, null);
        policy("^q", Map.of("expires", 2_000));
        broker.deletePolicy("/", "p");
        policy("^later", Map.of("expires", 2_000));
        await(() -> broker.queues().size() == 1);
        assertThat(queue("q").policy()).isNull();
    }

    @Test
    void streamsAreTruncatedByPolicy() throws Exception {
        channel.queueDeclare("s", true, false, false, Map.of("x-queue-type", "stream"));
        publish("s", "12345", "12345", "12345");
        policy("^s", Map.of("max-length-bytes", 10));
        assertThat(queue("s").ready()).isEqualTo(2);
        channel.queueDeclare("s7", true, false, false, Map.of("x-queue-type", "stream", "x-max-age", "7D"));
        publish("s7", "12345");
        policy("^s", Map.of("max-age", "1s"));
        await(() -> queue("s").ready() == 0);
        await(() -> queue("s7").ready() == 0);
    }

    @Test
    void alternateExchangeByPolicy() throws Exception {
        for (String name : new String[] {"a", "b"}) {
            channel.exchangeDeclare("alternate-" + name, "fanout");
            channel.queueDeclare(name, false, false, false, null);
            channel.queueBind(name, "alternate-" + name, "");
        }
        channel.exchangeDeclare("with", "direct", false, false, Map.of("alternate-exchange", "alternate-a"));
        channel.exchangeDeclare("without", "direct");
        policy("^with", Map.of("alternate-exchange", "alternate-b"));
        channel.basicPublish("with", "k", null, new byte[] {1});
        channel.basicPublish("without", "k", null, new byte[] {2});
        channel.waitForConfirms(30_000);
        assertThat(channel.messageCount("a")).as("the argument counts").isEqualTo(1);
        assertThat(channel.messageCount("b")).isEqualTo(1);
    }

    @Test
    void theHighestPriorityAppliesAlone() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        broker.setPolicy("/", Policy.of("low", "^q", Map.of("max-length", 1)).withPriority(1));
        broker.setPolicy(
                "/", Policy.of("high", "^q", Map.of("expires", 600_000)).withPriority(2));
        broker.setPolicy(
                "/",
                Policy.of("exchanges", "^q", Map.of("max-length", 1))
                        .withPriority(3)
                        .withApplyTo("exchanges"));
        publish("q", "1", "2");
        assertThat(channel.messageCount("q")).isEqualTo(2);
        assertThat(queue("q").policy()).isEqualTo("high");
        broker.deletePolicy("/", "high");
        assertThat(queue("q").policy()).isEqualTo("low");
        assertThat(channel.messageCount("q")).isEqualTo(1);
    }

    @Test
    void anOperatorPolicyLowersLimits() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        policy("^q", Map.of("max-length", 3, "overflow", "reject-publish"));
        broker.setPolicy("/", Policy.of("op", "^q", Map.of("max-length", 2)).asOperatorPolicy());
        publish("q", "1", "2", "3");
        assertThat(take("q")).isEqualTo("1");
        assertThat(channel.messageCount("q")).isEqualTo(1);
        assertThat(queue("q").operatorPolicy()).isEqualTo("op");
        assertThat(broker.policies("/")).extracting(Policy::name).containsExactly("p", "op");
        assertThatThrownBy(() ->
                        Policy.of("x", "", Map.of("overflow", "drop-head")).asOperatorPolicy())
                .hasMessage("[{<<\"overflow\">>,<<\"drop-head\">>}] are not recognised policy settings");
    }

    @Test
    void aBuilderHasPolicies() throws Exception {
        try (EmbeddedBroker limited = EmbeddedBroker.builder()
                .policy(Policy.of("p", "^q", Map.of("max-length", 1)))
                .policy("other", Policy.of("p", "", Map.of("max-length", 2)))
                .queue("q", Map.of())
                .start()) {
            assertThat(limited.queues().get(0).policy()).isEqualTo("p");
            assertThat(limited.policies("other")).hasSize(1);
            assertThatThrownBy(() -> limited.policies("none")).hasMessage("no virtual host 'none'");
        }
    }

    /** The texts are those of RabbitMQ 3.10.8. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bogus | 1 | [{<<\"bogus\">>,1}] are not recognised policy settings",
                "max-priority | 3 | [{<<\"max-priority\">>,3}] are not recognised policy settings",
                "message-ttl | -1 | -1 is not a valid message TTL",
                "message-ttl | x | <<\"x\">> is not a valid message TTL",
                "expires | 0 | 0 is not a valid queue expiry",
                "max-length-bytes | q | <<\"q\">> is not a valid maximum length in bytes",
                "overflow | bogus | <<\"bogus\">> is not a valid overflow value",
                "dead-letter-exchange | 3 | 3 is not a valid dead letter exchange name",
                "queue-master-locator | bogus | <<\"bogus\">> invalid queue-master-locator value",
                "ha-mode | bogus | <<\"bogus\">> is not a valid ha-mode value",
                "ha-params | 2 | ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown"
            })
    void refusesWhatRabbitMqRefuses(String key, String value, String text) {
        Object typed = value.matches("-?\\d+") ? (Object) Integer.valueOf(value) : value;
        assertThatThrownBy(() -> Policy.of("p", "", Map.of(key, typed)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(text);
    }

    @Test
    void acceptsMirroring() throws Exception {
        channel.queueDeclare("q", false, false, false, null);
        policy("^q", Map.of("ha-mode", "exactly", "ha-params", 2, "ha-sync-mode", "automatic"));
        publish("q", "m");
        assertThat(take("q")).isEqualTo("m");
        assertThat(queue("q").policy()).isEqualTo("p");
    }
}
