package dev.parley.zerorpc.client;

import dev.parley.AccessDeniedException;
import dev.parley.ClientRequest;
import dev.parley.ConnectionLostException;
import dev.parley.OverloadedException;
import dev.parley.ProtocolException;
import dev.parley.RpcException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.EncodedResult;
import dev.parley.spi.ResponseListener;
import dev.parley.spi.StartedCall;
import dev.parley.zerorpc.ZerorpcCallOptions;
import dev.parley.zerorpc.channel.Channel;
import dev.parley.zerorpc.channel.ZerorpcOptions;
import dev.parley.zerorpc.event.Errors;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.MessageId;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A call that a client makes, and the client's end of its channel. What closes the channel first (a response, the loss
 * of the peer, a cancellation) decides the outcome, so the listener gets one at most. Thread-safe.
 */
abstract class PendingCall implements StartedCall, Channel.Owner {
    private final String method;
    private final ClientRequest.Kind kind;
    private final ResponseListener listener;
    private final int window;
    private final Channel channel;
    /** {@code null} until the request is sent. */
    private volatile @Nullable ClientSession session;

    private volatile boolean cancelled;
    /** Whether nothing is charged for the call any more. */
    private volatile boolean over;
    /** What is charged for items that wait for the reader. */
    private final AtomicLong held = new AtomicLong();

    PendingCall(ClientCall call, MessageId id, ZerorpcOptions options, ResponseListener listener) {
        this.method = call.qualifiedMethod();
        this.kind = call.kind();
        this.listener = listener;
        Integer ofCall = call.options().get(ZerorpcCallOptions.WINDOW);
        this.window = ofCall == null ? options.window() : ofCall;
        this.channel = new Channel(id, options.passive(), this);
    }

    final String method() {
        return method;
    }

    /** How many items of a stream the peer may send ahead of the reader. */
    final int window() {
        return window;
    }

    final ResponseListener listener() {
        return listener;
    }

    /** Opens the channel and sends the request, unless the call has been cancelled. Called once. */
    final void send(ClientSession connected, MsgpackBuffer request, int pendingBytes) {
        if (connected.peer().pendingBytes() > pendingBytes) {
            listener.onFailure(new OverloadedException("more than " + pendingBytes + " bytes wait to be sent to "
                    + connected.peer() + ", which does not read them"));
            return;
        }
        if (!connected.peer().memory().hasRoom(request.size())) {
            listener.onFailure(
                    new OverloadedException("too much memory is in use to send a message to " + connected.peer()));
            return;
        }
        session = connected;
        if (cancelled) {
            return;
        }
        connected.open(channel);
        if (cancelled) {
            // Perhaps before the channel was open.
            connected.close(channel);
            return;
        }
        if (kind == ClientRequest.Kind.CAST) {
            // zerorpc always responds. The channel stays open, with its heartbeats; without them the server would take
            // this client for lost and cancel the method. Reported first, since the response may come at any moment.
            listener.onSent();
        }
        connected.send(channel, request);
    }

    /** No connection was made, so nothing was sent: unlike that of a lost connection, the error has a cause. */
    final void notConnected(@Nullable Throwable reason) {
        if (!cancelled) {
            String message = reason == null ? null : reason.getMessage();
            listener.onFailure(
                    reason instanceof AccessDeniedException
                            ? new AccessDeniedException(message == null ? "access denied" : message)
                            : new ConnectionLostException(message == null ? "no connection" : message, reason));
        }
    }

    /** Closes the channel. The protocol has no message for it: the server notices that heartbeats are missing. */
    @Override
    public final void cancel() {
        cancelled = true;
        close();
    }

    /** Closes the channel; {@code false} if it is not open. */
    private boolean close() {
        ClientSession connected = session;
        boolean closed = connected != null && connected.close(channel);
        releaseAll();
        return closed;
    }

    /** Charges an item that waits for its reader; if there is no room the call fails. */
    final boolean hold(int bytes) {
        ClientSession connected = session;
        if (connected == null || !connected.peer().memory().charge(bytes)) {
            fail(new OverloadedException("too much memory is in use for the items of " + method));
            return false;
        }
        held.addAndGet(bytes);
        if (over) {
            releaseAll();
        }
        return true;
    }

    /** An item has been read. */
    final void release(long bytes) {
        ClientSession connected = session;
        if (connected != null && held.getAndUpdate(now -> now >= bytes ? now - bytes : now) >= bytes) {
            connected.peer().memory().release(bytes);
        }
    }

    private void releaseAll() {
        over = true;
        long rest = held.getAndSet(0);
        ClientSession connected = session;
        if (rest > 0 && connected != null) {
            connected.peer().memory().release(rest);
        }
    }

    /** The call is over with a result. */
    final void complete(EncodedResult result) {
        if (close()) {
            listener.onResult(result);
        }
    }

    /** The call is over as a stream. */
    final void end() {
        if (close()) {
            listener.onEnd();
        }
    }

    /** The call is over with an error, a new one. */
    final void fail(RpcException error) {
        if (close()) {
            listener.onFailure(error);
        }
    }

    /** Allows the peer to send so many further items, if that is not 0. */
    final void grant(int more) {
        ClientSession connected = session;
        if (more > 0 && connected != null) {
            connected.grant(channel, more);
        }
    }

    @Override
    public final void received(Event event) {
        if (event.problem() != null) {
            fail(event.error("the response to " + method + ": "));
            return;
        }
        switch (event.name()) {
            case Event.OK -> {
                try {
                    result(event);
                } catch (ProtocolException e) {
                    fail(e);
                }
            }
            case Event.ERR -> fail(Errors.read(event, method));
            case Event.STREAM -> item(event);
            case Event.STREAM_DONE -> streamDone();
            default ->
                fail(new ProtocolException(
                        "the response to " + method + " is an event of unknown name '" + event.name() + "'"));
        }
    }

    /**
     * An OK event arrived.
     *
     * @throws ProtocolException if it is malformed
     */
    abstract void result(Event event);

    /** A STREAM event arrived. */
    abstract void item(Event event);

    /** A STREAM_DONE event arrived. */
    abstract void streamDone();

    @Override
    public final void granted(long more) {
        // There is nothing to send but the request.
    }

    @Override
    public final void lost(String reason) {
        releaseAll();
        listener.onFailure(lost(method, reason));
    }

    /** What is told when the peer is lost. */
    ConnectionLostException lost(String method, String reason) {
        return new ConnectionLostException(reason + "; it is not known whether " + method + " was executed");
    }
}
