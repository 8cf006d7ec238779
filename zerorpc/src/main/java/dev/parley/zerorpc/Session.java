package dev.parley.zerorpc;

import dev.parley.ConnectionLostException;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.zmtp.ZmtpPeer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of one connection: routes what comes, and beats for all of them from one timer of the event loop, which runs only while there are channels and
 * never on a thread of the user's. Thread-safe.
 */
abstract class Session {
    static final Logger log = LoggerFactory.getLogger(Session.class);

    /**
     * The argument of a beat that answers one. A beat of the peer's own is answered, so that a peer with a shorter interval than ours hears us in time; an answer
     * is not. Other implementations send 0 and look at the argument only before protocol version 3.
     */
    private static final int ANSWER = 1;

    /** But beats are answered not more often than this. */
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final byte[] DELIMITER = {};

    private final ZmtpPeer peer;
    private final ZerorpcOptions options;
    private final EventWriter writer;
    private final ConcurrentMap<MessageId, Channel> channels = new ConcurrentHashMap<>();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile @Nullable ConnectionLostException ended;
    private long tickDue;

    Session(ZmtpPeer peer, ZerorpcOptions options, EventWriter writer) {
        this.peer = peer;
        this.options = options;
        this.writer = writer;
    }

    ZmtpPeer peer() {
        return peer;
    }

    ZerorpcOptions options() {
        return options;
    }

    EventWriter writer() {
        return writer;
    }

    /** An event that belongs to no channel came. */
    abstract void opening(Event event, byte[][] frames);

    /** Whether the peer is not being read at present, so that its silence means nothing. */
    boolean isPaused() {
        return false;
    }

    /** Opens a channel; {@code false} if its id is in use. On a session that is over, the owner is told so at once. */
    boolean open(Channel channel) {
        if (channels.putIfAbsent(channel.id(), channel) != null) {
            return false;
        }
        ConnectionLostException end = ended;
        if (end != null && channels.remove(channel.id(), channel)) {
            channel.owner().lost(end);
        } else if (options.beats() && ticking.compareAndSet(false, true)) {
            peer.eventLoop().execute(this::schedule);
        }
        return true;
    }

    /** Closes a channel; {@code false} if it was closed already. */
    boolean close(Channel channel) {
        return channels.remove(channel.id(), channel);
    }

    /** The connection is lost. */
    void end(ConnectionLostException reason) {
        ended = reason;
        for (Channel channel : channels.values()) {
            if (close(channel)) {
                channel.owner().lost(reason);
            }
        }
    }

    /** Handles an event on the event loop. */
    void received(Event event, byte[][] frames) {
        MessageId target = event.responseTo();
        if (target == null) {
            opening(event, frames);
            return;
        }
        Channel channel = channels.get(target);
        if (channel == null) {
            // Late beats and grants are normal.
            log.trace("{}: {} for a channel that is not open", peer, event.name());
            return;
        }
        channel.lastSeen = System.nanoTime();
        if (event.problem() != null) {
            channel.owner().received(event);
            return;
        }
        switch (event.name()) {
            case Event.HEARTBEAT -> beaten(channel, event);
            case Event.MORE -> channel.owner().granted(event.number());
            default -> channel.owner().received(event);
        }
    }

    private void beaten(Channel channel, Event event) {
        channel.passive = false;
        if (channel.version() < 3) {
            // Before version 3 a beat was a grant too.
            channel.owner().granted(event.number());
        }
        boolean answer = channel.version() >= 3 && event.number() == ANSWER;
        if (!answer && channel.lastSeen - channel.lastBeat >= ANSWER_NANOS) {
            beat(channel, channel.lastSeen, channel.version() < 3 ? 0 : ANSWER);
        }
    }

    private void beat(Channel channel, long now, int argument) {
        channel.lastBeat = now;
        channel.nextBeat = now + options.heartbeatNanos();
        MsgpackBuffer out = writer.event(channel.id(), Event.HEARTBEAT);
        out.writeArrayHeader(1);
        out.writeLong(argument);
        send(channel, out);
    }

    /** Lets the peer send so many further data events. */
    void grant(Channel channel, int more) {
        MsgpackBuffer out = writer.event(channel.id(), channel.version() < 3 ? Event.HEARTBEAT : Event.MORE);
        out.writeArrayHeader(1);
        out.writeLong(more);
        send(channel, out);
    }

    /** Sends an event of a channel. */
    void send(Channel channel, MsgpackBuffer event) {
        send(channel.envelope(), event);
    }

    /** Sends an event: the envelope, the empty frame that delimits it, the event. */
    void send(byte[][] envelope, MsgpackBuffer event) {
        byte[][] frames = Arrays.copyOf(envelope, envelope.length + 2);
        frames[envelope.length] = DELIMITER;
        frames[envelope.length + 1] = event.toByteArray();
        peer.send(frames);
    }

    private void schedule() {
        tickDue = System.nanoTime() + options.tickNanos();
        peer.eventLoop().schedule(this::tick, options.tickNanos(), TimeUnit.NANOSECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        // If the loop itself was held up, the peer's beats may lie unread.
        boolean late = now - tickDue > options.heartbeatNanos() / 2;
        for (Channel channel : channels.values()) {
            if (channel.passive) {
                continue;
            }
            if (isPaused()) {
                channel.lastSeen = now;
            }
            if (now - channel.lastSeen > 2 * options.heartbeatNanos() && !late) {
                if (close(channel)) {
                    channel.owner()
                            .lost(new ConnectionLostException(
                                    "lost remote after " + TimeUnit.NANOSECONDS.toMillis(2 * options.heartbeatNanos())
                                            + " ms without a heartbeat"));
                }
            } else if (now - channel.nextBeat >= 0) {
                beat(channel, now, 0);
            }
        }
        if (channels.isEmpty()) {
            ticking.set(false);
            if (channels.isEmpty() || !ticking.compareAndSet(false, true)) {
                return;
            }
        }
        schedule();
    }
}
