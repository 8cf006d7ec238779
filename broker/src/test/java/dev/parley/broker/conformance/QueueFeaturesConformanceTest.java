package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class QueueFeaturesConformanceTest extends ConformanceTest {
    private static AMQP.BasicProperties expiring(String millis) {
        return new AMQP.BasicProperties.Builder().expiration(millis).build();
    }

    @Test
    @DisplayName("x-dead-letter-exchange: rejected message is dead-lettered")
    void deadLetterRejected() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(channel, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        publish(channel, "", queue, expiring("50000"), "bad");
        eventually(() -> channel.messageCount(queue) == 1);
        channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
        GetResponse got = get(channel, dead);
        assertThat(body(got)).isEqualTo("bad");
        Map<String, Object> headers = got.getProps().getHeaders();
        Set<String> first = Set.of("x-death", "x-first-death-exchange", "x-first-death-reason", "x-first-death-queue");
        Set<String> last = Set.of("x-last-death-exchange", "x-last-death-reason", "x-last-death-queue");
        Set<String> both = new HashSet<>(first);
        both.addAll(last);
        assertThat(headers.keySet())
                .isEqualTo(ByVersion.of(first).from("4.0", both).on(broker));
        assertThat(headers.get("x-first-death-reason").toString()).isEqualTo("rejected");
        assertThat(headers.get("x-first-death-queue").toString()).isEqualTo(queue);
        assertThat(got.getProps().getExpiration()).isNull();
        Map<?, ?> death = (Map<?, ?>) ((List<?>) headers.get("x-death")).get(0);
        assertThat(death.get("count")).isEqualTo(1L);
        assertThat(death.get("reason").toString()).isEqualTo("rejected");
        assertThat(death.get("queue").toString()).isEqualTo(queue);
        assertThat(death.get("exchange").toString()).isEmpty();
        assertThat(death.get("routing-keys").toString()).isEqualTo("[" + queue + "]");
        assertThat(death.get("original-expiration").toString()).isEqualTo("50000");
        assertThat(death.get("time")).isInstanceOf(java.util.Date.class);
    }

    @Test
    @DisplayName("dead letters: the count of the same death")
    void deadLetterCount() throws Exception {
        Channel channel = channel();
        String back = name();
        channel.exchangeDeclare(back, "fanout", false, true, Map.of());
        String queue = queue(channel, Map.of("x-dead-letter-exchange", back));
        channel.queueBind(queue, back, "");
        publish(channel, "", queue, "again");
        for (int round = 1; round <= 3; round++) {
            GetResponse[] got = {null};
            eventually(() -> (got[0] = channel.basicGet(queue, false)) != null);
            if (round > 1) {
                Map<?, ?> death =
                        (Map<?, ?>) ((List<?>) got[0].getProps().getHeaders().get("x-death")).get(0);
                assertThat(death.get("count")).isEqualTo(round - 1L);
            }
            channel.basicReject(got[0].getEnvelope().getDeliveryTag(), false);
        }
    }

    @Test
    @DisplayName("dead letters: repeated deaths of old versions are counted, in reverse order")
    void deadLetterRepeated() throws Exception {
        // From 4.0 on what a client says of deaths is ignored.
        List<String> first = List.of("QUEUE 1");
        assertThat(deaths("a", "a", "b", "a"))
                .isEqualTo(ByVersion.of(List.of("QUEUE 1", "b 1", "a 3"))
                        .from("4.0", first)
                        .on(broker));
        assertThat(deaths("QUEUE", "a", "QUEUE"))
                .isEqualTo(ByVersion.of(List.of("QUEUE 3", "a 1"))
                        .from("4.0", first)
                        .on(broker));
        assertThat(deaths("a"))
                .isEqualTo(ByVersion.of(List.of("QUEUE 1", "a null"))
                        .from("4.0", first)
                        .on(broker));
        assertThat(deaths("QUEUE")).isEqualTo(first);
    }

    /** The deaths of a message that expires in a queue {@code QUEUE} after it expired in these, with their counts. */
    private List<String> deaths(String... earlier) throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(
                channel, Map.of("x-message-ttl", 0, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        List<Map<String, Object>> before = Stream.of(earlier)
                .map(name -> Map.<String, Object>of("queue", name.replace("QUEUE", queue), "reason", "expired"))
                .toList();
        publish(
                channel,
                "",
                queue,
                new AMQP.BasicProperties.Builder()
                        .headers(Map.of("x-death", before))
                        .build(),
                "x");
        Map<String, Object> headers = get(channel, dead).getProps().getHeaders();
        assertThat(headers.containsKey("x-first-death-queue"))
                .isEqualTo(ByVersion.of(false).from("4.0", true).on(broker));
        return ((List<?>) headers.get("x-death"))
                .stream()
                        .map(death -> (Map<?, ?>) death)
                        .map(death -> (death.get("queue") + " " + death.get("count")).replace(queue, "QUEUE"))
                        .toList();
    }

    @Test
    @DisplayName("dead letters: a cycle without a reject ends")
    void deadLetterCycle() throws Exception {
        Channel channel = channel();
        String queue = name();
        channel.queueDeclare(
                queue,
                mustBeDurable(),
                false,
                false,
                Map.of("x-message-ttl", 50, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", queue));
        publish(channel, "", queue, "round");
        eventually(() -> channel.messageCount(queue) == 0);
        Thread.sleep(200);
        assertThat(channel.messageCount(queue)).isZero();
        channel.queueDelete(queue);
    }

    @Test
    @DisplayName("x-message-ttl: message expires")
    void queueTtl() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(
                channel, Map.of("x-message-ttl", 100, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        publish(channel, "", queue, "short-lived");
        GetResponse got = get(channel, dead);
        assertThat(body(got)).isEqualTo("short-lived");
        assertThat(got.getProps().getHeaders().get("x-first-death-reason").toString())
                .isEqualTo("expired");
        assertThat(channel.messageCount(queue)).isZero();
    }

    @Test
    @DisplayName("expiration property (per-message TTL)")
    void messageTtl() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        publish(channel, "", queue, expiring("50"), "gone");
        publish(channel, "", queue, expiring("30000"), "live");
        Thread.sleep(300);
        GetResponse got = get(channel, queue);
        assertThat(body(got)).isEqualTo("live");
        assertThat(got.getProps().getExpiration()).isEqualTo("30000");
    }

    @Test
    @DisplayName("x-max-length: enforced")
    void maxLength() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(
                channel, Map.of("x-max-length", 2, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        for (int i = 0; i < 5; i++) {
            publish(channel, "", queue, "m" + i);
        }
        eventually(() -> channel.messageCount(dead) == 3);
        assertThat(channel.messageCount(queue)).isEqualTo(2);
        assertThat(body(get(channel, queue))).isEqualTo("m3");
        GetResponse got = get(channel, dead);
        assertThat(body(got)).isEqualTo("m0");
        assertThat(got.getProps().getHeaders().get("x-first-death-reason").toString())
                .isEqualTo("maxlen");
    }

    @Test
    @DisplayName("x-max-length with reject-publish")
    void rejectPublish() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        var events = new LinkedBlockingQueue<String>();
        channel.addConfirmListener((tag, multiple) -> events.add("ack"), (tag, multiple) -> events.add("nack"));
        channel.confirmSelect();
        publish(channel, "", queue, "first");
        assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("ack");
        publish(channel, "", queue, "second");
        assertThat(events.poll(30, TimeUnit.SECONDS)).isEqualTo("nack");
        assertThat(body(get(channel, queue))).isEqualTo("first");
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    @DisplayName("x-max-length-bytes")
    void maxLengthBytes() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, Map.of("x-max-length-bytes", 10));
        for (String body : new String[] {"12345", "67890", "abcde"}) {
            publish(channel, "", queue, body);
        }
        eventually(() -> channel.messageCount(queue) == 2);
        assertThat(body(get(channel, queue))).isEqualTo("67890");
    }

    @Test
    @DisplayName("x-max-priority: declare + order")
    void priorities() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, Map.of("x-max-priority", 5));
        for (int priority : new int[] {0, 3, 9, 3}) {
            publish(
                    channel,
                    "",
                    queue,
                    new AMQP.BasicProperties.Builder().priority(priority).build(),
                    "p" + priority);
        }
        publish(
                channel,
                "",
                queue,
                new AMQP.BasicProperties.Builder().priority(5).build(),
                "hi");
        eventually(() -> channel.messageCount(queue) == 5);
        for (String expected : new String[] {"p9", "hi", "p3", "p3", "p0"}) {
            assertThat(body(get(channel, queue))).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("quorum queue: delivery limit")
    void deliveryLimit() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = durableQueue(
                channel,
                Map.of(
                        "x-queue-type",
                        "quorum",
                        "x-delivery-limit",
                        2,
                        "x-dead-letter-exchange",
                        "",
                        "x-dead-letter-routing-key",
                        dead));
        publish(channel, "", queue, "poison");
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        for (int round = 0; round < 3; round++) {
            Delivery delivery = next(deliveries);
            Map<String, Object> headers = delivery.getProperties().getHeaders();
            Object count = headers == null ? null : headers.get("x-delivery-count");
            assertThat(count).isEqualTo(round == 0 ? null : (Object) (long) round);
            channel.basicReject(delivery.getEnvelope().getDeliveryTag(), true);
        }
        GetResponse got = get(channel, dead);
        assertThat(got.getProps().getHeaders().get("x-first-death-reason").toString())
                .isEqualTo("delivery_limit");
    }

    private BlockingQueue<Delivery> read(String stream, Object offset) throws Exception {
        Channel reader = channel();
        reader.basicQos(100);
        var deliveries = new LinkedBlockingQueue<Delivery>();
        reader.basicConsume(
                stream,
                false,
                Map.of("x-stream-offset", offset),
                (tag, delivery) -> {
                    deliveries.add(delivery);
                    reader.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                tag -> {});
        return deliveries;
    }

    @Test
    @DisplayName("stream queue: offsets")
    void streamOffsets() throws Exception {
        Channel channel = channel();
        String stream = durableQueue(channel, Map.of("x-queue-type", "stream", "x-max-age", "1D"));
        channel.confirmSelect();
        for (int i = 0; i < 10; i++) {
            publish(channel, "", stream, "m" + i);
            channel.waitForConfirmsOrDie(10_000);
        }
        BlockingQueue<Delivery> all = read(stream, "first");
        for (int i = 0; i < 10; i++) {
            Delivery delivery = next(all);
            assertThat(text(delivery)).isEqualTo("m" + i);
            assertThat(delivery.getProperties().getHeaders().get("x-stream-offset"))
                    .isEqualTo((long) i);
        }
        assertThat(text(next(read(stream, 7)))).isEqualTo("m7");
        assertThat(text(next(read(stream, "last")))).isEqualTo("m9");
        BlockingQueue<Delivery> fresh = read(stream, "next");
        publish(channel, "", stream, "new");
        assertThat(text(next(fresh))).isEqualTo("new");
        assertThat(text(next(all)))
                .as("a consumer that has read everything gets the new message")
                .isEqualTo("new");
    }

    @Test
    @DisplayName("stream queue: unsupported operations")
    void streamRefusals() throws Exception {
        Channel channel = channel();
        String stream = durableQueue(channel, Map.of("x-queue-type", "stream"));
        assertThat(outcome(() -> consume(channel(), stream, false)))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - consumer prefetch count is not set for "
                        + ByVersion.of("'queue '<q>' in vhost '/''")
                                .from("4.0", "stream queue '<q>' in vhost '/'")
                                .on(broker));
        Channel reader = channel();
        reader.basicQos(10);
        assertThat(outcome(() -> consume(reader, stream, true)))
                .isEqualTo("CONNECTION closed 540 NOT_IMPLEMENTED - automatic acknowledgement not supported by "
                        + ByVersion.of("stream queues queue '<q>' in vhost '/'")
                                .from("4.0", "stream queue '<q>' in vhost '/'")
                                .on(broker));
        assertThat(outcome(() -> channel().queuePurge(stream)))
                .isEqualTo("CONNECTION closed 540 NOT_IMPLEMENTED - queue.purge not supported by stream queues queue"
                        + " '<q>' in vhost '/'");
        assertThat(outcome(() -> channel().basicGet(stream, true)))
                .isEqualTo(
                        "CONNECTION closed 540 NOT_IMPLEMENTED - basic.get not supported by stream queues queue '<q>'"
                                + " in vhost '/'");
    }

    @Test
    @DisplayName("dead letters: the keys in CC and BCC")
    void deadLetterKeys() throws Exception {
        Channel channel = channel();
        String exchange = name();
        channel.exchangeDeclare(exchange, "direct", false, true, Map.of());
        String copied = queue(channel);
        String hidden = queue(channel);
        channel.queueBind(copied, exchange, "cc");
        channel.queueBind(hidden, exchange, "bcc");
        String queue = queue(channel, Map.of("x-message-ttl", 0, "x-dead-letter-exchange", exchange));
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .headers(Map.of("CC", List.of("cc"), "BCC", List.of("bcc")))
                .build();
        publish(channel, "", queue, properties, "x");
        for (String target : new String[] {copied, hidden}) {
            Map<String, Object> headers = get(channel, target).getProps().getHeaders();
            assertThat(headers.get("CC")).hasToString("[cc]");
            assertThat(headers).doesNotContainKey("BCC");
            assertThat(((Map<?, ?>) ((List<?>) headers.get("x-death")).get(0)).get("routing-keys"))
                    .hasToString("[" + queue + ", cc]");
        }
    }

    @Test
    @DisplayName("expiration 0: delivered to a consumer that is waiting, once")
    void noTimeToLive() throws Exception {
        Channel channel = channel();
        String dead = queue(channel);
        String queue = queue(channel, Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", dead));
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        publish(channel, "", queue, expiring("0"), "x");
        channel.basicReject(next(deliveries).getEnvelope().getDeliveryTag(), true);
        assertThat(get(channel, dead)
                        .getProps()
                        .getHeaders()
                        .get("x-first-death-reason")
                        .toString())
                .isEqualTo("expired");
        assertThat(deliveries).isEmpty();
    }

    @Test
    @DisplayName("expiration: a message that expired behind another one is not delivered")
    void expiredBehindLiving() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        publish(channel, "", queue, expiring("60000"), "living");
        publish(channel, "", queue, expiring("50"), "expired");
        Thread.sleep(200);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        assertThat(text(next(deliveries))).isEqualTo("living");
        assertThat(deliveries.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    @DisplayName("times of more than ten years are rejected")
    void longTimes() throws Exception {
        long longest = 315_360_000_000L;
        queue(channel(), Map.of("x-message-ttl", longest, "x-expires", longest));
        for (String argument : new String[] {"x-message-ttl", "x-expires"}) {
            assertThat(outcome(() -> queue(channel(), Map.of(argument, longest + 1))))
                    .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - invalid arg '" + argument
                            + "' for queue '<q>' in vhost '/': {value_too_large,315360000001}");
        }
        Channel channel = channel();
        assertThat(asynchronousOutcome(channel, () -> publish(channel, "", "q", expiring("315360000001"), "x")))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - invalid expiration '315360000001':"
                        + " {value_too_large,315360000001}");
    }
}
