package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Declarations and messages on which the versions of RabbitMQ differ; streams have a class of their own. */
class VersionConformanceTest extends ConformanceTest {
    private static final String REFUSED = "CHANNEL closed 406 PRECONDITION_FAILED - ";
    private static final String IN_VHOST = "' for queue '<q>' in vhost '/'";

    private String declared(Map<String, Object> arguments) throws Exception {
        return outcome(() -> durableQueue(channel(), arguments));
    }

    private String redeclared(Map<String, Object> first, Map<String, Object> second) throws Exception {
        String queue = durableQueue(channel(), first);
        return outcome(() -> channel().queueDeclare(queue, true, false, false, second));
    }

    private static Map<String, Object> quorum(Map<String, Object> more) {
        return with("quorum", more);
    }

    private static Map<String, Object> with(String type, Map<String, Object> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("x-queue-type", type);
        return arguments;
    }

    private static String invalid(String argument, String why) {
        return REFUSED + "invalid arg '" + argument + IN_VHOST + why;
    }

    private static String inequivalent(String argument, String received, String current) {
        return REFUSED + "inequivalent arg '" + argument + IN_VHOST + ": received " + received + " but current is "
                + current;
    }

    @Test
    @DisplayName("an existing server-named queue cannot be declared by its name")
    void serverNamedByName() throws Exception {
        Channel channel = channel();
        String queue = channel.queueDeclare().getQueue();
        assertThat(outcome(() -> channel.queueDeclarePassive(queue))).isEqualTo("ok");
        String refused =
                "CHANNEL closed 403 ACCESS_REFUSED - queue name '" + queue + "' contains reserved prefix 'amq.*'";
        assertThat(outcome(() -> channel.queueDeclare(queue, false, true, true, Map.of())))
                .isEqualTo(refused);
        Channel other = connect().createChannel();
        assertThat(outcome(() -> other.queueDeclare(queue, false, true, true, Map.of())))
                .isEqualTo(refused);
        assertThat(outcome(() -> channel().queueDeclarePassive("amq.c-missing")))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no queue 'amq.c-missing' in vhost '/'");
    }

    @Test
    @DisplayName("queues that are neither durable nor exclusive")
    void transientQueues() throws Exception {
        String name = name();
        String outcome = outcome(() -> channel().queueDeclare(name, false, false, true, Map.of()));
        if (broker.permitsTransientQueues()) {
            assertThat(outcome).isEqualTo("ok");
            channel().queueDelete(name);
        } else {
            // The lines after the first say whether the default or the configuration denies them.
            assertThat(outcome)
                    .startsWith("CONNECTION closed 541 INTERNAL_ERROR - Feature `transient_nonexcl_queues` is"
                            + " deprecated.\n")
                    .endsWith("...");
        }
        assertThat(outcome(() -> channel().queueDeclare(name(), false, false, false, Map.of("x-expires", -5))))
                .isEqualTo(invalid("x-expires", ": {value_negative,-5}"));
        assertThat(outcome(() -> channel().queueDeclare("amq.c", false, false, false, Map.of())))
                .startsWith("CHANNEL closed 403 ACCESS_REFUSED");
        String durable = durableQueue(channel(), Map.of());
        assertThat(outcome(() -> channel().queueDeclare(durable, false, false, false, Map.of())))
                .isEqualTo(inequivalent("durable", "'false'", "'true'"));
    }

    @Test
    @DisplayName("x-queue-type: declared again")
    void queueTypeRedeclared() throws Exception {
        assertThat(redeclared(Map.of(), Map.of("x-queue-type", "classic"))).isEqualTo("ok");
        assertThat(redeclared(Map.of("x-queue-type", "classic"), Map.of())).isEqualTo("ok");
        assertThat(redeclared(Map.of("x-queue-type", "classic"), Map.of("x-queue-type", "stream")))
                .isEqualTo(inequivalent("x-queue-type", "'stream'", "'classic'"));
        assertThat(redeclared(Map.of("x-queue-type", "quorum"), Map.of()))
                .isEqualTo(ByVersion.of(inequivalent("x-queue-type", "none", "the value 'quorum' of type 'longstr'"))
                        .from("4.0", inequivalent("x-queue-type", "'classic'", "'quorum'"))
                        .on(broker));
        assertThat(redeclared(Map.of(), Map.of("x-queue-type", "quorum")))
                .isEqualTo(ByVersion.of(inequivalent("x-queue-type", "the value 'quorum' of type 'longstr'", "none"))
                        .from("4.0", inequivalent("x-queue-type", "'quorum'", "'classic'"))
                        .on(broker));
        assertThat(redeclared(Map.of(), Map.of("x-queue-type", "nonsense")))
                .isEqualTo(ByVersion.of(inequivalent("x-queue-type", "the value 'nonsense' of type 'longstr'", "none"))
                        .from("4.0", inequivalent("x-queue-type", "'nonsense'", "'classic'"))
                        .on(broker));
    }

    @Test
    @DisplayName("a queue declared again: arguments of other types of queues are not compared")
    void comparedArguments() throws Exception {
        assertThat(redeclared(Map.of(), Map.of("x-delivery-limit", 1))).isEqualTo("ok");
        assertThat(redeclared(quorum(Map.of()), quorum(Map.of("x-queue-version", 2))))
                .isEqualTo("ok");
        assertThat(redeclared(quorum(Map.of()), quorum(Map.of("x-delivery-limit", 1))))
                .isEqualTo(inequivalent("x-delivery-limit", "the value '1' of type 'signedint'", "none"));
        assertThat(redeclared(Map.of(), Map.of("x-queue-version", 2)))
                .isEqualTo(inequivalent("x-queue-version", "the value '2' of type 'signedint'", "none"));
        assertThat(redeclared(Map.of(), Map.of("x-queue-leader-locator", "balanced")))
                .isEqualTo(ByVersion.of("ok")
                        .from(
                                "4.0",
                                inequivalent(
                                        "x-queue-leader-locator", "the value 'balanced' of type 'longstr'", "none"))
                        .on(broker));
    }

    @Test
    @DisplayName("x-queue-leader-locator, x-queue-master-locator")
    void locators() throws Exception {
        String classic = invalid("x-queue-leader-locator", " of queue type rabbit_classic_queue");
        assertThat(declared(Map.of("x-queue-leader-locator", "client-local")))
                .isEqualTo(ByVersion.of(classic).from("4.0", "ok").on(broker));
        assertThat(declared(quorum(Map.of("x-queue-leader-locator", "balanced"))))
                .isEqualTo("ok");
        assertThat(declared(quorum(Map.of("x-queue-leader-locator", "nonsense"))))
                .isEqualTo(invalid("x-queue-leader-locator", ": invalid_queue_locator_arg"));
        String denied = "CONNECTION closed 541 INTERNAL_ERROR - Feature `queue_master_locator` is deprecated.\n"
                + "By default, this feature is not permitted anymore.\n"
                + "The feature will be removed from a future major RabbitMQ version, regardless of the configuration;"
                + " actual version to be determined.\nTo con...";
        assertThat(declared(Map.of("x-queue-master-locator", "random")))
                .isEqualTo(ByVersion.of("ok").from("4.3", denied).on(broker));
        assertThat(declared(Map.of("x-queue-master-locator", "nonsense")))
                .isEqualTo(ByVersion.of("CONNECTION closed 541 INTERNAL_ERROR")
                        .from("4.0", "ok")
                        .from("4.3", denied)
                        .on(broker));
        assertThat(declared(quorum(Map.of("x-queue-master-locator", "random"))))
                .isEqualTo(invalid("x-queue-master-locator", " of queue type rabbit_quorum_queue"));
    }

    @Test
    @DisplayName("x-queue-version, x-queue-mode, x-consumer-timeout, x-dead-letter-strategy")
    void arguments() throws Exception {
        assertThat(declared(quorum(Map.of("x-queue-version", 2))))
                .isEqualTo(invalid("x-queue-version", " of queue type rabbit_quorum_queue"));
        assertThat(declared(Map.of("x-queue-version", 2))).isEqualTo("ok");
        assertThat(declared(Map.of("x-queue-version", 3)))
                .isEqualTo(invalid("x-queue-version", ": \"unsupported queue version '3'\""));
        assertThat(declared(Map.of("x-queue-version", 1)))
                .isEqualTo(ByVersion.of("ok")
                        .from("4.3", invalid("x-queue-version", ": \"unsupported queue version '1'\""))
                        .on(broker));
        assertThat(declared(Map.of("x-queue-mode", "nonsense")))
                .isEqualTo(ByVersion.of(invalid("x-queue-mode", ": \"unsupported queue mode 'nonsense'\""))
                        .from("4.3", "ok")
                        .on(broker));
        assertThat(declared(Map.of("x-consumer-timeout", 60_000)))
                .isEqualTo(ByVersion.of("ok")
                        .from("4.3", invalid("x-consumer-timeout", " of queue type rabbit_classic_queue"))
                        .on(broker));
        assertThat(declared(quorum(Map.of("x-consumer-timeout", -1))))
                .isEqualTo(ByVersion.of("ok")
                        .from("4.3", invalid("x-consumer-timeout", ": {value_negative,-1}"))
                        .on(broker));
        assertThat(declared(quorum(Map.of("x-consumer-timeout", 60_000)))).isEqualTo("ok");
        assertThat(declared(Map.of("x-dead-letter-strategy", "at-most-once")))
                .isEqualTo(invalid("x-dead-letter-strategy", " of queue type rabbit_classic_queue"));
        assertThat(declared(quorum(Map.of("x-dead-letter-strategy", "nonsense"))))
                .isEqualTo(invalid("x-dead-letter-strategy", ": invalid_dlx_strategy"));
        assertThat(declared(quorum(Map.of("x-quorum-initial-group-size", 0))))
                .isEqualTo(invalid("x-quorum-initial-group-size", ": {value_zero,0}"));
        assertThat(declared(quorum(Map.of("x-max-priority", 5))))
                .isEqualTo(invalid("x-max-priority", " of queue type rabbit_quorum_queue"));
        assertThat(declared(quorum(Map.of("x-delivery-limit", -1)))).isEqualTo("ok");
    }

    @Test
    @DisplayName("dead-letter arguments of a wrong type")
    void deadLetterTypes() throws Exception {
        for (var wrong : Map.of("signedint", (Object) 5, "bool", true, "array", List.of(1), "table", Map.of("a", 1))
                .entrySet()) {
            assertThat(declared(Map.of("x-dead-letter-exchange", wrong.getValue())))
                    .isEqualTo(REFUSED + "invalid type '" + wrong.getKey()
                            + "' for arg 'x-dead-letter-exchange' in queue '<q>' in vhost '/'");
        }
        assertThat(declared(Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", 5)))
                .isEqualTo(invalid("x-dead-letter-routing-key", ": {unacceptable_type,signedint}"));
    }

    @Test
    @DisplayName("the largest message")
    void largestMessage() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        channel.confirmSelect();
        channel.basicPublish("", queue, null, new byte[16 << 20]);
        channel.waitForConfirmsOrDie(30_000);
        if (ByVersion.of(false).from("4.0", true).on(broker)) {
            assertThat(asynchronousOutcome(
                            channel, () -> channel.basicPublish("", queue, null, new byte[(16 << 20) + 1])))
                    .isEqualTo(REFUSED + "message size 16777217 is larger than configured max size 16777216");
        } else {
            channel.basicPublish("", queue, null, new byte[(16 << 20) + 1]);
            channel.waitForConfirmsOrDie(30_000);
        }
    }

    private static Object deaths(GetResponse got) {
        return ((Map<?, ?>) ((List<?>) got.getProps().getHeaders().get("x-death")).get(0)).get("count");
    }

    private static GetResponse rejected(Channel channel, String queue, String dead) throws Exception {
        eventually(() -> channel.messageCount(queue) == 1);
        channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
        return get(channel, dead);
    }

    @Test
    @DisplayName("dead letters: a client publishes x-death again")
    void deathsOfClients() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(channel, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        publish(channel, "", queue, "x");
        GetResponse first = rejected(channel, queue, dead);
        assertThat(deaths(first)).isEqualTo(1L);
        publish(channel, "", queue, first.getProps(), "x");
        assertThat(deaths(rejected(channel, queue, dead)))
                .isEqualTo(ByVersion.of(2L).from("4.0", 1L).on(broker));
    }

    @Test
    @DisplayName("exchange types")
    void exchangeTypes() throws Exception {
        assertThat(exchange("x-local-random"))
                .isEqualTo(
                        ByVersion.of("CONNECTION closed 503 COMMAND_INVALID - unknown exchange type 'x-local-random'")
                                .from("4.0", "ok")
                                .on(broker));
        assertThat(exchange("x-modulus-hash"))
                .isEqualTo(
                        ByVersion.of("CONNECTION closed 503 COMMAND_INVALID - unknown exchange type 'x-modulus-hash'")
                                .from("4.0", REFUSED + "unknown exchange type 'x-modulus-hash'")
                                .from("4.3", "ok")
                                .on(broker));
    }

    private String exchange(String type) throws Exception {
        String name = name();
        String outcome = outcome(() -> channel().exchangeDeclare(name, type, true, true, Map.of()));
        channel().exchangeDelete(name);
        return outcome;
    }

    @Test
    @DisplayName("x-local-random and x-modulus-hash: routing")
    void spreading() throws Exception {
        for (String type : ByVersion.of(List.<String>of())
                .from("4.0", List.of("x-local-random"))
                .from("4.3", List.of("x-local-random", "x-modulus-hash"))
                .on(broker)) {
            Channel channel = channel();
            channel.confirmSelect();
            String exchange = name();
            channel.exchangeDeclare(exchange, type, true, true, Map.of());
            List<String> queues = List.of(queue(channel), queue(channel));
            for (String queue : queues) {
                channel.queueBind(queue, exchange, "");
            }
            for (int i = 0; i < 60; i++) {
                publish(channel, exchange, "key" + i, "x");
            }
            channel.waitForConfirmsOrDie(10_000);
            assertThat(channel.messageCount(queues.get(0)) + channel.messageCount(queues.get(1)))
                    .isEqualTo(60);
            for (String queue : queues) {
                assertThat(channel.messageCount(queue)).as(type).isBetween(5L, 55L);
            }
            if (type.equals("x-local-random")) {
                String bound = queues.get(0);
                assertThat(outcome(() -> channel().queueBind(bound, exchange, "other")))
                        .isEqualTo(REFUSED + "Non empty binding 'other' key not permitted");
                String quorum = durableQueue(channel(), quorum(Map.of()));
                assertThat(outcome(() -> channel().queueBind(quorum, exchange, "")))
                        .isEqualTo(REFUSED + "Queue type rabbit_quorum_queue not valid for this exchange type");
                assertThat(outcome(() -> channel().exchangeBind("amq.fanout", exchange, "")))
                        .isEqualTo(REFUSED + "Destination not found");
            }
            channel.exchangeDelete(exchange);
        }
    }
}
