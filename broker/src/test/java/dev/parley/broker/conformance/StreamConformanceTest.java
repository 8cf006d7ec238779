package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Streams: arguments, headers, filters. */
class StreamConformanceTest extends ConformanceTest {
    private static final String REFUSED = "CHANNEL closed 406 PRECONDITION_FAILED - ";
    private static final String INTERNAL = "CONNECTION closed 541 INTERNAL_ERROR";
    private static final int QUIET_MILLIS = 300;

    private String stream(Channel channel) throws Exception {
        return durableQueue(channel, Map.of("x-queue-type", "stream"));
    }

    private String consumed(Map<String, Object> arguments) throws Exception {
        String stream = stream(channel());
        Channel reader = channel();
        reader.basicQos(1);
        return outcome(() -> consume(reader, stream, false, arguments));
    }

    private String declared(String argument, Object value) throws Exception {
        return outcome(() -> durableQueue(channel(), Map.of("x-queue-type", "stream", argument, value)));
    }

    private static String invalid(String argument, String why) {
        return REFUSED + "invalid arg '" + argument + "' for queue '<q>' in vhost '/'" + why;
    }

    private BlockingQueue<Delivery> read(String stream, Map<String, Object> arguments) throws Exception {
        Channel reader = channel();
        reader.basicQos(100);
        Map<String, Object> all = new HashMap<>(arguments);
        all.put("x-stream-offset", "first");
        return consume(reader, stream, false, all);
    }

    @Test
    @DisplayName("x-stream-offset: malformed")
    void malformedOffset() throws Exception {
        String start = invalid("x-stream-offset", ": {invalid_stream_offset_arg,{longstr,");
        assertThat(consumed(Map.of("x-stream-offset", "bogus")))
                .isEqualTo(ByVersion.of(INTERNAL)
                        .from("4.3", start + "<<\"bogus\">>}}")
                        .on(broker));
        assertThat(consumed(Map.of("x-stream-offset", "1x"))).isEqualTo(start + "<<\"1x\">>}}");
        assertThat(consumed(Map.of("x-stream-offset", true))).isEqualTo(INTERNAL);
        assertThat(consumed(Map.of("x-stream-offset", "5D"))).isEqualTo("ok");
        assertThat(consumed(Map.of("x-stream-offset", -1))).isEqualTo("ok");
    }

    @Test
    @DisplayName("x-max-age, x-stream-filter-size-bytes, x-initial-cluster-size: malformed")
    void malformedArguments() throws Exception {
        assertThat(declared("x-max-age", "bogus"))
                .isEqualTo(ByVersion.of(INTERNAL)
                        .from("4.3", invalid("x-max-age", ": invalid_max_age"))
                        .on(broker));
        assertThat(declared("x-max-age", "1x")).isEqualTo(invalid("x-max-age", ": invalid_max_age"));
        assertThat(declared("x-max-age", 5)).isEqualTo(invalid("x-max-age", ": {unacceptable_type,signedint}"));
        assertThat(declared("x-stream-filter-size-bytes", 16)).isEqualTo("ok");
        assertThat(declared("x-stream-filter-size-bytes", 15))
                .isEqualTo(ByVersion.of("ok")
                        .from("4.0", REFUSED + "Invalid value for  x-stream-filter-size-bytes")
                        .from("4.3", REFUSED + "Invalid value for x-stream-filter-size-bytes")
                        .on(broker));
        assertThat(declared("x-initial-cluster-size", 0))
                .isEqualTo(invalid("x-initial-cluster-size", ": {value_zero,0}"));
    }

    @Test
    @DisplayName("x-stream-filter on queues that are no streams")
    void filterOnOthers() throws Exception {
        for (String type : new String[] {"classic", "quorum"}) {
            String queue = durableQueue(channel(), Map.of("x-queue-type", type));
            assertThat(outcome(() -> consume(channel(), queue, false, Map.of("x-stream-filter", "a"))))
                    .isEqualTo(ByVersion.of("ok")
                            .from("4.0", invalid("x-stream-filter", " of queue type rabbit_" + type + "_queue"))
                            .on(broker));
        }
    }

    @Test
    @DisplayName("x-stream-filter")
    void filter() throws Exception {
        Channel channel = channel();
        String stream = stream(channel);
        channel.confirmSelect();
        for (String value : new String[] {"a", "b", "", "a", "c"}) {
            Map<String, Object> headers = value.isEmpty() ? Map.of() : Map.of("x-stream-filter-value", value);
            publish(
                    channel,
                    "",
                    stream,
                    new AMQP.BasicProperties.Builder().headers(headers).build(),
                    value + ".");
            channel.waitForConfirmsOrDie(10_000);
        }
        String all = "a.b..a.c.";
        assertThat(bodies(stream, Map.of(), all)).isEqualTo(all);
        assertFiltered(stream, Map.of("x-stream-filter", "a"), "a.a.");
        assertFiltered(stream, Map.of("x-stream-filter", List.of("a", "b")), "a.b.a.");
        assertFiltered(stream, Map.of("x-stream-filter", "a", "x-stream-match-unfiltered", true), "a..a.");
        assertFiltered(stream, Map.of("x-stream-filter", "c"), "c.");
        assertFiltered(stream, Map.of("x-stream-filter", "zz"), "");
        assertThat(bodies(stream, Map.of("x-stream-match-unfiltered", true), all))
                .isEqualTo(all);
        assertThat(bodies(stream, Map.of("x-stream-filter", 5), all)).isEqualTo(all);
        assertThat(consumed(Map.of("x-stream-filter", List.of())))
                .isEqualTo(ByVersion.of("ok").from("4.0", INTERNAL).on(broker));
    }

    private void assertFiltered(String stream, Map<String, Object> arguments, String expected) throws Exception {
        String now = ByVersion.of("a.b..a.c.").from("4.0", expected).on(broker);
        assertThat(bodies(stream, arguments, now)).as("%s", arguments).isEqualTo(now);
    }

    private String bodies(String stream, Map<String, Object> arguments, String expected) throws Exception {
        BlockingQueue<Delivery> deliveries = read(stream, arguments);
        StringBuilder bodies = new StringBuilder();
        while (bodies.length() < expected.length()) {
            bodies.append(text(next(deliveries)));
        }
        for (Delivery more = deliveries.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
                more != null;
                more = deliveries.poll()) {
            bodies.append(text(more));
        }
        return bodies.toString();
    }

    @Test
    @DisplayName("headers that a stream keeps")
    void headers() throws Exception {
        Channel channel = channel();
        String stream = stream(channel);
        Map<String, Object> headers = new HashMap<>(Map.of(
                "text",
                "x",
                "number",
                5,
                "flag",
                true,
                "table",
                Map.of("a", 1),
                "array",
                List.of(1),
                "CC",
                List.of("cc"),
                "BCC",
                List.of("bcc"),
                "date",
                new Date(1_000_000_000_000L)));
        headers.put("nothing", null);
        publish(
                channel,
                "",
                stream,
                new AMQP.BasicProperties.Builder()
                        .headers(headers)
                        .priority(3)
                        .deliveryMode(2)
                        .expiration("99999")
                        .contentType("text/plain")
                        .build(),
                "x");
        Delivery delivery = next(read(stream, Map.of()));
        List<String> kept = new ArrayList<>(List.of("text", "number", "flag", "date", "nothing", "x-stream-offset"));
        if (ByVersion.of(false).from("4.0", true).on(broker)) {
            kept.add("CC");
        }
        assertThat(delivery.getProperties().getHeaders().keySet()).containsExactlyInAnyOrderElementsOf(kept);
        assertThat(delivery.getProperties().getExpiration()).isEqualTo("99999");
        assertThat(delivery.getProperties().getPriority()).isEqualTo(3);
        assertThat(delivery.getProperties().getContentType()).isEqualTo("text/plain");
    }

    @Test
    @DisplayName("basic.nack and basic.reject of a stream's message")
    void negativeAcknowledgement() throws Exception {
        Channel channel = channel();
        String stream = stream(channel);
        publish(channel, "", stream, "x");
        String refused = "CONNECTION closed 540 NOT_IMPLEMENTED - basic.nack and basic.reject not supported by stream"
                + " queues queue '<q>' in vhost '/'";
        for (boolean requeue : new boolean[] {true, false}) {
            Channel reader = connect().createChannel();
            reader.basicQos(1);
            BlockingQueue<Delivery> deliveries = consume(reader, stream, false, Map.of("x-stream-offset", "first"));
            long tag = next(deliveries).getEnvelope().getDeliveryTag();
            if (ByVersion.of(false).from("4.0", true).on(broker)) {
                reader.basicNack(tag, false, requeue);
                assertThat(deliveries.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)).isNull();
                assertThat(reader.isOpen()).isTrue();
            } else {
                assertThat(asynchronousOutcome(reader, () -> reader.basicNack(tag, false, requeue)))
                        .isEqualTo(refused);
            }
        }
    }

    @Test
    @DisplayName("a limit for the whole channel is no prefetch of a stream's consumer")
    void globalPrefetch() throws Exception {
        String stream = stream(channel());
        Channel reader = channel();
        reader.basicQos(1, true);
        assertThat(outcome(() -> consume(reader, stream, false)))
                .isEqualTo(ByVersion.of(REFUSED + "consumer prefetch count is not set for 'queue '<q>' in vhost '/''")
                        .from("4.0", REFUSED + "consumer prefetch count is not set for stream queue '<q>' in vhost '/'")
                        .from("4.3", "ok")
                        .on(broker));
    }
}
