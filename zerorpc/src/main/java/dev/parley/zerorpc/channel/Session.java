package dev.parley.zerorpc.channel;

import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.EventWriter;
import dev.parley.zerorpc.event.MessageId;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zmtp.ZmtpPeer;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels of one connection: routes what arrives and sends the heartbeats of all of them from one timer of the
 * event loop, which runs only while there are channels. Opening, closing and sending are thread-safe; {@link #received}
 * and what it calls run on the event loop.
 */
public abstract class Session {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    /**
     * The argument of a heartbeat that answers one. A heartbeat that the peer sends on its own is answered, so that a
     * peer with a shorter interval hears this side in time; an answer is not. Other implementations send 0 and look at
     * the argument only before protocol version 3.
     */
    private static final int ANSWER = 1;

    /** Heartbeats are not answered more often than this. */
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final byte[] DELIMITER = {};

    private final ZmtpPeer peer;
    private final ZerorpcOptions options;
    private final EventWriter writer;
    private final ConcurrentMap<Object, Channel> channels = new ConcurrentHashMap<>();
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile @Nullable String ended;
    /** {@link System#nanoTime()} of the next tick. Touched on the event loop only. */
    private long tickDue;

    /** A session on a connection. */
    protected Session(ZmtpPeer peer, ZerorpcOptions options, EventWriter writer) {
        this.peer = peer;
        this.options = options;
        this.writer = writer;
    }

    /** The connection. */
    public final ZmtpPeer peer() {
        return peer;
    }

    /** The options of this side's address. */
    public final ZerorpcOptions options() {
        return options;
    }

    /** Writes events. */
    public final EventWriter writer() {
        return writer;
    }

    /**
     * An event arrived that belongs to no channel. Runs on the event loop.
     *
     * @param envelope the frames that lead to its sender through brokers in between; empty for a peer
     */
    protected abstract void opening(Event event, byte[][] envelope);

    /**
     * Opens a channel and starts its clocks. If the session is over, the channel is lost at once.
     *
     * @return {@code false} if the id is in use
     */
    public final boolean open(Channel channel) {
        channel.startClocks(System.nanoTime(), options.heartbeatNanos());
        if (channels.putIfAbsent(channel.key(), channel) != null) {
            return false;
        }
        String reason = ended;
        if (reason != null) {
            lose(channel, reason);
        } else if (options.sendsHeartbeats() && ticking.compareAndSet(false, true)) {
            peer.execute(this::schedule);
        }
        return true;
    }

    /** Closes a channel; {@code false} if it was closed already. What still arrives on it is dropped. */
    public final boolean close(Channel channel) {
        return channels.remove(channel.key(), channel);
    }

    /** The connection is lost or about to be closed: every channel is lost, and so are those opened from now on. */
    public final void end(String reason) {
        if (ended == null) {
            ended = reason;
        }
        for (Channel channel : channels.values()) {
            lose(channel, reason);
        }
    }

    private void lose(Channel channel, String reason) {
        if (close(channel)) {
            channel.owner().lost(reason);
        }
    }

    /**
     * Handles an event. Call it on the event loop.
     *
     * @param envelope the frames that lead to its sender through brokers in between; empty for a peer
     */
    public final void received(Event event, byte[][] envelope) {
        MessageId target = event.responseTo();
        if (target == null) {
            opening(event, envelope);
            return;
        }
        Channel channel = channels.get(Channel.key(target, envelope));
        if (channel == null) {
            // Late heartbeats and grants are normal.
            log.trace("{}: dropped {} on a channel that is not open", peer, event.name());
            return;
        }
        long now = System.nanoTime();
        channel.seen(now);
        if (event.problem() != null) {
            channel.owner().received(event);
            return;
        }
        switch (event.name()) {
            case Event.HEARTBEAT -> heartbeat(channel, event, now);
            case Event.MORE -> channel.owner().granted(event.number());
            default -> {
                channel.controlEvents().dataReceived();
                channel.owner().received(event);
            }
        }
        sendControlEvents(channel, now);
    }

    private void heartbeat(Channel channel, Event event, long now) {
        channel.heartbeatReceived();
        if (channel.version() < 3) {
            // Before version 3 a heartbeat was a grant too.
            channel.owner().granted(event.number());
        }
        if (channel.version() >= 3 && event.number() == ANSWER) {
            channel.controlEvents().answered();
        } else if (channel.nanosSinceHeartbeat(now) < ANSWER_NANOS) {
            return;
        } else if (channel.controlEvents().mayHeartbeat(now)) {
            sendHeartbeat(channel, now, channel.version() < 3 ? 0 : ANSWER);
        } else {
            channel.controlEvents().oweHeartbeat();
        }
    }

    /** Sends the heartbeat and the grant that are wanted, if they may be sent now. Runs on the event loop. */
    private void sendControlEvents(Channel channel, long now) {
        ControlEvents control = channel.controlEvents();
        boolean due = options.sendsHeartbeats() && !channel.isPassive() && channel.isHeartbeatDue(now);
        if ((due || control.owesHeartbeat()) && control.mayHeartbeat(now) && isOpen(channel)) {
            sendHeartbeat(channel, now, 0);
        }
        int grant = control.takeGrant(now);
        if (grant > 0 && isOpen(channel)) {
            sendGrant(channel, grant);
        }
    }

    private boolean isOpen(Channel channel) {
        return channels.get(channel.key()) == channel;
    }

    private void sendHeartbeat(Channel channel, long now, int argument) {
        channel.heartbeatSent(now, options.heartbeatNanos());
        MsgpackBuffer out = writer.event(channel.id(), Event.HEARTBEAT);
        out.writeArrayHeader(1);
        out.writeLong(argument);
        long delay = channel.pace().turn();
        if (delay == 0) {
            send(channel, out);
        } else {
            peer.schedule(
                    () -> {
                        if (isOpen(channel)) {
                            send(channel, out);
                        }
                    },
                    delay);
        }
    }

    /** Allows the peer to send so many further data events, as soon as the control events before permit it. */
    public final void grant(Channel channel, int more) {
        peer.execute(() -> {
            channel.controlEvents().oweGrant(more);
            sendControlEvents(channel, System.nanoTime());
        });
    }

    private void sendGrant(Channel channel, int more) {
        MsgpackBuffer out = writer.event(channel.id(), channel.version() < 3 ? Event.HEARTBEAT : Event.MORE);
        out.writeArrayHeader(1);
        out.writeLong(more);
        send(channel, out);
    }

    /** Sends an event of a channel; does nothing on a lost connection. */
    public final void send(Channel channel, MsgpackBuffer event) {
        send(channel.envelope(), event);
    }

    /** Sends an event: the envelope, the empty frame that delimits it, the event. */
    public final void send(byte[][] envelope, MsgpackBuffer event) {
        byte[][] frames = Arrays.copyOf(envelope, envelope.length + 2);
        frames[envelope.length] = DELIMITER;
        frames[envelope.length + 1] = event.toByteArray();
        peer.send(frames);
    }

    private void schedule() {
        tickDue = System.nanoTime() + options.tickNanos();
        peer.schedule(this::tick, options.tickNanos());
    }

    private void tick() {
        long now = System.nanoTime();
        long heartbeatNanos = options.heartbeatNanos();
        // If the loop itself was held up, heartbeats of the peer may not have been read yet.
        boolean late = now - tickDue > heartbeatNanos / 2;
        for (Channel channel : channels.values()) {
            if (channel.isPassive()) {
                continue;
            }
            if (peer.isPaused()) {
                channel.seen(now);
            }
            if (channel.nanosSinceSeen(now) > 2 * heartbeatNanos && !late) {
                lose(
                        channel,
                        "lost remote after " + TimeUnit.NANOSECONDS.toMillis(2 * heartbeatNanos)
                                + " ms without a heartbeat");
            } else {
                sendControlEvents(channel, now);
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
