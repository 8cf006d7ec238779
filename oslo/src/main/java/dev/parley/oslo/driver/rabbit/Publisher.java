package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.time.Timers;
import dev.parley.oslo.topology.Exchange;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on one connection with confirms, for any number of threads, none of which it blocks. Thread-safe.
 *
 * <p>Each kind of exchange has a channel of its own, so that an exchange that has gone, which closes the channel, disturbs only messages of its kind.
 */
final class Publisher implements ReconnectingConnection.Tenant {
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);

    /**
     * A caller may write to the socket itself while the broker owes confirms for less than this many bytes: that much fits the socket's buffer even when the
     * broker reads nothing, so the write returns at once. Beyond it a thread of its own writes.
     */
    static final int SAFE_BYTES = 16 * 1024;

    /** How long a confirm may take, at least, before its channel is given up; a sound broker needs milliseconds. */
    private static final long WATCH_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final boolean compress;
    private final PublishQueue replies = new PublishQueue(this);
    private final PublishQueue topics = new PublishQueue(this);
    private final PublishQueue fanouts = new PublishQueue(this);
    private final AtomicLong owedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
    private @Nullable ScheduledFuture<?> watch; // Guarded by this.
    private volatile boolean blocked;
    private volatile boolean closed;

    Publisher(boolean compress) {
        this.compress = compress;
    }

    private List<PublishQueue> lanes() {
        return List.of(replies, topics, fanouts);
    }

    private PublishQueue lane(Exchange exchange) {
        if (exchange.isDefault()) {
            return replies;
        }
        return exchange.type().equals("fanout") ? fanouts : topics;
    }

    void publish(OutboundMessage message) {
        PublishQueue lane = lane(message.exchange());
        if (closed) {
            message.fail(new ConnectionLostException("the client or server is closed"));
        } else if (connection.get() == null && !message.tryAgain()) {
            message.fail(new ConnectionLostException("no connection to the broker, and no time or retries left"));
        } else if (lane.isFull()) {
            message.fail(new OverloadedException("too many messages wait for the broker already"));
        } else {
            lane.add(message);
            if (closed) {
                lane.close(closedTooEarly());
            }
        }
    }

    /** This connection was found closed, which {@link #down} is about to say: until then nobody shall try again and again. */
    void gone(Connection which) {
        connection.compareAndSet(which, null);
    }

    /** Whether bodies are compressed. */
    boolean compresses() {
        return compress;
    }

    /** What to write to; {@code null} while there is no connection, or the broker has asked for a pause, and after the end. */
    @Nullable
    Connection writable() {
        return blocked || closed ? null : connection.get();
    }

    boolean roomFor(OutboundMessage message) {
        return owedBytes.get() + message.size() <= SAFE_BYTES;
    }

    /** Counts bytes that wait for their confirm. */
    void owed(int bytes) {
        owedBytes.addAndGet(bytes);
    }

    @Override
    public void up(Connection fresh) {
        blocked = false;
        fresh.addBlockedListener(
                reason -> {
                    log.warn("the broker takes no messages for now: {}", reason);
                    blocked = true;
                },
                () -> {
                    log.info("the broker takes messages again");
                    blocked = false;
                    lanes().forEach(PublishQueue::write);
                });
        connection.set(fresh);
        lanes().forEach(PublishQueue::write);
        startWatch();
    }

    private synchronized void startWatch() {
        if (watch == null && !closed) {
            watch = Timers.every(WATCH_NANOS, () -> lanes().forEach(PublishQueue::watch));
        }
    }

    private synchronized void stopWatch() {
        if (watch != null) {
            watch.cancel(false);
        }
    }

    @Override
    public void down(ShutdownSignalException cause) {
        connection.set(null);
    }

    @Override
    public void failed(RpcException error) {
        for (PublishQueue lane : lanes()) {
            lane.removeIf(message -> {
                if (message.isDone()) {
                    return true;
                } else if (error instanceof AccessDeniedException || !message.tryAgain()) {
                    boolean tells = error instanceof AccessDeniedException || message.remainingNanos() > 0;
                    message.fail(tells ? error : outOfTime(error));
                    return true;
                }
                return false;
            });
        }
    }

    private static RpcException outOfTime(RpcException error) {
        return new RpcTimeoutException("the message could not be sent in time: " + error.getMessage(), error);
    }

    /** Waits until everything is confirmed or failed. */
    void drain(Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        for (PublishQueue lane : lanes()) {
            lane.drain(end);
        }
    }

    boolean isClosed() {
        return closed;
    }

    static ConnectionLostException closedTooEarly() {
        return new ConnectionLostException("closed before the broker confirmed the message");
    }

    void close() {
        closed = true;
        stopWatch();
        for (PublishQueue lane : lanes()) {
            lane.close(closedTooEarly());
        }
    }
}
