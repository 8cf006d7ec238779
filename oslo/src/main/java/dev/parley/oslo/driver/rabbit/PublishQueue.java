package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.ConnectionLostException;
import dev.parley.DeliveryException;
import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Compression;
import dev.parley.oslo.topology.Queue;
import dev.parley.spi.Guard;
import dev.parley.spi.Timers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages for one kind of exchange, and the channel that publishes them. Safe for use by any thread.
 *
 * <p>Messages go into a backlog; the thread that gets the lock writes all of it, so callers never wait for each other.
 * Where writing could block, for the broker's response to a declare or for room in the socket, a virtual thread does
 * it.
 */
final class PublishQueue implements PublishChannel.Listener {
    private static final Logger log = LoggerFactory.getLogger(PublishQueue.class);
    private static final int MAX_COUNT = 65_536;
    private static final long MAX_BYTES = 128L << 20;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final PublishState state;
    private final Declarations declarations;
    private final @Nullable Compression compression;
    private final OutboundBacklog backlog = new OutboundBacklog();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicReference<@Nullable PublishChannel> channel = new AtomicReference<>();
    /** Channels that were replaced, until their last messages are confirmed or have failed. */
    private final Set<PublishChannel> replaced = ConcurrentHashMap.newKeySet();

    /**
     * A queue.
     *
     * @param compression how bodies are compressed, {@code null} for not at all
     */
    PublishQueue(PublishState state, Declarations declarations, @Nullable Compression compression) {
        this.state = state;
        this.declarations = declarations;
        this.compression = compression;
    }

    /** Publishes a message as soon as possible, or fails it. Never blocks. */
    void publish(OutboundMessage message) {
        if (state.isClosed()) {
            message.fail(new ConnectionLostException("the client or server is closed"));
        } else if (!state.isConnected() && !message.tryRetry()) {
            message.fail(notSent(message, null));
        } else if (isFull()) {
            message.fail(new OverloadedException("too many messages are waiting for the broker"));
        } else {
            backlog.add(message);
            write(false);
            if (state.isClosed()) {
                failAll(closedTooEarly());
            }
        }
    }

    private boolean isFull() {
        if (exceedsLimits()) {
            backlog.removeIf(PublishQueue::isDoneOrLate);
        }
        return exceedsLimits();
    }

    private boolean exceedsLimits() {
        return backlog.count() >= MAX_COUNT || backlog.bytes() >= MAX_BYTES;
    }

    /** Writes the backlog on a separate thread. */
    void write() {
        if (!backlog.isEmpty() && writing.compareAndSet(false, true)) {
            Guard.start("parley-amqp-write", () -> {
                try {
                    write(true);
                } finally {
                    writing.set(false);
                }
                // A caller that found this thread writing has left its message to it.
                if (state.writable() != null) {
                    write();
                }
            });
        }
    }

    private void write(boolean mayBlock) {
        // The thread that holds the lock looks again after releasing it, so no message is overlooked.
        while (!backlog.isEmpty()) {
            if (mayBlock) {
                lock.lock();
            } else if (!lock.tryLock()) {
                return;
            }
            try {
                if (!writeAll(mayBlock)) {
                    return;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Returns {@code false} if another thread continues: one that may block, or the one that reconnects. */
    private boolean writeAll(boolean mayBlock) {
        for (OutboundMessage message = backlog.peek(); message != null; message = backlog.peek()) {
            if (isDoneOrLate(message)) {
                backlog.remove(message);
                continue;
            }
            Connection connection = state.writable();
            if (connection == null) {
                return false;
            }
            PublishChannel current = channelOn(connection);
            boolean ready = current != null && current.isReadyFor(message);
            if (!mayBlock && !(ready && state.hasRoomFor(message))) {
                write();
                return false;
            }
            if (current != null && ready) {
                BatchingFrameHandler.batch(connection, () -> publishReady(current, mayBlock));
            } else if (!prepare(connection, current, message)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a message needs no sending any more: it is done, or its deadline has passed, in which case it fails here.
     */
    private static boolean isDoneOrLate(OutboundMessage message) {
        if (!message.isDone() && message.remainingNanos() <= 0) {
            message.fail(new RpcTimeoutException("the message could not be sent in time"));
        }
        return message.isDone();
    }

    /**
     * The channel if it belongs to this connection. One whose connection died while it was opened is forgotten here.
     */
    private @Nullable PublishChannel channelOn(Connection connection) {
        PublishChannel current = channel.get();
        if (current != null && !current.isOn(connection)) {
            channel.compareAndSet(current, null);
            return null;
        }
        return current;
    }

    /** Publishes the messages that need no declare first. */
    private void publishReady(PublishChannel current, boolean mayBlock) {
        for (OutboundMessage message = backlog.peek();
                message != null
                        && channel.get() == current
                        && state.writable() != null
                        && current.isReadyFor(message)
                        && (mayBlock || state.hasRoomFor(message));
                message = backlog.peek()) {
            if (backlog.remove(message) && !isDoneOrLate(message)) {
                current.publish(message);
            }
        }
    }

    /**
     * Opens the channel and declares the exchange and the queue that a message needs; returns {@code false} if the
     * connection is lost.
     */
    private boolean prepare(Connection connection, @Nullable PublishChannel existing, OutboundMessage message) {
        try {
            PublishChannel current = existing;
            if (current == null) {
                current = PublishChannel.open(connection, declarations, compression, this);
                channel.set(current);
            }
            current.declareFor(message);
        } catch (RpcException e) {
            if (!declarations.learn(e)) {
                backlog.remove(message);
                message.fail(e);
            }
            if (!connection.isOpen()) {
                state.disconnected(connection);
                return false;
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            if (!connection.isOpen()) {
                // Its shutdown listener is about to report this; until then it must not be tried again and again.
                state.disconnected(connection);
                return false;
            }
            backlog.remove(message);
            message.fail(refusal(message, e));
        }
        return true;
    }

    /** The error of a message whose exchange or queue could not be declared. */
    static RpcException refusal(OutboundMessage message, Exception e) {
        ShutdownSignalException signal = Channels.shutdownSignal(e);
        if (signal != null && signal.getReason() instanceof AMQP.Channel.Close close) {
            String text = "the broker refused " + destination(message) + ": " + close.getReplyText();
            return new ConnectionLostException(text, e);
        }
        return new ConnectionLostException("failed to open a channel: " + e, e);
    }

    private static String destination(OutboundMessage message) {
        String exchange = "exchange '" + message.exchange().name() + "'";
        Queue queue = message.queue();
        return queue == null ? exchange : exchange + " or queue '" + queue.name() + "'";
    }

    @Override
    public void unconfirmedBytesChanged(int bytes) {
        state.addUnconfirmed(bytes);
    }

    @Override
    public void closed(PublishChannel which, ShutdownSignalException cause, List<OutboundMessage> unconfirmed) {
        channel.compareAndSet(which, null);
        replaced.remove(which);
        boolean noExchange = !cause.isHardError()
                && cause.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.NOT_FOUND;
        if (!cause.isInitiatedByApplication()) {
            log.debug(
                    "a channel for publishing was closed with {} messages unconfirmed: {}",
                    unconfirmed.size(),
                    cause.getMessage());
        }
        for (OutboundMessage message : unconfirmed.reversed()) {
            // Without its exchange a message went nowhere; an auto-delete exchange is deleted with its last queue.
            if ((noExchange || message.isRepeatable()) && message.tryRetry()) {
                backlog.addFirst(message);
            } else {
                message.fail(new ConnectionLostException(
                        "the connection broke before the broker confirmed the message;"
                                + " it may or may not have been delivered",
                        cause));
            }
        }
        proceed();
    }

    @Override
    public void notWritten(PublishChannel which, OutboundMessage message) {
        channel.compareAndSet(which, null);
        backlog.addFirst(message);
        proceed();
    }

    @Override
    public void refused(OutboundMessage message) {
        if (message.failsUnrouted()) {
            // Qpid refuses a message before it returns it.
            message.fail(message.unroutable("the broker refused it"));
        } else if (message.isMandatory()) {
            message.stopWatching();
            publish(message);
        } else if (message.tryRetry()) {
            Timers.after(RETRY_NANOS, () -> publish(message));
        } else {
            message.fail(message.unroutable("the broker refused it, and no time or retries are left"));
        }
    }

    /**
     * After messages went back into the backlog: writes them, or fails them if the publisher was closed in the
     * meantime.
     */
    private void proceed() {
        if (state.isClosed()) {
            failAll(closedTooEarly());
        } else {
            write();
        }
    }

    /**
     * Replaces the channel if messages were refused since the last call, or the oldest one is still unconfirmed. On a
     * RabbitMQ cluster that has lost the leader of a quorum queue, a channel can stay that way forever, while a new one
     * on the same connection works at once. Fails the messages whose deadline has passed. For the timer thread; does
     * not block.
     */
    void replaceStuckChannel() {
        // Here too, since the writing thread may be blocked by the socket.
        backlog.removeIf(PublishQueue::isDoneOrLate);
        PublishChannel current = channel.get();
        if (current != null && state.writable() != null && current.isStuck() && channel.compareAndSet(current, null)) {
            log.info("the broker refuses or does not confirm messages; continuing on a new channel");
            replaced.add(current);
            current.takeRepeatable().reversed().forEach(backlog::addFirst);
            proceed();
        }
        for (PublishChannel old : List.copyOf(replaced)) {
            if (old.unconfirmed().stream().allMatch(PublishQueue::isDoneOrLate) && replaced.remove(old)) {
                Guard.start("parley-amqp-close-channel", old::close);
            }
        }
    }

    /**
     * The error of a message that was not sent because there is no connection.
     *
     * @param cause why there is none, {@code null} if that is not known
     */
    private static RpcException notSent(OutboundMessage message, @Nullable RpcException cause) {
        String why = cause == null ? "there is no connection to the broker" : String.valueOf(cause.getMessage());
        return message.remainingNanos() <= 0
                ? new RpcTimeoutException("the message could not be sent in time: " + why, cause)
                : new DeliveryException("the message was not sent, and no retries are left: " + why, cause);
    }

    /** An attempt to reconnect failed: fails the messages that have no time or retries left. */
    void reconnectFailed(RpcException error) {
        backlog.removeIf(message -> {
            if (message.isDone()) {
                return true;
            } else if (Refusals.isFinal(error) || !message.tryRetry()) {
                message.fail(Refusals.isFinal(error) ? error : notSent(message, error));
                return true;
            }
            return false;
        });
    }

    /** Waits until every message is confirmed or has failed, but no longer than until {@code endNanos}. */
    void drain(long endNanos) {
        List<OutboundMessage> waiting = backlog.all();
        channels().forEach(each -> waiting.addAll(each.unconfirmed()));
        try {
            CompletableFuture.allOf(
                            waiting.stream().map(OutboundMessage::confirmed).toArray(CompletableFuture<?>[]::new))
                    .get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            // Its publisher handles it.
        } catch (TimeoutException e) {
            log.warn(
                    "closing with {} messages unconfirmed",
                    waiting.stream().filter(message -> !message.isDone()).count());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static ConnectionLostException closedTooEarly() {
        return new ConnectionLostException("closed before the broker confirmed the message");
    }

    /** Fails every message that is not confirmed. */
    void failAll(RpcException error) {
        backlog.removeIf(message -> {
            message.fail(error);
            return true;
        });
        channels().forEach(each -> each.unconfirmed().forEach(message -> message.fail(error)));
    }

    private List<PublishChannel> channels() {
        List<PublishChannel> all = new ArrayList<>(replaced);
        PublishChannel current = channel.get();
        if (current != null) {
            all.add(current);
        }
        return all;
    }
}
