package dev.parley.broker.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConsumeConformanceTest extends ConformanceTest {
    private static final int QUIET_MILLIS = 300;

    private static void fill(Channel channel, String queue, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            publish(channel, "", queue, "m" + i);
        }
        eventually(() -> channel.messageCount(queue) == count);
    }

    private static void assertQuiet(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        assertThat(deliveries.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    @DisplayName("basic.qos prefetch=2")
    void prefetch() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 5);
        channel.basicQos(2);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        next(deliveries);
        Delivery second = next(deliveries);
        assertQuiet(deliveries);
        channel.basicAck(second.getEnvelope().getDeliveryTag(), true);
        next(deliveries);
        next(deliveries);
        assertQuiet(deliveries);
    }

    @Test
    @DisplayName("basic.qos global=true")
    void globalPrefetch() throws Exception {
        Channel channel = channel();
        String a = queue(channel);
        String b = queue(channel);
        fill(channel, a, 3);
        fill(channel, b, 3);
        channel.basicQos(2, true);
        BlockingQueue<Delivery> fromA = consume(channel, a, false);
        next(fromA);
        Delivery second = next(fromA);
        BlockingQueue<Delivery> fromB = consume(channel, b, false);
        if (globalIsPerConsumer()) {
            next(fromB);
            next(fromB);
            assertQuiet(fromB);
            return;
        }
        assertQuiet(fromB);
        channel.basicAck(second.getEnvelope().getDeliveryTag(), true);
        eventually(() -> fromA.size() + fromB.size() == 2);
    }

    /** Whether the broker takes a limit of the channel for one of each consumer. */
    private boolean globalIsPerConsumer() {
        return ByVersion.of(false).from("4.3", true).on(broker);
    }

    @Test
    @DisplayName("two consumers: prefetch per consumer")
    void prefetchPerConsumer() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 10);
        channel.basicQos(2);
        BlockingQueue<Delivery> first = consume(channel, queue, false);
        BlockingQueue<Delivery> second = consume(channel, queue, false);
        eventually(() -> first.size() == 2 && second.size() == 2);
        assertThat(channel.messageCount(queue)).isEqualTo(6);
    }

    @Test
    @DisplayName("basic.nack requeue=true redelivered flag")
    void nackRequeue() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 2);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        Delivery first = next(deliveries);
        assertThat(first.getEnvelope().isRedeliver()).isFalse();
        next(deliveries);
        channel.basicNack(first.getEnvelope().getDeliveryTag(), false, true);
        Delivery again = next(deliveries);
        assertThat(text(again)).isEqualTo("m0");
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
    }

    @Test
    @DisplayName("a requeued message returns to its place")
    void requeuePosition() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 3);
        GetResponse first = channel.basicGet(queue, false);
        GetResponse second = channel.basicGet(queue, false);
        channel.basicNack(second.getEnvelope().getDeliveryTag(), false, true);
        channel.basicNack(first.getEnvelope().getDeliveryTag(), false, true);
        assertThat(body(get(channel, queue))).isEqualTo("m0");
        assertThat(body(get(channel, queue))).isEqualTo("m1");
        GetResponse third = get(channel, queue);
        assertThat(body(third)).isEqualTo("m2");
        assertThat(third.getEnvelope().isRedeliver()).isFalse();
    }

    @Test
    @DisplayName("basic.nack requeue=false drops message")
    void nackDrop() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 1);
        channel.basicNack(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false, false);
        assertThat(channel.messageCount(queue)).isZero();
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    @DisplayName("basic.reject requeue=false drops message")
    void rejectDrop() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 1);
        channel.basicReject(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
        assertThat(channel.messageCount(queue)).isZero();
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    @DisplayName("unacked redelivered after channel close")
    void redeliveredAfterClose() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 3);
        Channel closing = channel();
        for (int i = 0; i < 3; i++) {
            closing.basicGet(queue, false);
        }
        closing.close();
        for (int i = 0; i < 3; i++) {
            GetResponse got = get(channel, queue);
            assertThat(body(got)).isEqualTo("m" + i);
            assertThat(got.getEnvelope().isRedeliver()).isTrue();
        }
    }

    @Test
    @DisplayName("double ack")
    void doubleAck() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 1);
        channel.basicGet(queue, false);
        channel.basicAck(1, false);
        assertThat(asynchronousOutcome(channel, () -> channel.basicAck(1, false)))
                .isEqualTo("CHANNEL closed 406 PRECONDITION_FAILED - unknown delivery tag 1");
    }

    @Test
    @DisplayName("basic.recover")
    void recover() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        fill(channel, queue, 1);
        BlockingQueue<Delivery> deliveries = consume(channel, queue, false);
        next(deliveries);
        channel.basicRecover(true);
        assertThat(next(deliveries).getEnvelope().isRedeliver()).isTrue();
    }

    @Test
    @DisplayName("basic.recover requeue=false")
    void recoverWithoutRequeue() throws Exception {
        assertThat(outcome(() -> channel().basicRecover(false)))
                .isEqualTo("CONNECTION closed 540 NOT_IMPLEMENTED - requeue=false");
    }

    @Test
    @DisplayName("consume from missing queue")
    void consumeMissing() throws Exception {
        String missing = name();
        assertThat(outcome(() -> consume(channel(), missing, true)))
                .isEqualTo("CHANNEL closed 404 NOT_FOUND - no queue '<q>' in vhost '/'");
    }

    @Test
    @DisplayName("consumer cancel notification (queue deleted)")
    void cancelNotification() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        var cancelled = new CompletableFuture<String>();
        String tag = channel.basicConsume(queue, true, (t, d) -> {}, cancelled::complete);
        channel().queueDelete(queue);
        assertThat(cancelled.get(30, TimeUnit.SECONDS)).isEqualTo(tag);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    @DisplayName("exclusive consumer")
    void exclusiveConsumer() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        channel.basicConsume(queue, true, "a", false, true, Map.of(), (t, d) -> {}, t -> {});
        assertThat(outcome(() -> consume(channel(), queue, true)))
                .isEqualTo("CHANNEL closed 403 ACCESS_REFUSED - queue '<q>' in vhost '/' in exclusive use");
    }

    @Test
    @DisplayName("exclusive consumers of quorum queues and streams are not alone")
    void exclusiveConsumerOfReplicated() throws Exception {
        for (String type : new String[] {"quorum", "stream"}) {
            Channel channel = channel();
            channel.basicQos(1);
            String queue = durableQueue(channel, Map.of("x-queue-type", type));
            channel.basicConsume(queue, false, "a", false, true, Map.of(), (t, d) -> {}, t -> {});
            Channel other = channel();
            other.basicQos(1);
            assertThat(outcome(() -> consume(other, queue, false))).isEqualTo("ok");
            assertThat(outcome(
                            () -> other.basicConsume(queue, false, "b", false, true, Map.of(), (t, d) -> {}, t -> {})))
                    .isEqualTo("ok");
        }
    }

    @Test
    @DisplayName("x-single-active-consumer")
    void singleActiveConsumer() throws Exception {
        Channel channel = channel();
        String queue = queue(channel, Map.of("x-single-active-consumer", true));
        Channel one = channel();
        BlockingQueue<Delivery> first = consume(one, queue, true);
        BlockingQueue<Delivery> second = consume(channel(), queue, true);
        for (int i = 0; i < 4; i++) {
            publish(channel, "", queue, "m" + i);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(text(next(first))).isEqualTo("m" + i);
        }
        assertThat(second).isEmpty();
        one.close();
        publish(channel, "", queue, "taken over");
        assertThat(text(next(second))).isEqualTo("taken over");
    }

    @Test
    @DisplayName("consumer args x-cancel-on-ha-failover, x-priority")
    void consumerPriority() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        BlockingQueue<Delivery> low = consume(channel(), queue, true, Map.of("x-cancel-on-ha-failover", true));
        BlockingQueue<Delivery> high = consume(channel(), queue, true, Map.of("x-priority", 10));
        for (int i = 0; i < 3; i++) {
            publish(channel, "", queue, "m" + i);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(text(next(high))).isEqualTo("m" + i);
        }
        assertThat(low).isEmpty();
    }

    @Test
    @DisplayName("consumers of a queue take turns")
    void turns() throws Exception {
        Channel channel = channel();
        String queue = queue(channel);
        BlockingQueue<Delivery> first = consume(channel(), queue, true);
        BlockingQueue<Delivery> second = consume(channel(), queue, true);
        for (int i = 0; i < 10; i++) {
            publish(channel, "", queue, "m" + i);
        }
        eventually(() -> first.size() + second.size() == 10);
        assertThat(first).hasSize(5);
    }

    @Test
    @DisplayName("invalid consumer arguments")
    void invalidArguments() throws Exception {
        String queue = queue(channel());
        String start = "CHANNEL closed 406 PRECONDITION_FAILED - invalid arg '";
        String place = "' for queue '<q>' in vhost '/'";
        assertThat(outcome(() -> consume(channel(), queue, true, Map.of("x-priority", "high"))))
                .isEqualTo(start + "x-priority" + place + ": \"expected integer, got longstr\"");
        assertThat(outcome(() -> consume(channel(), queue, true, Map.of("x-priority", true))))
                .isEqualTo(start + "x-priority" + place + ": \"expected integer, got bool\"");
        assertThat(outcome(() -> consume(channel(), queue, true, Map.of("x-cancel-on-ha-failover", 1))))
                .isEqualTo(ByVersion.of(start + "x-cancel-on-ha-failover" + place + ": {unacceptable_type,signedint}")
                        .from("4.0", "ok")
                        .on(broker));
        assertThat(outcome(() -> consume(channel(), queue, true, Map.of("x-stream-offset", "first"))))
                .isEqualTo(start + "x-stream-offset" + place + " of queue type rabbit_classic_queue");
        String stream = durableQueue(channel(), Map.of("x-queue-type", "stream"));
        Channel reader = channel();
        reader.basicQos(1);
        assertThat(outcome(() -> consume(reader, stream, false, Map.of("x-priority", 1))))
                .isEqualTo(start + "x-priority" + place + " of queue type rabbit_stream_queue");
    }

    @Test
    @DisplayName("basic.qos global=true: consumers without acknowledgements wait, too, and use no credit")
    void globalPrefetchWithoutAcknowledging() throws Exception {
        Channel channel = channel();
        String acknowledged = queue(channel);
        String not = queue(channel);
        channel.basicQos(1, true);
        BlockingQueue<Delivery> first = consume(channel, acknowledged, false);
        publish(channel, "", acknowledged, "a");
        Delivery delivery = next(first);
        BlockingQueue<Delivery> second = consume(channel, not, true);
        publish(channel, "", not, "b");
        publish(channel, "", not, "c");
        if (!globalIsPerConsumer()) {
            assertQuiet(second);
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
        assertThat(text(next(second))).isEqualTo("b");
        assertThat(text(next(second))).isEqualTo("c");
    }

    @Test
    @DisplayName("basic.qos global=true: queues take turns")
    void globalPrefetchIsFair() throws Exception {
        Channel channel = channel();
        channel.basicQos(1, true);
        String[] queues = {queue(channel), queue(channel), queue(channel)};
        for (String queue : queues) {
            fill(channel, queue, 30);
        }
        var deliveries = new LinkedBlockingQueue<Delivery>();
        for (String queue : queues) {
            channel.basicConsume(queue, false, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        }
        for (int i = 0; i < 29; i++) {
            channel.basicAck(next(deliveries).getEnvelope().getDeliveryTag(), false);
        }
        next(deliveries);
        for (String queue : queues) {
            assertThat(channel.messageCount(queue)).isLessThan(30);
        }
    }

    @Test
    @DisplayName("basic.qos global=true is refused for quorum queues")
    void globalPrefetchOnQuorumQueue() throws Exception {
        String queue = durableQueue(channel(), Map.of("x-queue-type", "quorum"));
        Channel channel = connect().createChannel();
        channel.basicQos(1, true);
        assertThat(outcome(() -> consume(channel, queue, false)))
                .isEqualTo(ByVersion.of("CONNECTION closed 540 NOT_IMPLEMENTED - queue '<q>' in vhost '/' does not"
                                + " support global qos")
                        .from("4.3", "ok")
                        .on(broker));
    }
}
