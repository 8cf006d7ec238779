package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Skipped on a RabbitMQ whose plugins for these exchanges are not enabled. */
class PluginExchangeConformanceTest extends ConformanceTest {
    @BeforeEach
    void requiresPlugins() throws Exception {
        for (String type : List.of("x-consistent-hash", "x-random")) {
            Channel probe = connect().createChannel();
            String name = name();
            boolean known = outcome(() -> {
                        probe.exchangeDeclare(name, type, false, true, Map.of());
                        probe.exchangeDelete(name);
                    })
                    .equals("ok");
            assumeTrue(known || broker.name().equals("embedded"), type + " is not enabled");
            assertThat(known).as(type).isTrue();
        }
    }

    private String exchange(Channel channel, String type, Map<String, Object> arguments) throws Exception {
        String name = name();
        channel.exchangeDeclare(name, type, false, true, arguments);
        return name;
    }

    private List<String> bound(Channel channel, String exchange, String... keys) throws Exception {
        List<String> queues = new ArrayList<>();
        for (String key : keys) {
            String queue = queue(channel);
            channel.queueBind(queue, exchange, key);
            queues.add(queue);
        }
        return queues;
    }

    private static List<Long> counts(Channel channel, List<String> queues, int total) throws Exception {
        List<Long> counts = new ArrayList<>();
        eventually(() -> {
            counts.clear();
            for (String queue : queues) {
                counts.add(channel.messageCount(queue));
            }
            return counts.stream().mapToLong(Long::longValue).sum() >= total;
        });
        return counts;
    }

    @Test
    @DisplayName("consistent hash by routing key: the same queues as RabbitMQ")
    void byRoutingKey() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "x-consistent-hash", Map.of());
        List<String> queues = bound(channel, exchange, "1", "1", "2");
        for (int i = 0; i < 4000; i++) {
            publish(channel, exchange, String.valueOf(i), "m");
        }
        assertThat(counts(channel, queues, 4000)).containsExactly(972L, 1015L, 2013L);
    }

    @ParameterizedTest
    @CsvSource({"message_id, 93", "correlation_id, 93", "timestamp, 97"})
    @DisplayName("consistent hash by property")
    void byProperty(String property, long first) throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "x-consistent-hash", Map.of("hash-property", property));
        List<String> queues = bound(channel, exchange, "10", "10");
        for (int i = 0; i < 200; i++) {
            var properties = new AMQP.BasicProperties.Builder();
            switch (property) {
                case "message_id" -> properties.messageId("m" + i);
                case "correlation_id" -> properties.correlationId("m" + i);
                default -> properties.timestamp(new Date(1_700_000_000_000L + 1000L * i));
            }
            publish(channel, exchange, "same", properties.build(), "m");
        }
        assertThat(counts(channel, queues, 200)).containsExactly(first, 200 - first);
    }

    @Test
    @DisplayName("consistent hash by header: each value has its queue, and what has none too")
    void byHeader() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "x-consistent-hash", Map.of("hash-header", "h"));
        List<String> queues = bound(channel, exchange, "10", "10");
        for (int i = 0; i < 200; i++) {
            var properties = new AMQP.BasicProperties.Builder().headers(Map.of("h", "value" + i));
            publish(channel, exchange, String.valueOf(i), properties.build(), "m");
        }
        assertThat(counts(channel, queues, 200))
                .allSatisfy(count -> assertThat(count).isBetween(50L, 150L));
        for (String queue : queues) {
            channel.queuePurge(queue);
        }
        for (int i = 0; i < 20; i++) {
            publish(channel, exchange, String.valueOf(i), "m");
        }
        assertThat(counts(channel, queues, 20)).as("without the header").containsExactlyInAnyOrder(0L, 20L);
    }

    @Test
    @DisplayName("consistent hash and random: one copy, for any number of routing keys")
    void oneCopy() throws Exception {
        Channel channel = channel();
        for (String type : List.of("x-consistent-hash", "x-random")) {
            String exchange = exchange(channel, type, Map.of());
            List<String> queues = bound(channel, exchange, "1", "2", "3");
            var properties = new AMQP.BasicProperties.Builder().headers(Map.of("CC", List.of("a", "b", "c")));
            for (int i = 0; i < 30; i++) {
                publish(channel, exchange, String.valueOf(i), properties.build(), "m");
            }
            assertThat(counts(channel, queues, 30).stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(30);
        }
    }

    @Test
    @DisplayName("consistent hash: a second binding of a queue changes nothing; none is left once one is removed")
    void oneWeight() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "x-consistent-hash", Map.of());
        List<String> queues = bound(channel, exchange, "1", "1", "2");
        channel.queueBind(queues.get(0), exchange, "5");
        for (int i = 0; i < 4000; i++) {
            publish(channel, exchange, String.valueOf(i), "m");
        }
        assertThat(counts(channel, queues, 4000)).containsExactly(972L, 1015L, 2013L);
        channel.queueUnbind(queues.get(0), exchange, "5");
        for (int i = 0; i < 300; i++) {
            publish(channel, exchange, String.valueOf(i), "m");
        }
        assertThat(counts(channel, queues, 4300).get(0)).isEqualTo(972);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x | The binding key must be an integer: <<\"x\">>",
                "'' | The binding key must be an integer: <<>>",
                "1.5 | The binding key must be an integer: <<\"1.5\">>",
                "0 | The binding key must be greater than 0",
                "-1 | The binding key must be greater than 0"
            })
    @DisplayName("consistent hash: binding keys that are no weights")
    void noWeights(String key, String text) throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "x-consistent-hash", Map.of());
        String queue = queue(channel);
        channel.queueBind(queue, exchange, "+02");
        assertThat(outcome(() -> channel.queueBind(queue, exchange, key)))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - " + text);
    }

    @Test
    @DisplayName("consistent hash: invalid arguments")
    void invalidArguments() throws Exception {
        Channel both = channel();
        assertThat(outcome(() ->
                        exchange(both, "x-consistent-hash", Map.of("hash-header", "h", "hash-property", "message_id"))))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - "
                        + "hash-header and hash-property are mutually exclusive");
        Channel bogus = channel();
        assertThat(outcome(() -> exchange(bogus, "x-consistent-hash", Map.of("hash-property", "bogus"))))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - Unsupported property: bogus");
        Channel channel = channel();
        String exchange = exchange(channel, "x-consistent-hash", Map.of());
        assertThat(outcome(() -> channel.exchangeDeclare(
                        exchange, "x-consistent-hash", false, true, Map.of("hash-header", "other"))))
                .as("declared again with other arguments")
                .isEqualTo("ok");
        channel.exchangeDelete(exchange);
    }

    @Test
    @DisplayName("random: every binding has the same chance")
    void random() throws Exception {
        Channel channel = channel();
        String exchange = exchange(channel, "x-random", Map.of());
        List<String> queues = bound(channel, exchange, "a", "zzz");
        channel.queueBind(queues.get(0), exchange, "b");
        for (int i = 0; i < 900; i++) {
            publish(channel, exchange, "k", "m");
        }
        // Six hundred and three hundred, more than ten standard deviations apart.
        List<Long> counts = counts(channel, queues, 900);
        assertThat(counts.get(0)).isBetween(500L, 700L);
        assertThat(counts.get(1)).isBetween(200L, 400L);
    }
}
