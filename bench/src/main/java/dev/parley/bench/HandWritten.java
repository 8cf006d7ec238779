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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a skilled programmer writes on RabbitMQ's Java client for calls over a broker: a queue for requests, one for
 * replies, a number at the start of the body that tells which reply belongs to which request.
 */
final class HandWritten implements Side {
    /** How much it takes upon itself. */
    enum Style {
        /** As fast as the client goes: a message may be lost without anyone knowing. */
        BARE,
        /** Each message is acknowledged, and the broker confirms each. */
        CAREFUL,
        /**
         * And what goes over the wire is as oslo.messaging has it: a topic exchange, its properties, an expiry,
         * publishing and consuming each on a connection.
         */
        AS_OSLO
    }

    private static final String EXCHANGE = "hand-written";
    private static final String KEY = "requests";
    private static final AMQP.BasicProperties PLAIN =
            new AMQP.BasicProperties.Builder().deliveryMode(1).build();
    private static final AMQP.BasicProperties OSLO_REPLY = new AMQP.BasicProperties.Builder()
            .contentType("application/json")
            .contentEncoding("utf-8")
            .headers(Map.of())
            .deliveryMode(2)
            .priority(0)
            .build();
    private static final AMQP.BasicProperties OSLO_REQUEST =
            OSLO_REPLY.builder().expiration("60000").build();

    private final boolean careful;
    private final boolean asOslo;
    private final int callers;
    private final int requestSize;
    private final int replySize;
    private final ConnectionFactory factory = new ConnectionFactory();
    private final List<Connection> connections = new ArrayList<>();
    private final Channel requests;
    private final String requestQueue;
    private final String replyQueue;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();

    HandWritten(String amqpUri, Style style, int callers, int requestSize, int replySize) throws Exception {
        this.careful = style != Style.BARE;
        this.asOslo = style == Style.AS_OSLO;
        this.callers = callers;
        this.requestSize = requestSize;
        this.replySize = replySize;
        factory.setUri(amqpUri);
        Channel serving = connect("server").createChannel();
        Channel answers = asOslo ? connect("server's answers").createChannel() : serving;
        requestQueue = serving.queueDeclare().getQueue();
        if (asOslo) {
            serving.exchangeDeclare(EXCHANGE, "topic", false, true, null);
            serving.queueBind(requestQueue, EXCHANGE, KEY);
        }
        Connection client = connect("client");
        requests = (asOslo ? connect("client's requests") : client).createChannel();
        Channel replies = client.createChannel();
        replyQueue = replies.queueDeclare().getQueue();
        if (careful) {
            answers.confirmSelect();
            requests.confirmSelect();
        }
        serving.basicConsume(requestQueue, !careful, new DefaultConsumer(serving) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                if (careful) {
                    serving.basicAck(envelope.getDeliveryTag(), false);
                }
                answers.basicPublish(
                        "", replyQueue, asOslo ? OSLO_REPLY : PLAIN, Arrays.copyOf(body, HandWritten.this.replySize));
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

    private Connection connect(String name) throws IOException, TimeoutException {
        Connection connection = factory.newConnection("hand-written " + name);
        connections.add(connection);
        return connection;
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
            if (asOslo) {
                requests.basicPublish(EXCHANGE, KEY, OSLO_REQUEST, body);
            } else {
                requests.basicPublish("", requestQueue, PLAIN, body);
            }
        }
        reply.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
