package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueConformanceTest extends ConformanceTest {
    private static final String NO_QUEUE = "CHANNEL closed 404 NOT_FOUND - no queue '<q>' in vhost '/'";
    private static final String TRANSIENT_DENIED =
            "CONNECTION closed 541 INTERNAL_ERROR - Feature `transient_nonexcl_queues` is deprecated.\n";
    private static final String REFUSED = "CHANNEL closed 406 PRECONDITION_FAILED - ";

    @Test
    @DisplayName("server-named queue")
    void serverNamed() throws Exception {
        Channel channel = channel();
        String queue = channel.queueDeclare().getQueue();
        assertThat(queue).matches("amq\\.gen-[A-Za-z0-9_-]{22}");
        publish(channel, "", queue, "m");
        assertThat(body(get(channel, queue))).isEqualTo("m");
    }

    @Test
    @DisplayName("exclusive queue locked to other connection")
    void exclusiveLocked() throws Exception {
        String queue = name();
        channel().queueDeclare(queue, false, true, false, Map.of());
        Channel other = connect().createChannel();
        assertThat(outcome(() -> other.queueDeclarePassive(queue)))
                .isEqualTo(
                        "CHANNEL closed 405 RESOURCE_LOCKED - cannot obtain exclusive access to locked queue '<q>' in"
                                + " vhost '/'. It could be originally declared on another connection or the exclusive"
                                + " property value does not match that of the original declaration.");
    }

    @Test
    @DisplayName("exclusive queue deleted after connection close")
    void exclusiveDeleted() throws Exception {
        String queue = name();
        Connection connection = connect();
        connection.createChannel().queueDeclare(queue, false, true, false, Map.of());
        connection.close();
        assertThat(outcome(() -> channel().queueDeclarePassive(queue))).isEqualTo(NO_QUEUE);
    }

    @Test
    @DisplayName("auto-delete queue deleted after last consumer")
    void autoDelete() throws Exception {
        Channel channel = channel();
        String queue = name();
        channel.queueDeclare(queue, mustBeDurable(), false, true, Map.of());
        String tag = channel.basicConsume(queue, true, (t, d) -> {}, t -> {});
        channel.basicCancel(tag);
        eventually(() -> !outcome(() -> channel().queueDeclarePassive(queue)).equals("ok"));
        assertThat(outcome(() -> channel().queueDeclarePassive(queue))).isEqualTo(NO_QUEUE);
    }

    @Test
    @DisplayName("durable queue + persistent msg")
    void persistentMessage() throws Exception {
        Channel channel = channel();
        String queue = durableQueue(channel, Map.of());
        publish(
                channel,
                "",
                queue,
                new AMQP.BasicProperties.Builder().deliveryMode(2).build(),
                "kept");
        var got = get(channel, queue);
        assertThat(body(got)).isEqualTo("kept");
        assertThat(got.getProps().getDeliveryMode()).isEqualTo(2);
    }

    @Test
    @DisplayName("passive declare missing queue")
    void passiveMissing() throws Exception {
        String missing = name();
        assertThat(outcome(() -> channel().queueDeclarePassive(missing))).isEqualTo(NO_QUEUE);
    }

    @Test
    @DisplayName("queue redeclare: durable differs")
    void redeclareDurable() throws Exception {
        Channel channel = channel();
        String queue = durableQueue(channel, Map.of());
        assertThat(outcome(() -> channel.queueDeclare(queue, false, false, false, Map.of())))
                .isEqualTo(REFUSED + "inequivalent arg 'durable' for queue '<q>' in vhost '/': received 'false' but"
                        + " current is 'true'");
    }

    @Test
    @DisplayName("queue redeclare: auto-delete differs")
    void redeclareAutoDelete() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        assertThat(outcome(() -> channel.queueDeclare(queue, mustBeDurable(), false, true, Map.of())))
                .isEqualTo(REFUSED + "inequivalent arg 'auto_delete' for queue '<q>' in vhost '/': received 'true' but"
                        + " current is 'false'");
    }

    @Test
    @DisplayName("queue redeclare: x-args differ")
    void redeclareArguments() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, Map.of("x-expires", 60_000));
        assertThat(outcome(
                        () -> channel.queueDeclare(queue, mustBeDurable(), false, false, Map.of("x-expires", 90_000))))
                .isEqualTo(REFUSED + "inequivalent arg 'x-expires' for queue '<q>' in vhost '/': received '90000' but"
                        + " current is '60000'");
        assertThat(outcome(() -> channel().queueDeclare(queue, mustBeDurable(), false, false, Map.of())))
                .isEqualTo(
                        REFUSED + "inequivalent arg 'x-expires' for queue '<q>' in vhost '/': received none but current"
                                + " is the value '60000' of type 'signedint'");
        assertThat(outcome(() ->
                        channel().queueDeclare(queue, mustBeDurable(), false, false, Map.of("x-expires", 60_000L))))
                .isEqualTo("ok");
    }

    @Test
    @DisplayName("invalid arguments")
    void invalidArguments() throws Exception {
        assertThat(declared(Map.of("x-expires", 0))).isEqualTo(invalid("x-expires", "{value_zero,0}"));
        assertThat(declared(Map.of("x-expires", "soon")))
                .isEqualTo(invalid("x-expires", "\"expected integer, got longstr\""));
        assertThat(declared(Map.of("x-max-length", true)))
                .isEqualTo(invalid("x-max-length", "\"expected integer, got bool\""));
        assertThat(declared(Map.of("x-overflow", "zzz"))).isEqualTo(invalid("x-overflow", "invalid_overflow"));
        assertThat(declared(Map.of("x-queue-type", "zzz")))
                .isEqualTo(invalid("x-queue-type", "\"unsupported queue type 'zzz'\""));
        assertThat(declared(Map.of("x-single-active-consumer", "yes")))
                .isEqualTo(invalid("x-single-active-consumer", "{unacceptable_type,longstr}"));
        assertThat(declared(Map.of("x-delivery-limit", 3)))
                .isEqualTo(REFUSED + "invalid arg 'x-delivery-limit' for queue '<q>' in vhost '/' of queue type"
                        + " rabbit_classic_queue");
        assertThat(declared(Map.of("x-message-ttl", -1))).isEqualTo(invalid("x-message-ttl", "{value_negative,-1}"));
        assertThat(declared(Map.of("x-max-length", -5))).isEqualTo(invalid("x-max-length", "{value_negative,-5}"));
        assertThat(declared(Map.of("x-max-priority", 256)))
                .isEqualTo(invalid("x-max-priority", "{max_value_exceeded,256}"));
        assertThat(declared(Map.of("x-dead-letter-routing-key", "k")))
                .isEqualTo(invalid("x-dead-letter-routing-key", "routing_key_but_no_dlx_defined"));
    }

    private String declared(Map<String, Object> arguments) throws Exception {
        return outcome(() -> channel().queueDeclare(name(), mustBeDurable(), false, false, arguments));
    }

    private static String invalid(String argument, String why) {
        return REFUSED + "invalid arg '" + argument + "' for queue '<q>' in vhost '/': " + why;
    }

    @Test
    @DisplayName("reserved queue names")
    void reservedName() throws Exception {
        String name = "amq." + name();
        assertThat(outcome(() -> channel().queueDeclare(name, mustBeDurable(), false, false, Map.of())))
                .isEqualTo("CHANNEL closed 403 ACCESS_REFUSED - queue name 'amq.<q>' contains reserved prefix 'amq.*'");
    }

    @Test
    @DisplayName("bind to missing queue")
    void bindMissing() throws Exception {
        String missing = name();
        assertThat(outcome(() -> channel().queueBind(missing, "amq.direct", "k")))
                .isEqualTo(NO_QUEUE);
    }

    @Test
    @DisplayName("bind to the default or a missing exchange")
    void bindMissingExchange() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        String missing = name();
        assertThat(outcome(() -> channel.queueBind(queue, missing, "k")))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no exchange '<q>' in vhost '/'");
        assertThat(outcome(() -> channel().queueBind(queue, "", "k")))
                .isEqualTo("CHANNEL closed 403 ACCESS_REFUSED - operation not permitted on the default exchange");
    }

    @Test
    @DisplayName("queue.delete if-unused with consumer")
    void deleteInUse() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        consume(channel, queue, true);
        assertThat(outcome(() -> channel.queueDelete(queue, true, false)))
                .isEqualTo(REFUSED + "queue '<q>' in vhost '/' in use");
    }

    @Test
    @DisplayName("queue.delete if-empty with message")
    void deleteNotEmpty() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        publish(channel, "", queue, "m");
        eventually(() -> channel.messageCount(queue) == 1);
        assertThat(outcome(() -> channel.queueDelete(queue, false, true)))
                .isEqualTo(REFUSED + "queue '<q>' in vhost '/' not empty");
    }

    @Test
    @DisplayName("queue.delete missing queue")
    void deleteMissing() throws Exception {
        assertThat(channel().queueDelete(name()).getMessageCount()).isZero();
    }

    @Test
    @DisplayName("queue purge + messageCount + consumerCount")
    void purge() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        for (int i = 0; i < 3; i++) {
            publish(channel, "", queue, "m");
        }
        eventually(() -> channel.messageCount(queue) == 3);
        assertThat(channel.queuePurge(queue).getMessageCount()).isEqualTo(3);
        assertThat(channel.messageCount(queue)).isZero();
        consume(channel, queue, true);
        assertThat(channel.consumerCount(queue)).isEqualTo(1);
    }

    @Test
    @DisplayName("x-expires: unused queue is deleted")
    void expires() throws Exception {
        String queue = name();
        channel().queueDeclare(queue, mustBeDurable(), false, false, Map.of("x-expires", 300));
        eventually(() ->
                !outcome(() -> channel().queueBind(queue, "amq.direct", "")).equals("ok"));
        assertThat(outcome(() -> channel().queueDeclarePassive(queue))).isEqualTo(NO_QUEUE);
    }

    @Test
    @DisplayName("x-expires: queue with a consumer is kept")
    void expiresNotWhileUsed() throws Exception {
        Channel channel = channel();
        String queue = name();
        channel.queueDeclare(queue, mustBeDurable(), false, false, Map.of("x-expires", 1_000));
        consume(channel, queue, true);
        Thread.sleep(1_500);
        assertThat(channel.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(1);
        channel.queueDelete(queue);
    }

    @ParameterizedTest(name = "x-queue-type={0}: declare")
    @ValueSource(strings = {"classic", "quorum", "stream"})
    void queueType(String type) throws Exception {
        Channel channel = channel();
        String queue = durableQueue(channel, Map.of("x-queue-type", type));
        assertThat(channel.queueDeclarePassive(queue).getQueue()).isEqualTo(queue);
    }

    @ParameterizedTest(name = "x-queue-type={0}: what it cannot be")
    @ValueSource(strings = {"quorum", "stream"})
    void queueTypeLimits(String type) throws Exception {
        Map<String, Object> arguments = Map.of("x-queue-type", type);
        String transientOutcome = outcome(() -> channel().queueDeclare(name(), false, false, false, arguments));
        if (broker.permitsTransientQueues()) {
            assertThat(transientOutcome)
                    .isEqualTo(REFUSED + "invalid property 'non-durable' for queue '<q>' in vhost '/'");
        } else {
            assertThat(transientOutcome).startsWith(TRANSIENT_DENIED);
        }
        assertThat(outcome(() -> channel().queueDeclare(name(), true, false, true, arguments)))
                .isEqualTo(REFUSED + "invalid property 'auto-delete' for queue '<q>' in vhost '/'");
        assertThat(outcome(() -> channel().queueDeclare(name(), true, true, false, arguments)))
                .isEqualTo(REFUSED + "invalid property 'exclusive-owner' for queue '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("x-ha-policy=all: declare")
    void haPolicy() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, Map.of("x-ha-policy", "all"));
        assertThat(channel.queueDeclarePassive(queue).getQueue()).isEqualTo(queue);
    }
}
