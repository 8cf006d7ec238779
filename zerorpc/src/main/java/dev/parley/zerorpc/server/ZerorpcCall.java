package dev.parley.zerorpc.server;

import dev.parley.OverloadedException;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.spi.ServerCall;
import dev.parley.zerorpc.channel.Channel;
import dev.parley.zerorpc.channel.Credit;
import dev.parley.zerorpc.event.Errors;
import dev.parley.zerorpc.event.Event;
import dev.parley.zerorpc.event.MessageId;
import dev.parley.zerorpc.msgpack.MsgpackBuffer;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** A call that is served, and the server's end of its channel. Thread-safe as its base. */
final class ZerorpcCall extends ServerCall implements Channel.Owner {
    private static final Logger log = LoggerFactory.getLogger(ZerorpcCall.class);

    /** A longer timeout is as good as none. */
    private static final long MAX_TIMEOUT_MILLIS = Duration.ofDays(365).toMillis();

    private final ServerSession session;
    private final Event request;
    private final Channel channel;
    private final int bytes;
    private final Credit credit = new Credit();
    private final @Nullable Instant deadline;
    private final AtomicBoolean released = new AtomicBoolean();
    /** Whether items may have been sent. Touched by the thread of the call only. */
    private boolean streaming;

    ZerorpcCall(ServerSession session, Event request, MessageId id, byte[][] envelope) {
        this.session = session;
        this.request = request;
        this.bytes = request.bytes().length
                + Arrays.stream(envelope).mapToInt(frame -> frame.length).sum();
        this.deadline = deadline(request.timeoutMillis());
        // Callers of version 1 may not send heartbeats.
        boolean passive = request.version() < 2;
        long pace = id.isOfPython() ? session.options().paceNanos() : 0;
        this.channel = new Channel(id, request.version(), envelope, passive, pace, this);
    }

    private static @Nullable Instant deadline(long timeoutMillis) {
        return timeoutMillis <= 0 || timeoutMillis > MAX_TIMEOUT_MILLIS
                ? null
                : Instant.now().plusMillis(timeoutMillis);
    }

    /** Whether nobody waits for it any more. */
    boolean isAbandoned() {
        return isCancelled() || (deadline != null && Instant.now().isAfter(deadline));
    }

    Channel channel() {
        return channel;
    }

    /** The size of the request and its envelope, which is charged until the call has ended. */
    int bytes() {
        return bytes;
    }

    /** The call has ended, so that its request is no longer charged. */
    void release() {
        if (released.compareAndSet(false, true)) {
            session.peer().memory().release(bytes());
        }
    }

    @Override
    public String method() {
        return request.name();
    }

    @Override
    public ObjectMapper mapper() {
        return session.mapper();
    }

    @Override
    public JsonParser arguments() {
        return Requests.arguments(request, mapper());
    }

    @Override
    public long messageBytes() {
        return (long) request.bytes().length - request.argsStart();
    }

    @Override
    public Map<String, @Nullable Object> context() {
        return Requests.context(request, mapper());
    }

    @Override
    public @Nullable Instant deadline() {
        return deadline;
    }

    @Override
    public String wire() {
        return session.scheme();
    }

    @Override
    public String remoteAddress() {
        return session.peer().toString();
    }

    @Override
    public @Nullable Principal principal() {
        return session.caller();
    }

    @Override
    public boolean streams() {
        return true;
    }

    @Override
    public void reply(@Nullable Object value, Type type) {
        MsgpackBuffer out = session.writer().event(channel.id(), Event.OK);
        out.writeArrayHeader(1);
        session.writer().result(out, value, type, method());
        if (session.peer().memory().hasRoom(out.size())) {
            finish(out);
            release();
        } else {
            fail(new OverloadedException("too much memory is in use for the result of " + method()));
        }
    }

    @Override
    public void stream(Iterator<? extends @Nullable Object> items) {
        session.streamBegins();
        streaming = true;
        try {
            while (items.hasNext()) {
                MsgpackBuffer out = session.writer().event(channel.id(), Event.STREAM);
                session.writer().value(out, items.next(), "an item of " + method());
                if (!takeSlot()) {
                    return;
                }
                channel.pace().awaitTurn();
                session.send(channel, out);
            }
            if (takeSlot()) {
                MsgpackBuffer out = session.writer().event(channel.id(), Event.STREAM_DONE);
                out.writeNil();
                channel.pace().awaitTurn();
                finish(out);
            }
        } finally {
            session.streamEnds();
        }
        release();
    }

    private boolean takeSlot() {
        try {
            return credit.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RpcTimeoutException(
                    "interrupted while waiting for the caller of " + method() + " to accept an item");
        }
    }

    @Override
    public void fail(RpcException error) {
        MsgpackBuffer out = Errors.write(session.writer(), channel.id(), channel.version(), method(), error);
        // This waits for a slot only after items of a stream, and streams run on threads that may block.
        boolean interrupted = Thread.interrupted();
        try {
            if (credit.take()) {
                if (streaming) {
                    channel.pace().awaitTurn();
                }
                finish(out);
            }
        } catch (InterruptedException e) {
            session.close(channel);
            interrupted = true;
        }
        release();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void abandon(Throwable error) {
        credit.close();
        session.peer().close();
    }

    private void finish(MsgpackBuffer out) {
        if (session.close(channel)) {
            credit.close();
            session.send(channel, out);
        }
    }

    @Override
    public void received(Event event) {
        log.debug("{}: dropped {} on the channel of {}", session.peer(), event.name(), method());
    }

    @Override
    public void granted(long more) {
        credit.grant(more);
    }

    @Override
    public void lost(String reason) {
        log.debug("{}: cancelling {}: {}", session.peer(), method(), reason);
        credit.close();
        cancel();
    }
}
