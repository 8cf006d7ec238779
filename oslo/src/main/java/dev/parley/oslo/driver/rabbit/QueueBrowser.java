package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.oslo.driver.DeadLetterHeaders;
import dev.parley.oslo.driver.QueueState;
import dev.parley.oslo.driver.RedeliveryHeaders;
import dev.parley.oslo.options.OsloOptions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of one queue, one after the other, on a connection of its own: each is moved to another queue,
 * dropped, or left, and those left go back to their places when this is closed. Not thread-safe.
 */
public final class QueueBrowser implements AutoCloseable {
    private static final int CONFIRM_MILLIS = 30_000;
    private static final int CLOSE_MILLIS = 5_000;

    /** What is not to stay on a message that leaves the dead letter queue: its count starts again. */
    private static final List<String> MARKS = List.of(
            DeadLetterHeaders.ORIGIN,
            DeadLetterHeaders.REASON,
            DeadLetterHeaders.ERROR,
            DeadLetterHeaders.TIME,
            RedeliveryHeaders.DELIVERY_COUNT,
            RedeliveryHeaders.RETURNS,
            "x-first-death-exchange",
            "x-last-death-queue",
            "x-last-death-reason",
            "x-last-death-exchange",
            "x-death",
            "CC");

    private final Connection connection;
    private final String queue;
    private final Channel channel;
    private final AtomicBoolean returned = new AtomicBoolean();
    private long last;

    private QueueBrowser(Connection connection, String queue, Channel channel) {
        this.connection = connection;
        this.queue = queue;
        this.channel = channel;
    }

    /**
     * Connects. Blocks.
     *
     * @throws dev.parley.RpcException if no host accepts the connection
     */
    public static QueueBrowser open(Address address, OsloOptions options, String queue) {
        Connection connection =
                new Connector(address, options, null).connect("browsing", true).connection();
        try {
            Channel channel = Channels.open(connection);
            QueueBrowser browser = new QueueBrowser(connection, queue, channel);
            channel.addReturnListener(back -> browser.returned.set(true));
            channel.confirmSelect();
            return browser;
        } catch (IOException | ShutdownSignalException e) {
            connection.abort(CLOSE_MILLIS);
            throw lost(e);
        }
    }

    private static ConnectionLostException lost(Exception e) {
        return new ConnectionLostException("lost the connection to the broker: " + e.getMessage(), e);
    }

    /**
     * How many messages wait in the queue.
     *
     * @throws InvalidTargetException if there is no such queue
     */
    public int count() {
        QueueState state;
        try {
            state = Declarations.look(connection, queue);
        } catch (IOException | ShutdownSignalException e) {
            throw lost(e);
        }
        if (!state.exists()) {
            throw new InvalidTargetException("the broker has no queue '" + queue + "'");
        }
        return state.messages();
    }

    /** A message of the queue. Immutable. */
    public record Entry(RabbitDelivery delivery, Map<String, Object> headers) {}

    /** The next message, {@code null} if there is none. */
    public @Nullable Entry next() {
        try {
            GetResponse got = channel.basicGet(queue, false);
            if (got == null) {
                return null;
            }
            last = got.getEnvelope().getDeliveryTag();
            RabbitDelivery delivery = new RabbitDelivery(
                    channel, queue, last, got.getEnvelope().isRedeliver(), got.getProps(), got.getBody());
            return new Entry(delivery, Objects.requireNonNullElse(got.getProps().getHeaders(), Map.of()));
        } catch (IOException | ShutdownSignalException e) {
            throw lost(e);
        }
    }

    /**
     * Moves a message to another queue, without the marks of a dead letter: it is acknowledged only when the broker has
     * confirmed the copy. Returns {@code false} if there is no such queue; then the message stays.
     */
    public boolean move(Entry entry, String to) {
        Map<String, Object> headers = new HashMap<>(entry.headers());
        headers.keySet().removeAll(MARKS);
        // The broker closes the channel if the user is not the one of the connection.
        AMQP.BasicProperties properties = entry.delivery()
                .properties()
                .builder()
                .headers(headers)
                .userId(null)
                .build();
        returned.set(false);
        try {
            channel.basicPublish("", to, true, properties, entry.delivery().body());
            if (!channel.waitForConfirms(CONFIRM_MILLIS) || returned.get()) {
                return false;
            }
            channel.basicAck(entry.delivery().tag(), false);
            return true;
        } catch (IOException | ShutdownSignalException | TimeoutException e) {
            throw lost(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException("interrupted while waiting for the confirm of a message", e);
        }
    }

    /** Drops a message. */
    public void drop(Entry entry) {
        try {
            channel.basicAck(entry.delivery().tag(), false);
        } catch (IOException | ShutdownSignalException e) {
            throw lost(e);
        }
    }

    /** Puts the messages that were left back, and disconnects. */
    @Override
    public void close() {
        try {
            if (last > 0 && channel.isOpen()) {
                channel.basicNack(last, true, true);
            }
            Channels.closeQuietly(channel);
        } catch (IOException | ShutdownSignalException e) {
            // The broker puts them back when the connection is gone.
        } finally {
            connection.abort(CLOSE_MILLIS);
        }
    }
}
