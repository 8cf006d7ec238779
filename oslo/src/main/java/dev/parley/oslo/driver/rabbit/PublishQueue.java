package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.AccessDeniedException;
import dev.parley.ConnectionLostException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.time.Timers;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel that publishes, and the messages that wait for it. Thread-safe.
 *
 * <p>Messages go into a queue; whoever gets the lock writes all that is there, so callers never wait for each other. Where writing could block, for the broker's
 * answer to a declare or for room in the socket, a virtual thread does it.
 */
final class PublishQueue {
    private static final Logger log = LoggerFactory.getLogger(PublishQueue.class);
    private static final int MOST_WAITING = 65_536;
    private static final long MOST_WAITING_BYTES = 128L << 20;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Publisher publisher;
    private final OutboundBacklog queue = new OutboundBacklog();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicReference<@Nullable PublishChannel> session = new AtomicReference<>();
    /** Channels given up, which wait for their last messages to be confirmed or over. */
    private final Set<PublishChannel> retired = ConcurrentHashMap.newKeySet();

    PublishQueue(Publisher publisher) {
        this.publisher = publisher;
    }

    void add(OutboundMessage message) {
        queue.add(message);
        write(false);
    }

    /** Whether no more messages may wait. */
    boolean isFull() {
        if (isOverfull()) {
            queue.removeIf(PublishQueue::isOver);
        }
        return isOverfull();
    }

    private boolean isOverfull() {
        return queue.count() >= MOST_WAITING || queue.bytes() >= MOST_WAITING_BYTES;
    }

    void removeIf(Predicate<OutboundMessage> condition) {
        queue.removeIf(condition);
    }

    /** Writes what waits, on a thread of its own. */
    void write() {
        if (!queue.isEmpty() && writing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("parley-amqp-write").start(() -> {
                try {
                    write(true);
                } finally {
                    writing.set(false);
                }
                // Whoever came meanwhile found this thread at work, and left the rest to it.
                if (publisher.writable() != null) {
                    write();
                }
            });
        }
    }

    private void write(boolean mayBlock) {
        // Whoever holds the lock looks again after giving it back, so nothing is left lying.
        while (!queue.isEmpty()) {
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

    /** {@code false} if somebody else will go on: the thread that may block, or the one that brings the connection back. */
    private boolean writeAll(boolean mayBlock) {
        for (OutboundMessage message = queue.peek(); message != null; message = queue.peek()) {
            if (isOver(message)) {
                queue.remove(message);
                continue;
            }
            Connection connection = publisher.writable();
            if (connection == null) {
                return false;
            }
            PublishChannel current = session(connection);
            boolean ready = current != null && current.isReadyFor(message.exchange());
            if (!mayBlock && !(ready && publisher.roomFor(message))) {
                write();
                return false;
            }
            if (current != null && ready) {
                BatchingFrameHandler.inOneGo(connection, () -> publishReady(current, mayBlock));
            } else if (!prepare(connection, current, message)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a message need not be sent any more. */
    private static boolean isOver(OutboundMessage message) {
        if (!message.isDone() && message.remainingNanos() <= 0) {
            message.fail(new RpcTimeoutException("the message could not be sent in time"));
        }
        return message.isDone();
    }

    /** The channel. One of another connection died while it was made, so that nobody took it away. */
    private @Nullable PublishChannel session(Connection connection) {
        PublishChannel current = session.get();
        if (current != null && !current.isOn(connection)) {
            session.compareAndSet(current, null);
            return null;
        }
        return current;
    }

    /** Publishes what needs no answer of the broker first. */
    private void publishReady(PublishChannel current, boolean mayBlock) {
        for (OutboundMessage message = queue.peek();
                message != null
                        && session.get() == current
                        && publisher.writable() != null
                        && current.isReadyFor(message.exchange())
                        && (mayBlock || publisher.roomFor(message));
                message = queue.peek()) {
            if (queue.remove(message) && !isOver(message)) {
                current.publish(message);
            }
        }
    }

    /** Makes the channel and the exchange that a message needs; {@code false} if the connection is lost. */
    private boolean prepare(Connection connection, @Nullable PublishChannel existing, OutboundMessage message) {
        try {
            PublishChannel current = existing;
            if (current == null) {
                current = new PublishChannel(this, connection, publisher);
                session.set(current);
            }
            current.declare(message.exchange());
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            if (!connection.isOpen()) {
                publisher.gone(connection);
                return false;
            }
            queue.remove(message);
            message.fail(refused(message, e));
        }
        return true;
    }

    private static RpcException refused(OutboundMessage message, Exception e) {
        ShutdownSignalException signal = Connector.signal(e);
        if (signal != null && signal.getReason() instanceof AMQP.Channel.Close close) {
            String text = "the broker refuses exchange '" + message.exchange().name() + "': " + close.getReplyText();
            return close.getReplyCode() == AMQP.ACCESS_REFUSED
                    ? new AccessDeniedException(text, e)
                    : new ConnectionLostException(text, e);
        }
        return new ConnectionLostException("no channel to the broker: " + e, e);
    }

    /** The channel is gone. Runs on the client library's thread. */
    void lost(PublishChannel which, ShutdownSignalException cause, List<OutboundMessage> unconfirmed) {
        session.compareAndSet(which, null);
        retired.remove(which);
        boolean noExchange = !cause.isHardError()
                && cause.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.NOT_FOUND;
        if (!cause.isInitiatedByApplication()) {
            log.debug(
                    "a channel for publishing is gone with {} messages unconfirmed: {}",
                    unconfirmed.size(),
                    cause.getMessage());
        }
        for (OutboundMessage message : unconfirmed.reversed()) {
            // Without its exchange a message went nowhere; an auto-delete one goes with its last queue.
            if ((noExchange || message.isRepeatable()) && message.tryAgain()) {
                queue.addFirst(message);
            } else {
                message.fail(new ConnectionLostException(
                        "the connection broke before the broker confirmed the message; it may have been delivered or not",
                        cause));
            }
        }
        goOn();
    }

    /**
     * Goes over to a new channel if messages were refused since the last call, or the oldest is still not confirmed. On a RabbitMQ cluster that has lost the
     * leader of a quorum queue, a channel can go on so for ever, while a new one on the same connection works at once. Drops the messages whose time is over. Must
     * not block.
     */
    void watch() {
        // Whoever writes may be held up by the socket.
        queue.removeIf(PublishQueue::isOver);
        PublishChannel current = session.get();
        if (current != null
                && publisher.writable() != null
                && current.isStuck()
                && session.compareAndSet(current, null)) {
            log.info("the broker refuses or does not confirm messages; going on with a new channel");
            retired.add(current);
            current.takeRepeatable().reversed().forEach(queue::addFirst);
            goOn();
        }
        for (PublishChannel old : List.copyOf(retired)) {
            if (old.unconfirmed().stream().allMatch(PublishQueue::isOver) && retired.remove(old)) {
                Thread.ofVirtual().name("parley-amqp-retire").start(old::close);
            }
        }
    }

    /** A message that was surely not written, as the channel is gone. */
    void putBack(PublishChannel which, OutboundMessage message) {
        session.compareAndSet(which, null);
        queue.addFirst(message);
        goOn();
    }

    /** After something was put back: writes it, or fails it if the end has been meanwhile. */
    private void goOn() {
        if (publisher.isClosed()) {
            close(Publisher.closedTooEarly());
        } else {
            write();
        }
    }

    /** The broker did not take it. */
    void refused(OutboundMessage message) {
        if (message.isMandatory()) {
            // Qpid says so before it returns the message.
            message.fail(message.unroutable("the broker refused it"));
        } else if (message.tryAgain()) {
            Timers.after(AGAIN_NANOS, () -> publisher.publish(message));
        } else {
            message.fail(message.unroutable("the broker refused it, and no time or retries are left"));
        }
    }

    void drain(long endNanos) {
        List<OutboundMessage> waiting = queue.all();
        sessions().forEach(each -> waiting.addAll(each.unconfirmed()));
        try {
            CompletableFuture.allOf(
                            waiting.stream().map(OutboundMessage::confirmed).toArray(CompletableFuture<?>[]::new))
                    .get(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            // Whoever published it knows.
        } catch (TimeoutException e) {
            log.warn(
                    "{} messages are not confirmed at the end",
                    waiting.stream().filter(message -> !message.isDone()).count());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close(RpcException error) {
        queue.removeIf(message -> {
            message.fail(error);
            return true;
        });
        sessions().forEach(each -> each.unconfirmed().forEach(message -> message.fail(error)));
    }

    private List<PublishChannel> sessions() {
        List<PublishChannel> all = new ArrayList<>(retired);
        PublishChannel current = session.get();
        if (current != null) {
            all.add(current);
        }
        return all;
    }

    /** For {@link PublishChannel}: whether an exception means that nothing was written. */
    static boolean nothingWritten(Exception e) {
        return e instanceof AlreadyClosedException;
    }

    /** For {@link PublishChannel}: a channel on which the broker may refuse a declare without harm to others. */
    static void quietly(Channel channel) {
        try {
            if (channel.isOpen()) {
                channel.close();
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            log.debug("closing a channel", e);
        }
    }
}
