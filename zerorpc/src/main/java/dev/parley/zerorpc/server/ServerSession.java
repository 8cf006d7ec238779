package dev.parley.zerorpc.server;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.spi.CallSource;
import dev.parley.spi.PeerLog;
import dev.parley.spi.PrintableText;
import dev.parley.zerorpc.channel.Session;
import dev.parley.zerorpc.event.BuiltInMethods;
import dev.parley.zerorpc.event.Errors;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.MessageId;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zmtp.ZmtpPeer;
import java.security.Principal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectMapper;

/**
 * The server's side of one connection. While the dispatcher has no room for it, further calls wait here, up to a limit; beyond it
 * nothing more is read from the peer. While a stream is being sent to the peer, reading goes on, since the stream needs
 * the peer's grants to end; calls beyond the limit are then refused. Thread-safe as its base; what is not is touched on
 * the event loop only.
 */
final class ServerSession extends Session implements Receiver {
    private static final Logger log = LoggerFactory.getLogger(ServerSession.class);
    private static final PeerLog faults = new PeerLog(log);

    private final ServerSessions shared;
    private final CallSource source;
    private final AtomicInteger streams = new AtomicInteger();

    // Touched on the event loop only.
    private final Deque<ZerorpcCall> waiting = new ArrayDeque<>();
    /**
     * Whether the newest call is dispatched first: callers gave up before the turn of their calls, and with the oldest
     * first the next ones would do so too.
     */
    private boolean newestFirst;

    private long waitingBytes;
    private boolean full;
    private boolean paused;

    ServerSession(ZmtpPeer peer, ServerSessions shared) {
        super(peer, shared.options(), shared.writer());
        this.shared = shared;
        this.source = shared.dispatcher().source(this::resume);
    }

    ObjectMapper mapper() {
        return shared.mapper();
    }

    String scheme() {
        return shared.scheme();
    }

    @Nullable
    Principal caller() {
        return shared.caller(peer());
    }

    @Override
    protected void opening(Event event, byte[][] envelope) {
        MessageId id = event.id();
        try {
            opening(event, id, envelope);
        } catch (RuntimeException | Error e) {
            // The connection has other calls.
            faults.error(peer(), "failed on a call of {}", event.name(), e);
            if (id != null) {
                RpcException error = RemoteException.of("InternalError", "the server failed to handle this call");
                send(envelope, Errors.write(writer(), id, event.version(), event.name(), error));
            }
        }
    }

    private void opening(Event event, @Nullable MessageId id, byte[][] envelope) {
        String problem = event.problem();
        if (id == null) {
            faults.warn(
                    peer(),
                    "dropped a message without a usable id: {}",
                    problem == null ? "its header has no message_id" : problem);
        } else if (problem != null) {
            refuse(event, id, envelope, event.error(""));
        } else if (event.name().equals(Event.HEARTBEAT) || event.name().equals(Event.MORE)) {
            log.debug("{}: dropped {} without response_to", peer(), PrintableText.line(event.name()));
        } else if (shared.isStopping()) {
            refuse(event, id, envelope, new ConnectionLostException("the server is stopping and accepts no new calls"));
        } else if (BuiltInMethods.contains(event.name()) && !shared.dispatcher().has(event.name())) {
            builtIn(event, id, envelope);
        } else {
            call(new ZerorpcCall(this, event, id, envelope), event, id, envelope);
        }
    }

    private void call(ZerorpcCall call, Event event, MessageId id, byte[][] envelope) {
        if (full) {
            dropAbandoned();
        }
        // Without a stream, reading stops at the limit, and what had been read by then is accepted.
        if (full && isBacklogFull() && streams.get() > 0) {
            refuse(
                    event,
                    id,
                    envelope,
                    new OverloadedException("the server runs as many calls as it may; try again later"));
            return;
        }
        if (!peer().memory().charge(call.bytes())) {
            refuse(event, id, envelope, new OverloadedException("too much memory is in use; try again later"));
            return;
        }
        if (!open(call.channel())) {
            call.release();
            faults.warn(peer(), "dropped a call of {}: its id is that of a call in flight", event.name());
            return;
        }
        if (full) {
            source.keepsCalls(true);
            waiting.add(call);
            waitingBytes += call.bytes();
            updateReading();
        } else {
            dispatch(call);
        }
    }

    private void dispatch(ZerorpcCall call) {
        full = !source.dispatch(call);
    }

    private void resume() {
        // On any thread, perhaps before dispatch has returned.
        peer().execute(() -> {
            full = false;
            dropAbandoned();
            while (!full && !waiting.isEmpty()) {
                ZerorpcCall call = newestFirst ? waiting.removeLast() : waiting.removeFirst();
                waitingBytes -= call.bytes();
                dispatch(call);
            }
            newestFirst &= !waiting.isEmpty();
            source.keepsCalls(!waiting.isEmpty());
            updateReading();
        });
    }

    /** Fails the oldest calls as long as nobody waits for them. */
    private void dropAbandoned() {
        for (ZerorpcCall oldest = waiting.peek(); oldest != null && oldest.isAbandoned(); oldest = waiting.peek()) {
            waiting.remove();
            waitingBytes -= oldest.bytes();
            newestFirst = true;
            oldest.fail(new RpcTimeoutException("the caller of " + oldest.method() + " waits no longer"));
        }
    }

    private boolean isBacklogFull() {
        return waiting.size() >= options().backlog()
                || waitingBytes >= shared.limits().messageBytes();
    }

    private void updateReading() {
        boolean pause = full && isBacklogFull() && streams.get() == 0;
        if (pause != paused) {
            paused = pause;
            peer().pause(pause);
        }
    }

    /** Reading must go on. Thread-safe. */
    void streamBegins() {
        streams.incrementAndGet();
        peer().execute(this::updateReading);
    }

    /** After {@link #streamBegins}. Thread-safe. */
    void streamEnds() {
        streams.decrementAndGet();
        peer().execute(this::updateReading);
    }

    private void builtIn(Event event, MessageId id, byte[][] envelope) {
        try {
            MsgpackBuffer out = writer().event(id, Event.OK);
            out.writeArrayHeader(1);
            writer().value(out, shared.introspection().result(event, caller()), "the result of " + event.name());
            send(envelope, out);
        } catch (RpcException e) {
            refuse(event, id, envelope, e);
        }
    }

    private void refuse(Event event, MessageId id, byte[][] envelope, RpcException error) {
        faults.warn(peer(), "refused a call of '{}': {}", event.name(), error.getMessage());
        send(envelope, Errors.write(writer(), id, event.version(), event.name(), error));
    }
}
