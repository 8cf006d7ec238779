package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.SerializationException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.message.Envelope;
import dev.parley.oslo.topology.Exchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;

/** The life of one publishing channel: what it has declared, and what the broker has not confirmed yet. Publishing is for one thread at a time. */
final class PublishChannel {
    private static final AMQP.BasicProperties PLAIN = properties(Map.of());
    private static final AMQP.BasicProperties COMPRESSED = properties(Map.of("compression", Envelope.ZLIB));

    private final PublishQueue lane;
    private final Connection connection;
    private final Publisher publisher;
    private final Channel channel;
    private final Set<String> declared = ConcurrentHashMap.newKeySet();
    private final ConcurrentNavigableMap<Long, OutboundMessage> unconfirmed = new ConcurrentSkipListMap<>();
    private long published; // The number of the last message.
    private long oldest; // Only touched by isStuck.
    private volatile boolean refused;

    PublishChannel(PublishQueue lane, Connection connection, Publisher publisher) throws IOException {
        this.lane = lane;
        this.connection = connection;
        this.publisher = publisher;
        Channel fresh = connection.createChannel();
        if (fresh == null) {
            throw new IOException("the broker allows no more channels");
        }
        this.channel = fresh;
        channel.addReturnListener(this::returned);
        channel.addConfirmListener(
                (tag, multiple) -> settle(tag, multiple, true), (tag, multiple) -> settle(tag, multiple, false));
        // By itself, so that the client library does not keep a second list of what is unconfirmed.
        channel.rpc(new AMQP.Confirm.Select.Builder().build());
        channel.addShutdownListener(this::lost);
    }

    /** As the peer's, every one of them always there. */
    private static AMQP.BasicProperties properties(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder()
                .contentType(Envelope.CONTENT_TYPE)
                .contentEncoding(Envelope.CONTENT_ENCODING)
                .headers(headers)
                .deliveryMode(2)
                .priority(0)
                .build();
    }

    /** Whether this is the connection that it lives on. */
    boolean isOn(Connection which) {
        return connection.equals(which);
    }

    boolean isReadyFor(Exchange exchange) {
        return exchange.isDefault() || declared.contains(exchange.name());
    }

    void declare(Exchange exchange) throws IOException, TimeoutException {
        if (!isReadyFor(exchange)) {
            Declarations.declare(connection, exchange);
            declared.add(exchange.name());
        }
    }

    void publish(OutboundMessage message) {
        long tag = ++published;
        unconfirmed.put(tag, message);
        publisher.owed(message.size());
        AMQP.BasicProperties properties = properties(message);
        if (message.expirationMillis() >= 0) {
            properties = properties
                    .builder()
                    .expiration(Long.toString(message.expirationMillis()))
                    .build();
        }
        try {
            channel.basicPublish(
                    message.exchange().name(), message.key(), message.isMandatory(), properties, bytes(message));
        } catch (IllegalArgumentException e) {
            // The client library cannot encode it. It says so before it writes, so the next message has this number.
            published--;
            if (unconfirmed.remove(tag) != null) {
                publisher.owed(-message.size());
                message.fail(new SerializationException("no message of AMQP: " + e.getMessage(), e));
            }
        } catch (IOException | ShutdownSignalException e) {
            // If it is not there any more, the shutdown listener has dealt with it.
            if (unconfirmed.remove(tag) != null) {
                publisher.owed(-message.size());
                if (PublishQueue.nothingWritten(e) || message.isRepeatable()) {
                    lane.putBack(this, message);
                } else {
                    message.fail(new dev.parley.ConnectionLostException(
                            "the connection broke while the message was written; it may have been delivered or not",
                            e));
                }
            }
        }
    }

    private AMQP.BasicProperties properties(OutboundMessage message) {
        if (!(message.original() instanceof RabbitSubscription.RabbitDelivery original)) {
            return publisher.compresses() ? COMPRESSED : PLAIN;
        }
        AMQP.BasicProperties properties = original.properties();
        Map<String, Object> headers =
                new HashMap<>(Objects.requireNonNullElse(properties.getHeaders(), Map.<String, Object>of()));
        // Where it goes it starts anew, and it goes nowhere else.
        headers.keySet().removeAll(Set.of(RedeliveryHeaders.DELIVERY_COUNT, RedeliveryHeaders.RETURNS, "CC"));
        headers.putAll(message.headers());
        AMQP.BasicProperties.Builder passedOn = properties.builder().headers(headers);
        // The broker takes no user's name but ours, and closes the channel over another.
        passedOn.userId(null);
        if (message.isKept()) {
            passedOn.expiration(null);
        }
        return passedOn.build();
    }

    private byte[] bytes(OutboundMessage message) {
        return publisher.compresses() && message.original() == null
                ? Envelope.compress(message.body())
                : message.body();
    }

    private void settle(long tag, boolean multiple, boolean taken) {
        if (multiple) {
            // In order, since the map is sorted.
            for (Map.Entry<Long, OutboundMessage> entry :
                    unconfirmed.headMap(tag, true).entrySet()) {
                settle(entry.getKey(), taken);
            }
        } else {
            settle(tag, taken);
        }
    }

    private void settle(long tag, boolean taken) {
        OutboundMessage message = unconfirmed.remove(tag);
        if (message != null) {
            publisher.owed(-message.size());
            if (taken) {
                message.confirm();
            } else {
                refused = true;
                lane.refused(message);
            }
        }
    }

    /** The broker tells no number, but the whole message, and no two bodies are alike. */
    private void returned(Return back) {
        byte[] body = back.getBody();
        for (OutboundMessage message : unconfirmed.values()) {
            if (message.isMandatory()
                    && message.key().equals(back.getRoutingKey())
                    && Arrays.equals(bytes(message), body)) {
                message.returned(back.getReplyCode() + " " + back.getReplyText());
                return;
            }
        }
    }

    private void lost(ShutdownSignalException cause) {
        List<OutboundMessage> left = new ArrayList<>();
        for (Long tag : List.copyOf(unconfirmed.keySet())) {
            OutboundMessage message = unconfirmed.remove(tag);
            if (message != null) {
                publisher.owed(-message.size());
                left.add(message);
            }
        }
        lane.lost(this, cause, left);
    }

    Collection<OutboundMessage> unconfirmed() {
        return unconfirmed.values();
    }

    /** Whether, since this was last asked, a message was refused or the oldest unconfirmed one is still the same. For one thread. */
    boolean isStuck() {
        Map.Entry<Long, OutboundMessage> first = unconfirmed.firstEntry();
        boolean refusing = refused;
        boolean waiting = first != null && first.getKey() == oldest;
        refused = false;
        oldest = first == null ? 0 : first.getKey();
        return refusing || waiting;
    }

    /** Takes out what may be published a second time, in order. */
    List<OutboundMessage> takeRepeatable() {
        List<OutboundMessage> taken = new ArrayList<>();
        unconfirmed.forEach((tag, message) -> {
            if (message.isRepeatable() && unconfirmed.remove(tag, message)) {
                publisher.owed(-message.size());
                taken.add(message);
            }
        });
        return taken;
    }

    /** May block. */
    void close() {
        PublishQueue.quietly(channel);
    }
}
