package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redeliveries and order of quorum queues. */
class QuorumConformanceTest extends ConformanceTest {
    private String queue(Channel channel, String dead, Map<String, Object> more) throws Exception {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("x-queue-type", "quorum");
        arguments.put("x-dead-letter-exchange", "");
        arguments.put("x-dead-letter-routing-key", dead);
        return durableQueue(channel, arguments);
    }

    private static void publish(Channel channel, String queue, String... bodies) throws Exception {
        channel.confirmSelect();
        for (String body : bodies) {
            publish(channel, "", queue, body);
        }
        channel.waitForConfirmsOrDie(10_000);
    }

    private static GetResponse fetch(Channel channel, String queue) throws Exception {
        GetResponse[] got = {null};
        eventually(() -> {
            got[0] = channel.basicGet(queue, false);
            return got[0] != null;
        });
        return got[0];
    }

    private static Map<String, Object> counts(AMQP.BasicProperties properties) {
        Map<String, Object> counts = new TreeMap<>();
        if (properties.getHeaders() != null) {
            properties.getHeaders().forEach((name, value) -> {
                if (name.endsWith("-count")) {
                    counts.put(name, value);
                }
            });
        }
        return counts;
    }

    /** How often the message is delivered until it is dead-lettered; 25 if it is not. */
    private int deliveries(Channel channel, String queue, String dead, String how) throws Exception {
        Channel[] consuming = {channel()};
        for (int count = 0; count < 25; count++) {
            GetResponse[] got = {null};
            eventually(() -> {
                got[0] = consuming[0].basicGet(queue, false);
                return got[0] != null || channel.messageCount(dead) > 0;
            });
            if (got[0] == null) {
                return count;
            }
            long tag = got[0].getEnvelope().getDeliveryTag();
            switch (how) {
                case "nack" -> consuming[0].basicNack(tag, false, true);
                case "reject" -> consuming[0].basicReject(tag, true);
                case "recover" -> consuming[0].basicRecover(true);
                default -> {
                    consuming[0].close();
                    consuming[0] = channel();
                }
            }
        }
        return 25;
    }

    @ParameterizedTest(name = "{0} with x-delivery-limit={1}")
    @CsvSource({"nack,2", "reject,2", "recover,2", "close,2", "nack,", "reject,"})
    @DisplayName("delivery limit")
    void deliveryLimit(String how, @Nullable Integer limit) throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(channel, dead, limit == null ? Map.of() : Map.of("x-delivery-limit", limit));
        publish(channel, queue, "m");
        boolean counts = how.equals("reject") || how.equals("close");
        ByVersion<Integer> expected = limit == null
                ? ByVersion.of(25).from("4.0", 21).from("4.3", counts ? 21 : 25)
                : ByVersion.of(3).from("4.3", counts ? 3 : 25);
        assertThat(deliveries(channel, queue, dead, how)).isEqualTo(expected.on(broker));
    }

    @Test
    @DisplayName("headers of first and later deliveries")
    void deliveryCounts() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, "nowhere", Map.of());
        publish(channel, queue, "m");
        GetResponse first = fetch(channel, queue);
        assertThat(counts(first.getProps()))
                .isEqualTo(ByVersion.of(Map.<String, Object>of("x-delivery-count", 0L))
                        .from("4.0", Map.of())
                        .on(broker));
        channel.basicReject(first.getEnvelope().getDeliveryTag(), true);
        GetResponse second = fetch(channel, queue);
        assertThat(counts(second.getProps()))
                .isEqualTo(ByVersion.of(Map.<String, Object>of("x-delivery-count", 1L))
                        .from("4.3", Map.of("x-acquired-count", 1L, "x-delivery-count", 1L))
                        .on(broker));
        channel.basicNack(second.getEnvelope().getDeliveryTag(), false, true);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, true);
        assertThat(counts(next(deliveries).getProperties()))
                .isEqualTo(ByVersion.of(Map.<String, Object>of("x-delivery-count", 2L))
                        .from("4.3", Map.of("x-acquired-count", 2L, "x-delivery-count", 1L))
                        .on(broker));
        publish(channel, queue, "n");
        assertThat(counts(next(deliveries).getProperties()))
                .as("first delivery to a consumer")
                .isEmpty();
    }

    private String order(Integer... priorities) throws Exception {
        Channel channel = channel();
        String queue = queue(channel, "nowhere", Map.of());
        channel.confirmSelect();
        for (Integer priority : priorities) {
            publish(
                    channel,
                    "",
                    queue,
                    new AMQP.BasicProperties.Builder().priority(priority).build(),
                    String.valueOf(priority));
        }
        channel.waitForConfirmsOrDie(10_000);
        List<String> order = new ArrayList<>();
        for (int i = 0; i < priorities.length; i++) {
            order.add(String.valueOf(body(get(channel, queue))));
        }
        return String.join(" ", order);
    }

    @Test
    @DisplayName("priorities")
    void priorities() throws Exception {
        assertThat(order(1, 5, 9, 4))
                .isEqualTo(ByVersion.of("1 5 9 4")
                        .from("4.0", "5 9 1 4")
                        .from("4.3", "9 5 4 1")
                        .on(broker));
        assertThat(order(0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
                .isEqualTo(ByVersion.of("0 1 2 3 4 5 6 7 8 9")
                        .from("4.0", "5 6 0 7 8 1 9 2 3 4")
                        .from("4.3", "9 8 7 6 5 4 3 2 1 0")
                        .on(broker));
        assertThat(order(6, 6, 6, 2, 2)).isEqualTo("6 6 6 2 2");
        assertThat(order(5, 1, 6, 7, 2))
                .isEqualTo(ByVersion.of("5 1 6 7 2")
                        .from("4.0", "5 6 1 7 2")
                        .from("4.3", "7 6 5 2 1")
                        .on(broker));
        assertThat(order(null, 4, 5, null, 0))
                .isEqualTo(ByVersion.of("null 4 5 null 0")
                        .from("4.0", "5 null 4 null 0")
                        .from("4.3", "5 null 4 null 0")
                        .on(broker));
        assertThat(order(31, 32, 255, 30)).isEqualTo("31 32 255 30");
    }

    @ParameterizedTest(name = "{0} with x-delivery-limit={1}")
    @CsvSource({"nack,", "nack,9", "reject,", "recover,", "close,"})
    @DisplayName("the place of a returned message")
    void returnedPlace(String how, @Nullable Integer limit) throws Exception {
        Channel channel = channel();
        String queue = queue(channel, "nowhere", limit == null ? Map.of() : Map.of("x-delivery-limit", limit));
        publish(channel, queue, "0", "1", "2", "3", "4");
        Channel consuming = channel();
        long last = 0;
        for (int i = 0; i < 3; i++) {
            last = fetch(consuming, queue).getEnvelope().getDeliveryTag();
        }
        switch (how) {
            case "nack" -> consuming.basicNack(last, true, true);
            case "reject" -> {
                for (long tag = 1; tag <= last; tag++) {
                    consuming.basicReject(tag, true);
                }
            }
            case "recover" -> consuming.basicRecover(true);
            default -> consuming.close();
        }
        eventually(() -> channel.messageCount(queue) == 5);
        StringBuilder order = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            order.append(body(get(channel, queue)));
        }
        boolean atEnd = limit == null && !how.equals("close");
        assertThat(order)
                .hasToString(ByVersion.of(atEnd ? "34012" : "01234")
                        .from("4.0", "01234")
                        .on(broker));
    }
}
