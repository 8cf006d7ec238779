package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.ConnectionLostException;
import dev.parley.SerializationException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.message.Compression;
import dev.parley.oslo.message.Envelope;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.Queue;
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
import org.jspecify.annotations.Nullable;

/**
 * A channel for publishing with confirms: which exchanges and queues it has declared, and which messages the broker has
 * not confirmed yet. Reports what happens to a {@link Listener}.
 *
 * <p>{@link #declareFor} and {@link #publish} are for one thread at a time, {@link #isStuck} is for the timer thread;
 * everything else is safe for use by any thread.
 */
final class PublishChannel {
    /**
     * Gets the events of a channel, on the thread that reads the connection or on the one that publishes. Must not
     * block.
     */
    interface Listener {
        /** The bytes that wait for a confirm have changed: more, or fewer if negative. */
        void unconfirmedBytesChanged(int bytes);

        /** The broker refused a message ({@code basic.nack}). */
        void refused(OutboundMessage message);

        /** The channel turned out to be closed, and this message was not written, or may be written a second time. */
        void notWritten(PublishChannel channel, OutboundMessage message);

        /** The channel was closed, with these messages unconfirmed. */
        void closed(PublishChannel channel, ShutdownSignalException cause, List<OutboundMessage> unconfirmed);
    }

    private static final AMQP.BasicProperties PLAIN = properties(Map.of());

    private final Connection connection;
    private final Declarations declarations;
    private final Channel channel;
    private final @Nullable Compression compression;
    private final AMQP.BasicProperties properties;
    private final Listener listener;
    /** Exchanges and queues. */
    private final Set<Object> declared = ConcurrentHashMap.newKeySet();

    private final ConcurrentNavigableMap<Long, OutboundMessage> unconfirmed = new ConcurrentSkipListMap<>();
    private long published; // The number of the last message. For the publishing thread.
    private long oldest; // For the timer thread.
    private volatile boolean refused;

    private PublishChannel(
            Connection connection,
            Declarations declarations,
            Channel channel,
            @Nullable Compression compression,
            Listener listener) {
        this.connection = connection;
        this.declarations = declarations;
        this.channel = channel;
        this.compression = compression;
        this.properties = compression == null ? PLAIN : properties(Map.of("compression", compression.header()));
        this.listener = listener;
    }

    /**
     * Opens a channel on a connection. Blocks.
     *
     * @param compression how bodies are compressed, {@code null} for not at all
     */
    static PublishChannel open(
            Connection connection, Declarations declarations, @Nullable Compression compression, Listener listener)
            throws IOException {
        PublishChannel opened =
                new PublishChannel(connection, declarations, Channels.open(connection), compression, listener);
        opened.start();
        return opened;
    }

    private void start() throws IOException {
        channel.addReturnListener(this::returned);
        channel.addConfirmListener(
                (tag, multiple) -> settle(tag, multiple, true), (tag, multiple) -> settle(tag, multiple, false));
        // Not channel.confirmSelect(), with which the client library would keep a second list of unconfirmed messages.
        channel.rpc(new AMQP.Confirm.Select.Builder().build());
        channel.addShutdownListener(this::closed);
    }

    /** All the properties that oslo.messaging sets. */
    private static AMQP.BasicProperties properties(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder()
                .contentType(Envelope.CONTENT_TYPE)
                .contentEncoding(Envelope.CONTENT_ENCODING)
                .headers(headers)
                .deliveryMode(2)
                .priority(0)
                .build();
    }

    /** Whether the channel belongs to this connection. */
    boolean isOn(Connection which) {
        return connection.equals(which);
    }

    /** Whether a message can be published without declaring its exchange or queue first. */
    boolean isReadyFor(OutboundMessage message) {
        Queue queue = message.queue();
        return (message.exchange().isDefault() || declared.contains(message.exchange()))
                && (queue == null || declared.contains(queue));
    }

    /**
     * Declares the exchange and the queue of a message unless this channel already has. Blocks.
     *
     * @throws dev.parley.RpcException if the broker refuses one for good
     */
    void declareFor(OutboundMessage message) throws IOException, TimeoutException {
        Exchange exchange = message.exchange();
        if (!exchange.isDefault() && !declared.contains(exchange)) {
            declarations.declare(connection, exchange);
            declared.add(exchange);
        }
        Queue queue = message.queue();
        if (queue != null && !declared.contains(queue)) {
            declarations.declare(connection, queue);
            declared.add(queue);
        }
    }

    /** Publishes a message; the listener and the message itself report the outcome. */
    void publish(OutboundMessage message) {
        long tag = ++published;
        unconfirmed.put(tag, message);
        listener.unconfirmedBytesChanged(message.size());
        AMQP.BasicProperties sent = properties(message);
        if (message.expirationMillis() >= 0) {
            sent = sent.builder()
                    .expiration(Long.toString(message.expirationMillis()))
                    .build();
        }
        try {
            channel.basicPublish(message.exchange().name(), message.key(), message.isMandatory(), sent, bytes(message));
        } catch (IllegalArgumentException e) {
            // The client library cannot encode the message. It throws before it writes, so the number is free again.
            published--;
            if (takeOut(tag) != null) {
                message.fail(new SerializationException("not a valid AMQP message: " + e.getMessage(), e));
            }
        } catch (IOException | ShutdownSignalException e) {
            // Unless the shutdown listener has taken it out already.
            if (takeOut(tag) != null) {
                if (e instanceof AlreadyClosedException || message.isRepeatable()) {
                    listener.notWritten(this, message);
                } else {
                    message.fail(new ConnectionLostException(
                            "the connection broke while the message was written; it may or may not have been delivered",
                            e));
                }
            }
        }
    }

    private @Nullable OutboundMessage takeOut(long tag) {
        OutboundMessage message = unconfirmed.remove(tag);
        if (message != null) {
            listener.unconfirmedBytesChanged(-message.size());
        }
        return message;
    }

    private AMQP.BasicProperties properties(OutboundMessage message) {
        if (!(message.original() instanceof RabbitDelivery original)) {
            return properties;
        }
        Map<String, Object> headers =
                new HashMap<>(Objects.requireNonNullElse(original.properties().getHeaders(), Map.<String, Object>of()));
        // The count starts again in the new queue; a CC header would send the message to further queues.
        headers.keySet().removeAll(Set.of(RedeliveryHeaders.DELIVERY_COUNT, RedeliveryHeaders.RETURNS, "CC"));
        headers.putAll(message.headers());
        AMQP.BasicProperties.Builder forwarded = original.properties().builder().headers(headers);
        // The broker closes the channel if this is not the user of the connection.
        forwarded.userId(null);
        if (message.isKept()) {
            forwarded.expiration(null);
        }
        return forwarded.build();
    }

    private byte[] bytes(OutboundMessage message) {
        return compression != null && message.original() == null
                ? compression.compress(message.body())
                : message.body();
    }

    private void settle(long tag, boolean multiple, boolean confirmed) {
        if (multiple) {
            // In the order of publishing, since the map is sorted.
            for (Long each : unconfirmed.headMap(tag, true).keySet()) {
                settle(each, confirmed);
            }
        } else {
            settle(tag, confirmed);
        }
    }

    private void settle(long tag, boolean confirmed) {
        OutboundMessage message = takeOut(tag);
        if (message == null) {
            return;
        }
        if (confirmed) {
            message.confirm();
        } else {
            refused = true;
            listener.refused(message);
        }
    }

    /** The broker returns the message without its number; but no two bodies are equal, as each has an id of its own. */
    private void returned(Return back) {
        byte[] body = back.getBody();
        for (OutboundMessage message : unconfirmed.values()) {
            // Messages are returned in the order of publishing.
            if (message.isMandatory()
                    && !message.isReturned()
                    && message.key().equals(back.getRoutingKey())
                    && Arrays.equals(bytes(message), body)) {
                message.returned(back.getReplyCode() + " " + back.getReplyText());
                return;
            }
        }
    }

    private void closed(ShutdownSignalException cause) {
        List<OutboundMessage> left = new ArrayList<>();
        for (Long tag : List.copyOf(unconfirmed.keySet())) {
            OutboundMessage message = takeOut(tag);
            if (message != null) {
                left.add(message);
            }
        }
        listener.closed(this, cause, left);
    }

    /** The messages that the broker has not confirmed yet; a live view. */
    Collection<OutboundMessage> unconfirmed() {
        return unconfirmed.values();
    }

    /** Whether, since the last call, a message was refused or the oldest unconfirmed message is still the same. */
    boolean isStuck() {
        Map.Entry<Long, OutboundMessage> first = unconfirmed.firstEntry();
        boolean refusing = refused;
        boolean waiting = first != null && first.getKey() == oldest;
        refused = false;
        oldest = first == null ? 0 : first.getKey();
        return refusing || waiting;
    }

    /** Takes out the unconfirmed messages that may be published a second time, in order. */
    List<OutboundMessage> takeRepeatable() {
        List<OutboundMessage> taken = new ArrayList<>();
        unconfirmed.forEach((tag, message) -> {
            if (message.isRepeatable() && unconfirmed.remove(tag, message)) {
                listener.unconfirmedBytesChanged(-message.size());
                taken.add(message);
            }
        });
        return taken;
    }

    /** Whether it can be written to. */
    boolean isOpen() {
        return channel.isOpen();
    }

    /** Closes the channel. Blocks. */
    void close() {
        Channels.closeQuietly(channel);
    }
}
