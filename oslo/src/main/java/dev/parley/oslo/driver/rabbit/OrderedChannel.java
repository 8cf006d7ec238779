package dev.parley.oslo.driver.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.parley.AccessDeniedException;
import dev.parley.DeliveryException;
import dev.parley.RpcException;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.driver.rabbit.OrderedBacklog.Entry;
import dev.parley.oslo.message.Compression;
import dev.parley.spi.Backoff;
import dev.parley.spi.Guard;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an {@link OrderedBacklog} to one channel, from its beginning, until the channel ends. What is unconfirmed then
 * is still in the backlog, and the next channel begins with it, so the order is kept.
 *
 * <p>Confined to the publisher's thread, except {@link #end} and the methods of the listener, which any thread may
 * call.
 */
final class OrderedChannel implements PublishChannel.Listener {
    private static final Logger log = LoggerFactory.getLogger(OrderedChannel.class);
    private static final Backoff REFUSED = Backoff.exponential(Duration.ofMillis(250), Duration.ofSeconds(10));
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int CLOSED_SECONDS = 5;

    /** Whether the channel may be written to now, and what the publisher remembers between channels. */
    interface Owner {
        boolean mayWrite();

        /** One message at a time: the last channel was closed because of a message, and it is not known which. */
        boolean isCautious();
    }

    /** Why a queue gets nothing at the moment. */
    private static final class Pause {
        int failures;
        long untilNanos;
    }

    private final OrderedBacklog backlog;
    private final Declarations declarations;
    private final Owner owner;
    private final Map<String, Pause> pauses = new HashMap<>(); // By routing key.
    private final Queue<OutboundMessage> refused = new ConcurrentLinkedQueue<>();
    private long next; // Everything before it is written, or its queue is paused.
    private @Nullable Entry last;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean ended;
    private volatile @Nullable ShutdownSignalException cause;
    private volatile List<OutboundMessage> left = List.of();

    OrderedChannel(OrderedBacklog backlog, Declarations declarations, Owner owner) {
        this.backlog = backlog;
        this.declarations = declarations;
        this.owner = owner;
    }

    /**
     * Opens the channel and writes until it ends, the connection is lost, or the publisher is closed.
     *
     * @throws IOException if the connection does not work
     * @throws TimeoutException if the broker does not respond
     */
    void run(Connection connection, @Nullable Compression compression, Consumer<PublishChannel> opened)
            throws IOException, TimeoutException, InterruptedException {
        PublishChannel channel = PublishChannel.open(connection, declarations, compression, this);
        opened.accept(channel);
        try {
            while (!ended && connection.isOpen()) {
                takeRefused();
                Entry entry = owner.mayWrite() ? nextEntry() : null;
                if (entry == null) {
                    backlog.await(untilResume());
                } else if (channel.isReadyFor(entry.message)) {
                    BatchingFrameHandler.batch(connection, () -> write(channel, entry));
                } else {
                    declare(connection, channel, entry);
                }
            }
        } finally {
            if (!channel.isOpen()) {
                // A write fails a moment before the reason arrives.
                boolean told = closed.await(CLOSED_SECONDS, TimeUnit.SECONDS);
                log.debug("a channel for notifications was closed: {}", told ? cause : "for an unknown reason");
            } else if (connection.isOpen()) {
                Guard.start("parley-amqp-close-channel", channel::close);
            }
        }
    }

    private void write(PublishChannel channel, Entry first) {
        for (Entry entry = first;
                entry != null && channel.isReadyFor(entry.message);
                entry = !ended && refused.isEmpty() && owner.mayWrite() ? nextEntry() : null) {
            entry.writtenOn = this;
            last = entry;
            next = entry.number + 1;
            channel.publish(entry.message);
        }
    }

    private @Nullable Entry nextEntry() {
        Entry before = last;
        if (owner.isCautious() && before != null && before.writtenOn == this && !before.message.isDone()) {
            return null;
        }
        for (Entry entry = backlog.from(next); entry != null; entry = backlog.from(next)) {
            if (entry.writtenOn != this && !entry.message.isDone() && !isPaused(entry.message)) {
                return entry;
            }
            next = entry.number + 1;
        }
        return null;
    }

    private boolean isPaused(OutboundMessage message) {
        Pause pause = pauses.get(message.key());
        return pause != null && pause.untilNanos != 0;
    }

    private void takeRefused() {
        for (OutboundMessage message = refused.poll(); message != null; message = refused.poll()) {
            for (Entry entry : backlog.all()) {
                if (entry.message == message) {
                    entry.writtenOn = null;
                }
            }
            pause(message);
        }
    }

    private void pause(OutboundMessage message) {
        Pause pause = pauses.computeIfAbsent(message.key(), key -> new Pause());
        if (pause.untilNanos == 0) {
            pause.untilNanos = System.nanoTime() + REFUSED.pauseNanos(pause.failures++);
        }
    }

    /** Resumes the queues whose pause is over; returns the time until the next one. */
    private long untilResume() {
        long wait = LONGEST_WAIT_NANOS;
        for (Pause pause : pauses.values()) {
            if (pause.untilNanos != 0) {
                long left = pause.untilNanos - System.nanoTime();
                if (left <= 0) {
                    pause.untilNanos = 0;
                    next = 0;
                    return 0;
                }
                wait = Math.min(wait, left);
            }
        }
        return wait;
    }

    private void declare(Connection connection, PublishChannel channel, Entry entry)
            throws IOException, TimeoutException {
        try {
            channel.declareFor(entry.message);
        } catch (RpcException e) {
            if (!declarations.learn(e)) {
                entry.message.fail(e);
            }
        } catch (IOException | ShutdownSignalException e) {
            ShutdownSignalException signal = Channels.shutdownSignal(e);
            if (!connection.isOpen() || signal == null || !(signal.getReason() instanceof AMQP.Channel.Close close)) {
                throw e;
            }
            RpcException error = PublishQueue.refusal(entry.message, e);
            if (close.getReplyCode() == AMQP.NOT_FOUND || close.getReplyCode() == AMQP.RESOURCE_LOCKED) {
                // The node that has the queue is down, for example.
                log.warn("{}; trying again", error.getMessage());
                pause(entry.message);
            } else {
                entry.message.fail(error);
            }
        }
    }

    /** Gives the channel up. */
    void end() {
        ended = true;
        backlog.wakeUp();
    }

    /**
     * After the end: the messages that may be the reason why the broker closed the channel; empty if the reason is none
     * of them.
     */
    List<OutboundMessage> suspects() {
        ShutdownSignalException signal = cause;
        boolean refusedByBroker = signal != null
                && !signal.isHardError()
                && !signal.isInitiatedByApplication()
                && signal.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() != AMQP.NOT_FOUND; // The exchange was deleted; it is declared again.
        return refusedByBroker ? left : List.of();
    }

    /** The error of the only suspect. */
    RpcException verdict() {
        ShutdownSignalException signal = cause;
        boolean denied = signal != null
                && signal.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.ACCESS_REFUSED;
        String text = "the broker refused the message: "
                + (signal != null && signal.getReason() instanceof AMQP.Channel.Close close
                        ? close.getReplyText()
                        : "");
        return denied ? new AccessDeniedException(text) : new DeliveryException(text);
    }

    @Override
    public void unconfirmedBytesChanged(int bytes) {
        // The publisher has a thread of its own that may block.
    }

    @Override
    public void refused(OutboundMessage message) {
        refused.add(message);
        backlog.wakeUp();
    }

    @Override
    public void notWritten(PublishChannel channel, OutboundMessage message) {
        end();
    }

    @Override
    public void closed(PublishChannel channel, ShutdownSignalException signal, List<OutboundMessage> unconfirmed) {
        left = List.copyOf(unconfirmed);
        cause = signal;
        closed.countDown();
        end();
    }
}
