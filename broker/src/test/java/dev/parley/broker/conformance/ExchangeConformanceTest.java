package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExchangeConformanceTest extends ConformanceTest {
    private String exchange(Channel channel, String type) throws Exception {
        String name = name();
        channel.exchangeDeclare(name, type, false, true, Map.of());
        return name;
    }

    @Test
    @DisplayName("default exchange publish")
    void defaultExchange() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        publish(channel, "", queue, "hello");
        assertThat(body(get(channel, queue))).isEqualTo("hello");
    }

    @Test
    @DisplayName("direct exchange")
    void direct() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "direct");
        String a = queue(channel);
        String b = queue(channel);
        channel.queueBind(a, exchange, "a");
        channel.queueBind(b, exchange, "b");
        publish(channel, exchange, "a", "for a");
        publish(channel, exchange, "c", "for none");
        assertThat(body(get(channel, a))).isEqualTo("for a");
        assertThat(channel.basicGet(b, true)).isNull();
    }

    @Test
    @DisplayName("topic exchange * and #")
    void topic() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "topic");
        String one = queue(channel);
        String many = queue(channel);
        String all = queue(channel);
        String middle = queue(channel);
        channel.queueBind(one, exchange, "a.*.c");
        channel.queueBind(many, exchange, "a.#");
        channel.queueBind(all, exchange, "#");
        channel.queueBind(middle, exchange, "#.b.#");
        for (String key : new String[] {"a.b.c", "a.c", "a", "b", "", "a.b.c.d"}) {
            publish(channel, exchange, key, key);
        }
        eventually(() -> channel.messageCount(all) == 6);
        assertThat(channel.messageCount(one)).isEqualTo(1);
        assertThat(channel.messageCount(many)).isEqualTo(4);
        assertThat(channel.messageCount(middle)).isEqualTo(3);
        assertThat(body(get(channel, one))).isEqualTo("a.b.c");
    }

    @Test
    @DisplayName("fanout exchange")
    void fanout() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "fanout");
        String a = queue(channel);
        String b = queue(channel);
        channel.queueBind(a, exchange, "x");
        channel.queueBind(a, exchange, "y");
        channel.queueBind(b, exchange, "");
        publish(channel, exchange, "whatever", "m");
        assertThat(body(get(channel, a))).isEqualTo("m");
        assertThat(body(get(channel, b))).isEqualTo("m");
        assertThat(channel.messageCount(a))
                .as("one copy, for any number of bindings")
                .isZero();
    }

    @Test
    @DisplayName("headers exchange")
    void headers() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "headers");
        String all = queue(channel);
        String any = queue(channel);
        channel.queueBind(all, exchange, "", Map.of("x-match", "all", "a", 1, "b", "two"));
        channel.queueBind(any, exchange, "", Map.of("x-match", "any", "a", 1, "b", "two"));
        publish(channel, exchange, "", withHeaders(Map.of("a", 1, "b", "two", "c", 3)), "both");
        publish(channel, exchange, "", withHeaders(Map.of("a", 1)), "one");
        publish(channel, exchange, "", withHeaders(Map.of("a", 2)), "none");
        eventually(() -> channel.messageCount(any) == 2);
        assertThat(channel.messageCount(all)).isEqualTo(1);
        assertThat(body(get(channel, all))).isEqualTo("both");
    }

    private static AMQP.BasicProperties withHeaders(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder().headers(headers).build();
    }

    @Test
    @DisplayName("auto-delete exchange removed after last unbind")
    void autoDelete() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "direct");
        String queue = queue(channel);
        channel.queueBind(queue, exchange, "k");
        channel.queueUnbind(queue, exchange, "k");
        assertThat(outcome(() -> channel.exchangeDeclarePassive(exchange)))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no exchange '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("exchange-to-exchange binding")
    void exchangeToExchange() throws Exception {
        Channel channel = channel();
        String source = exchange(channel, "topic");
        String middle = exchange(channel, "fanout");
        String queue = queue(channel);
        channel.exchangeBind(middle, source, "a.#");
        channel.queueBind(queue, middle, "");
        publish(channel, source, "a.b", "through");
        assertThat(body(get(channel, queue))).isEqualTo("through");
        channel.exchangeUnbind(middle, source, "a.#");
    }

    @Test
    @DisplayName("alternate exchange")
    void alternate() throws Exception {
        Channel channel = channel();
        String alternate = exchange(channel, "fanout");
        String queue = queue(channel);
        channel.queueBind(queue, alternate, "");
        String exchange = name();
        channel.exchangeDeclare(exchange, "direct", false, false, Map.of("alternate-exchange", alternate));
        publish(channel, exchange, "nobody", "lost and found");
        assertThat(body(get(channel, queue))).isEqualTo("lost and found");
        channel.exchangeDelete(exchange);
    }

    @Test
    @DisplayName("CC and BCC headers")
    void copies() throws Exception {
        Channel channel = channel();
        String to = queue(channel);
        String cc = queue(channel);
        String bcc = queue(channel);
        publish(channel, "", to, withHeaders(Map.of("CC", java.util.List.of(cc), "BCC", java.util.List.of(bcc))), "m");
        assertThat(body(get(channel, to))).isEqualTo("m");
        assertThat(get(channel, cc).getProps().getHeaders()).containsOnlyKeys("CC");
        assertThat(get(channel, bcc).getProps().getHeaders()).containsOnlyKeys("CC");
    }

    @Test
    @DisplayName("passive declare missing exchange")
    void passiveMissing() throws Exception {
        String missing = name();
        assertThat(outcome(() -> channel().exchangeDeclarePassive(missing)))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no exchange '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("exchange redeclare: type differs")
    void redeclareType() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "topic");
        assertThat(outcome(() -> channel.exchangeDeclare(exchange, "fanout", false, true, Map.of())))
                .isEqualTo(
                        "CHANNEL closed 406 PRECONDITION_FAILED - inequivalent arg 'type' for exchange '<q>' in vhost"
                                + " '/': received 'fanout' but current is 'topic'");
        channel().exchangeDelete(exchange);
    }

    @Test
    @DisplayName("exchange redeclare: durable differs")
    void redeclareDurable() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "topic");
        assertThat(outcome(() -> channel.exchangeDeclare(exchange, "topic", true, true, Map.of())))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - inequivalent arg 'durable' for exchange '<q>' in"
                        + " vhost '/': received 'true' but current is 'false'");
        channel().exchangeDelete(exchange);
    }

    @Test
    @DisplayName("forbidden operations on exchanges")
    void refusals() throws Exception {
        String taken = name();
        assertThat(outcome(() -> channel().exchangeDeclare("amq." + taken, "direct")))
                .isEqualTo(
                        "CHANNEL closed 403 ACCESS_REFUSED - exchange name 'amq.<q>' contains reserved prefix 'amq.*'");
        assertThat(outcome(() -> channel().exchangeDelete("")))
                .isEqualTo("CHANNEL closed 403 ACCESS_REFUSED - operation not permitted on the default exchange");
        assertThat(outcome(() -> channel().exchangeDelete("amq.direct")))
                .isEqualTo(
                        "CHANNEL closed 403 ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not"
                                + " allowed");
        assertThat(outcome(() -> channel().exchangeDeclare(taken, "nonsense")))
                .isEqualTo(ByVersion.of("CONNECTION closed 503 COMMAND_INVALID - unknown exchange type 'nonsense'")
                        .from("4.0", "CHANNEL closed 406 PRECONDITION_FAILED - unknown exchange type 'nonsense'")
                        .on(broker));
        Channel channel = channel();
        String used = exchange(channel, "direct");
        String queue = queue(channel);
        channel.queueBind(queue, used, "");
        assertThat(outcome(() -> channel.exchangeDelete(used, true)))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - exchange '<q>' in vhost '/' in use");
        Channel other = channel();
        other.exchangeDeclare(taken, "fanout", false, true, true, Map.of());
        assertThat(asynchronousOutcome(other, () -> publish(other, taken, "", "x")))
                .isEqualTo(
                        "CHANNEL closed 403 ACCESS_REFUSED - cannot publish to internal exchange '<q>' in vhost '/'");
        channel().exchangeDelete(taken);
    }

    @Test
    @DisplayName("line breaks are removed from names of exchanges and queues")
    void lineBreaks() throws Exception {
        Channel channel = channel();
        String exchange = name();
        String queue = queue(channel);
        channel.exchangeDeclare("\n" + exchange + "\r\n", "fanout", false, true, Map.of());
        channel.exchangeDeclarePassive(exchange);
        channel.exchangeDeclarePassive(exchange + "\n");
        assertThat(channel.queueDeclare(queue + "\r\n", mustBeDurable(), false, false, Map.of())
                        .getQueue())
                .isEqualTo(queue);
        assertThat(channel.queueDeclarePassive("\r" + queue).getQueue()).isEqualTo(queue);
        channel.queueBind(queue + "\n", "\n" + exchange, "");
        publish(channel, exchange, "", "bound");
        assertThat(body(get(channel, queue))).isEqualTo("bound");
        assertThat(outcome(() -> channel().basicGet(queue + "\n", true)))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no queue '<q>\n' in vhost '/'");
        assertThat(outcome(() -> channel().queuePurge(queue + "\n")))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no queue '<q>\n' in vhost '/'");
        channel.queueUnbind("\r" + queue, exchange, "");
        assertThat(outcome(() -> channel().exchangeDeclarePassive(exchange)))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no exchange '<q>' in vhost '/'");
        channel.queueDelete(queue + "\n");
        assertThat(outcome(() -> channel().queueDeclarePassive(queue)))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no queue '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("unbinding what is not bound succeeds")
    void unbindMissing() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        channel.queueUnbind(queue, "amq.direct", "never bound");
        channel.queueUnbind(name(), "amq.direct", "k");
        channel.queueUnbind(queue, name(), "k");
        channel.queueUnbind(name(), name(), "k");
        channel.exchangeUnbind(name(), "amq.direct", "k");
        channel.exchangeUnbind("amq.direct", name(), "k");
        assertThat(outcome(() -> channel().queueUnbind(queue, "", "k")))
                .isEqualTo("CHANNEL closed 403 ACCESS_REFUSED - operation not permitted on the default exchange");
        assertThat(outcome(() -> channel().queueUnbind("", "amq.direct", "k")))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no previously declared queue");
    }

    @Test
    @DisplayName("the name of an alternate exchange must be a string")
    void alternateExchangeType() throws Exception {
        assertThat(outcome(() ->
                        channel().exchangeDeclare(name(), "fanout", false, true, Map.of("alternate-exchange", 1))))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - invalid type 'signedint' for arg"
                        + " 'alternate-exchange' in exchange '<q>' in vhost '/'");
    }
}
