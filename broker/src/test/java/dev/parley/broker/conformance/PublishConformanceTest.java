package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.LongString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PublishConformanceTest extends ConformanceTest {
    /** Returns, acks and nacks in the order of arrival. */
    private static BlockingQueue<String> events(Channel channel) {
        var events = new LinkedBlockingQueue<String>();
        channel.addReturnListener(back -> events.add("return " + back.getReplyCode() + " " + back.getReplyText()
                + " body=" + new String(back.getBody(), StandardCharsets.UTF_8)));
        channel.addConfirmListener((tag, multiple) -> events.add("ack"), (tag, multiple) -> events.add("nack"));
        return events;
    }

    private static String event(BlockingQueue<String> events) throws InterruptedException {
        return String.valueOf(events.poll(30, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("publisher confirms (waitForConfirms)")
    void confirms() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        channel.confirmSelect();
        for (int i = 0; i < 100; i++) {
            publish(channel, "", queue, "m" + i);
        }
        assertThat(channel.waitForConfirms(10_000)).isTrue();
        assertThat(channel.messageCount(queue)).isEqualTo(100);
    }

    @Test
    @DisplayName("confirm: unroutable, not mandatory")
    void confirmUnroutable() throws Exception {
        Channel channel = channel();
        BlockingQueue<String> events = events(channel);
        channel.confirmSelect();
        publish(channel, "", name(), "x");
        assertThat(event(events)).isEqualTo("ack");
    }

    @Test
    @DisplayName("mandatory unroutable, no confirms")
    void mandatory() throws Exception {
        Channel channel = channel();
        BlockingQueue<String> events = events(channel);
        channel.basicPublish("", name(), true, NONE, bytes("x"));
        assertThat(event(events)).isEqualTo("return 312 NO_ROUTE body=x");
    }

    @Test
    @DisplayName("mandatory unroutable + confirms (event order)")
    void mandatoryConfirmed() throws Exception {
        Channel channel = channel();
        BlockingQueue<String> events = events(channel);
        channel.confirmSelect();
        channel.basicPublish("", name(), true, NONE, bytes("x"));
        assertThat(event(events)).isEqualTo("return 312 NO_ROUTE body=x");
        assertThat(event(events)).isEqualTo("ack");
    }

    @Test
    @DisplayName("publish to missing exchange")
    void missingExchange() throws Exception {
        Channel channel = channel();
        String missing = name();
        assertThat(asynchronousOutcome(channel, () -> publish(channel, missing, "k", "x")))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no exchange '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("expiration invalid ('abc')")
    void invalidExpiration() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        var properties = new AMQP.BasicProperties.Builder().expiration("abc").build();
        assertThat(asynchronousOutcome(channel, () -> publish(channel, "", queue, properties, "x")))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - invalid expiration 'abc': no_integer");
    }

    @Test
    @DisplayName("user-id property not matching login")
    void userId() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        publish(
                channel,
                "",
                queue,
                new AMQP.BasicProperties.Builder().userId("guest").build(),
                "mine");
        assertThat(body(get(channel, queue))).isEqualTo("mine");
        var properties = new AMQP.BasicProperties.Builder().userId("mallory").build();
        assertThat(asynchronousOutcome(channel, () -> publish(channel, "", queue, properties, "x")))
                .isEqualTo(
                        "CHANNEL closed 406 PRECONDITION_FAILED - user_id property set to 'mallory' but authenticated"
                                + " user was 'guest'");
    }

    @Test
    @DisplayName("all basic properties + nested headers round trip")
    @SuppressWarnings("JavaUtilDate") // The client offers no other type.
    void properties() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        Map<String, Object> headers = Map.of(
                "text",
                "käse",
                "int",
                42,
                "long",
                1L << 40,
                "bool",
                true,
                "double",
                1.5,
                "list",
                List.of(1, "two", Map.of("three", 3)),
                "table",
                Map.of("a", Map.of("b", "c")),
                "bytes",
                new byte[] {1, 2, 3},
                "when",
                new Date(1_700_000_000_000L));
        var sent = new AMQP.BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("utf-8")
                .headers(headers)
                .deliveryMode(1)
                .priority(7)
                .correlationId("c-1")
                .replyTo("reply")
                .expiration("60000")
                .messageId("m-1")
                .timestamp(new Date(1_600_000_000_000L))
                .type("kind")
                .userId("guest")
                .appId("app")
                .clusterId("cluster")
                .build();
        publish(channel, "", queue, sent, "body");
        AMQP.BasicProperties got = get(channel, queue).getProps();
        assertThat(plain(got.getHeaders())).isEqualTo(plain(headers));
        assertThat(got.builder().headers(null).build().toString())
                .isEqualTo(sent.builder().headers(null).build().toString());
    }

    /** Replaces values of the client's own string class and byte arrays by strings. */
    private static Object plain(Object value) {
        return switch (value) {
            case LongString text -> text.toString();
            case byte[] octets -> Arrays.toString(octets);
            case List<?> list ->
                list.stream().map(PublishConformanceTest::plain).toList();
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new java.util.HashMap<>();
                map.forEach((name, item) -> copy.put(name, plain(item)));
                yield copy;
            }
            default -> value;
        };
    }

    @Test
    @DisplayName("16 MiB message")
    void bigMessage() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        byte[] body = new byte[16 << 20];
        new Random(1).nextBytes(body);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, true);
        channel.basicPublish("", queue, NONE, body);
        assertThat(next(deliveries).getBody()).isEqualTo(body);
    }

    @Test
    @DisplayName("10000 messages, order kept, one consumer")
    void order() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        BlockingQueue<Delivery> deliveries = consume(connect().createChannel(), queue, true);
        for (int i = 0; i < 10_000; i++) {
            publish(channel, "", queue, Integer.toString(i));
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(text(next(deliveries))).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    @DisplayName("transactions tx.select/commit")
    void transactions() throws Exception {
        Channel channel = channel();
        Channel other = channel();
        String queue = queue(channel);
        channel.txSelect();
        publish(channel, "", queue, "rolled back");
        channel.txRollback();
        publish(channel, "", queue, "committed");
        assertThat(other.messageCount(queue)).isZero();
        channel.txCommit();
        assertThat(body(get(other, queue))).isEqualTo("committed");
        assertThat(other.messageCount(queue)).isZero();
    }

    @Test
    @DisplayName("confirm and tx modes exclude each other")
    void modes() throws Exception {
        Channel confirming = channel();
        confirming.confirmSelect();
        assertThat(outcome(confirming::txSelect))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - cannot switch from confirm to tx mode");
        Channel transactional = channel();
        transactional.txSelect();
        assertThat(outcome(transactional::confirmSelect))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - cannot switch from tx to confirm mode");
        assertThat(outcome(() -> channel().txCommit()))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - channel is not transactional");
    }

    @Test
    @DisplayName("direct reply-to (amq.rabbitmq.reply-to)")
    void directReplyTo() throws Exception {
        Channel client = channel();
        BlockingQueue<Delivery> replies = consume(client, "amq.rabbitmq.reply-to", true);
        String queue = queue(client);
        publish(
                client,
                "",
                queue,
                new AMQP.BasicProperties.Builder()
                        .replyTo("amq.rabbitmq.reply-to")
                        .build(),
                "question");
        Channel server = connect().createChannel();
        String replyTo = get(server, queue).getProps().getReplyTo();
        assertThat(replyTo).startsWith("amq.rabbitmq.reply-to.");
        publish(server, "", replyTo, "answer");
        assertThat(text(next(replies))).isEqualTo("answer");
    }

    @Test
    @DisplayName("direct reply-to: a declaration creates nothing")
    void directReplyToDeclared() throws Exception {
        Channel channel = channel();
        String queue = "amq.rabbitmq.reply-to";
        assertThat(channel.queueDeclare(queue, true, false, false, Map.of()).getConsumerCount())
                .isEqualTo(1);
        assertThat(channel.queueDeclarePassive(queue).getConsumerCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("direct reply-to: invalid use")
    void directReplyToRefused() throws Exception {
        assertThat(outcome(() -> consume(channel(), "amq.rabbitmq.reply-to", false)))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - reply consumer cannot acknowledge");
        Channel channel = channel();
        assertThat(asynchronousOutcome(
                        channel,
                        () -> publish(
                                channel,
                                "",
                                "x",
                                new AMQP.BasicProperties.Builder()
                                        .replyTo("amq.rabbitmq.reply-to")
                                        .build(),
                                "x")))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - fast reply consumer does not exist");
        Channel twice = channel();
        consume(twice, "amq.rabbitmq.reply-to", true);
        assertThat(outcome(() -> consume(twice, "amq.rabbitmq.reply-to", true)))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - reply consumer already set");
    }

    @Test
    @DisplayName("an error in a message names basic.publish")
    void immediate() throws Exception {
        Channel channel = channel();
        var closed = new CompletableFuture<AMQP.Connection.Close>();
        channel.getConnection()
                .addShutdownListener(signal -> closed.complete((AMQP.Connection.Close) signal.getReason()));
        channel.basicPublish("", name(), false, true, NONE, bytes("x"));
        AMQP.Connection.Close close = closed.get(30, TimeUnit.SECONDS);
        assertThat(close.getReplyCode() + " " + close.getReplyText()).isEqualTo("540 NOT_IMPLEMENTED - immediate=true");
        assertThat(close.getClassId() + "." + close.getMethodId()).isEqualTo("60.40");
    }
}
