package dev.parley.bench;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a skilled programmer writes on RabbitMQ's Java client for calls over a broker: a queue for requests, one for replies, a number at the start of the
 * body that tells which reply belongs to which request. Bare, it is as fast as that client goes; with the care that oslo.messaging takes, it acknowledges
 * each message and has the broker confirm each.
 */
final class HandWritten implements Side {
    private static final AMQP.BasicProperties PROPERTIES =
            new AMQP.BasicProperties.Builder().deliveryMode(1).build();

    private final int callers;
    private final int requestSize;
    private final int replySize;
    private final Connection server;
    private final Connection client;
    private final Channel requests;
    private final String requestQueue;
    private final String replyQueue;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();

    HandWritten(String amqpUri, boolean careful, int callers, int requestSize, int replySize) throws Exception {
        this.callers = callers;
        this.requestSize = requestSize;
        this.replySize = replySize;
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(amqpUri);
        server = factory.newConnection("hand-written server");
        client = factory.newConnection("hand-written client");
        Channel serving = server.createChannel();
        requestQueue = serving.queueDeclare().getQueue();
        requests = client.createChannel();
        Channel replies = client.createChannel();
        replyQueue = replies.queueDeclare().getQueue();
        if (careful) {
            serving.confirmSelect();
            requests.confirmSelect();
        }
        serving.basicConsume(requestQueue, !careful, new DefaultConsumer(serving) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                if (careful) {
                    serving.basicAck(envelope.getDeliveryTag(), false);
                }
                serving.basicPublish("", replyQueue, PROPERTIES, Arrays.copyOf(body, HandWritten.this.replySize));
            }
        });
        replies.basicConsume(replyQueue, !careful, new DefaultConsumer(replies) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                if (careful) {
                    replies.basicAck(envelope.getDeliveryTag(), false);
                }
                CompletableFuture<byte[]> caller =
                        waiting.remove(ByteBuffer.wrap(body).getLong());
                if (caller != null) {
                    caller.complete(body);
                }
            }
        });
    }

    @Override
    public Result round(Duration length) throws Exception {
        return Load.run(callers, length, this::call);
    }

    private void call() throws Exception {
        long number = numbers.incrementAndGet();
        CompletableFuture<byte[]> reply = new CompletableFuture<>();
        waiting.put(number, reply);
        byte[] body = ByteBuffer.allocate(requestSize).putLong(number).array();
        synchronized (requests) { // A channel is for one thread at a time.
            requests.basicPublish("", requestQueue, PROPERTIES, body);
        }
        reply.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
