package dev.parley.zerorpc;

import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.Dispatcher;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import dev.parley.zerorpc.zmtp.ZmtpPeer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.ObjectMapper;

/**
 * The server's side of one connection. When the dispatcher is full, further calls wait here, up to a bound; past it nothing more is read from the peer. While a
 * stream is being sent to the peer reading goes on, since the peer's grants are needed for it to end; calls past the bound are then refused.
 */
final class ServerSession extends Session {
    private final ZerorpcListener listener;
    private final Queue<ZerorpcCall> waiting = new ArrayDeque<>();
    private final Runnable resume = this::resume;
    private final AtomicInteger streams = new AtomicInteger();
    private final int waitingBytesLimit;
    private long waitingBytes;
    private boolean full;
    private boolean paused;

    ServerSession(ZmtpPeer peer, ZerorpcListener listener, int messageBytes) {
        super(peer, listener.options(), listener.writer());
        this.listener = listener;
        this.waitingBytesLimit = messageBytes;
    }

    ObjectMapper mapper() {
        return listener.mapper();
    }

    String scheme() {
        return listener.scheme();
    }

    private Dispatcher dispatcher() {
        return listener.dispatcher();
    }

    @Override
    boolean isPaused() {
        return paused;
    }

    @Override
    void opening(Event event, byte[][] frames) {
        MessageId id = event.id();
        byte[][] envelope = envelope(frames);
        String problem = event.problem();
        if (id == null) {
            log.warn(
                    "{}: dropped a message that cannot be answered: {}",
                    peer(),
                    problem == null ? "its header has no message_id" : problem);
        } else if (problem != null) {
            refuse(event, id, envelope, new ProtocolException(problem));
        } else if (event.name().equals(Event.HEARTBEAT) || event.name().equals(Event.MORE)) {
            log.debug("{}: dropped {} without response_to", peer(), event.name());
        } else if (listener.isStopping()) {
            refuse(event, id, envelope, new ConnectionLostException("the server is stopping and takes no new calls"));
        } else if (Introspection.knows(event.name()) && !dispatcher().has(event.name())) {
            builtIn(event, id, envelope);
        } else {
            call(new ZerorpcCall(this, event, id, envelope), event, id, envelope);
        }
    }

    private void call(ZerorpcCall call, Event event, MessageId id, byte[][] envelope) {
        // Without a stream reading stops at the bound, and what one read had brought before is taken all the same.
        if (full && isBacklogFull() && streams.get() > 0) {
            refuse(event, id, envelope, new OverloadedException("the server is at its bound; try again later"));
            return;
        }
        if (!open(call.channel())) {
            log.warn("{}: dropped a call of {} under the id of a call under way", peer(), event.name());
            return;
        }
        if (full) {
            waiting.add(call);
            waitingBytes += call.bytes();
            updateReading();
        } else {
            dispatch(call);
        }
    }

    private void dispatch(ZerorpcCall call) {
        full = !dispatcher().dispatch(call, resume);
    }

    private void resume() {
        // On a thread of anyone's, and perhaps before dispatch has returned.
        peer().eventLoop().execute(() -> {
            full = false;
            while (!full && !waiting.isEmpty()) {
                ZerorpcCall call = waiting.remove();
                waitingBytes -= call.bytes();
                dispatch(call);
            }
            updateReading();
        });
    }

    private boolean isBacklogFull() {
        return waiting.size() >= options().backlog() || waitingBytes >= waitingBytesLimit;
    }

    private void updateReading() {
        boolean pause = full && isBacklogFull() && streams.get() == 0;
        if (pause != paused) {
            paused = pause;
            peer().pause(pause);
        }
    }

    void streamBegins() {
        streams.incrementAndGet();
        peer().eventLoop().execute(this::updateReading);
    }

    void streamEnds() {
        streams.decrementAndGet();
        peer().eventLoop().execute(this::updateReading);
    }

    private void builtIn(Event event, MessageId id, byte[][] envelope) {
        try {
            MsgpackBuffer out = writer().event(id, Event.OK);
            out.writeArrayHeader(1);
            writer().value(out, listener.introspection().answer(event), "the answer to " + event.name());
            send(envelope, out);
        } catch (RpcException e) {
            refuse(event, id, envelope, e);
        }
    }

    private void refuse(Event event, MessageId id, byte[][] envelope, RpcException error) {
        log.warn("{}: refused a call of '{}': {}", peer(), event.name(), error.getMessage());
        send(envelope, Errors.write(writer(), id, event.version(), event.name(), error));
    }

    /** What stands before the delimiter; the delimiter itself is taken for granted if there is but the payload. */
    private static byte[][] envelope(byte[][] frames) {
        return Arrays.copyOf(frames, Math.max(0, frames.length - 2));
    }
}
