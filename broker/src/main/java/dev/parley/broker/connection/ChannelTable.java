package dev.parley.broker.connection;

import dev.parley.broker.amqp.AmqpException;
import dev.parley.broker.amqp.Method;
import dev.parley.broker.amqp.Method.ChannelOpen;
import dev.parley.broker.amqp.ReplyCode;
import dev.parley.broker.channel.ChannelHost;
import dev.parley.broker.channel.ChannelSession;
import dev.parley.broker.channel.ChannelState;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a connection by their numbers. Used on the connection's event loop; {@link #size()} and
 * {@link #stall()} by any thread.
 */
final class ChannelTable {
    private final ChannelHost host;
    private final Map<Integer, ChannelSession> byNumber = new ConcurrentHashMap<>();
    private final Set<ChannelSession> unconfirmed = new LinkedHashSet<>();

    ChannelTable(ChannelHost host) {
        this.host = host;
    }

    int size() {
        return byNumber.size();
    }

    /** Makes the channels that are open lose what they publish; returns how many channels they are. */
    int stall() {
        List<ChannelSession> open = List.copyOf(byNumber.values());
        open.forEach(ChannelSession::stall);
        return open.size();
    }

    /** Snapshots of all channels, by number. */
    List<ChannelState> states() {
        return byNumber.values().stream()
                .map(ChannelSession::state)
                .sorted(Comparator.comparingInt(ChannelState::number))
                .toList();
    }

    @Nullable
    ChannelSession find(int number) {
        return byNumber.get(number);
    }

    /**
     * The channel for a method, which is created if the method is channel.open.
     *
     * @param channelMax the highest number
     * @throws AmqpException if the channel is not open, or its number too high
     */
    ChannelSession channel(int number, Method method, int channelMax) {
        ChannelSession found = byNumber.get(number);
        if (found != null) {
            return found;
        }
        if (!(method instanceof ChannelOpen)) {
            throw notOpen();
        }
        if (number > channelMax) {
            throw new AmqpException(
                    ReplyCode.NOT_ALLOWED,
                    "number of channels opened (" + byNumber.size() + ") has reached the negotiated channel_max ("
                            + channelMax + ")");
        }
        ChannelSession created = new ChannelSession(number, host);
        byNumber.put(number, created);
        return created;
    }

    /**
     * The channel for a content header or body.
     *
     * @throws AmqpException if there is none of this number
     */
    ChannelSession forContent(int number) {
        ChannelSession found = byNumber.get(number);
        if (found == null) {
            throw ChannelSession.contentWithoutMethod();
        }
        return found;
    }

    private static AmqpException notOpen() {
        return new AmqpException(ReplyCode.CHANNEL_ERROR, "expected 'channel.open'");
    }

    void remove(ChannelSession channel) {
        byNumber.remove(channel.number(), channel);
    }

    /** The channel has published messages to confirm. */
    void confirmLater(ChannelSession channel) {
        unconfirmed.add(channel);
    }

    /** Confirms what was published since the last time. */
    void flushConfirms() {
        unconfirmed.forEach(ChannelSession::flushConfirms);
        unconfirmed.clear();
    }

    /** Lets the queues of all consumers deliver, because there is room again. */
    void resumeDeliveries() {
        byNumber.values().forEach(ChannelSession::resumeDeliveries);
    }

    /** Whether a message is not complete for too long; see {@link ChannelSession#isOverdue}. */
    boolean hasOverdue(long now, long timeoutNanos, boolean reads) {
        boolean overdue = false;
        for (ChannelSession channel : byNumber.values()) {
            overdue |= channel.isOverdue(now, timeoutNanos, reads);
        }
        return overdue;
    }

    /** Takes back what was not acknowledged in time; tells the listener the numbers of the channels that fail by it. */
    void checkAcknowledgements(long now, BiConsumer<AmqpException, Integer> failed) {
        for (ChannelSession channel : List.copyOf(byNumber.values())) {
            try {
                channel.checkAcknowledgements(now);
            } catch (AmqpException e) {
                failed.accept(e, channel.number());
            }
        }
    }

    /** Ends all channels. */
    void end() {
        List.copyOf(byNumber.values()).forEach(ChannelSession::end);
        byNumber.clear();
    }
}
