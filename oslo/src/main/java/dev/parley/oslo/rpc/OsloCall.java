package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.message.Failure;
import dev.parley.oslo.message.Request;
import dev.parley.security.User;
import dev.parley.spi.PeerLog;
import dev.parley.spi.ServerCall;
import dev.parley.spi.Timers;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/**
 * A call that is being served, from its request to its reply. Safe for use by any thread; the outcome is reported
 * exactly once, by {@link #reply}, {@link #stream} or {@link #fail}.
 */
final class OsloCall extends ServerCall {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(OsloCall.class));
    private static final int MIN_MONITOR_SECONDS = 2;
    private static final double MAX_HEARTBEAT_SECONDS = 86_400;

    private final OsloListener listener;
    private final Request request;
    private final @Nullable Instant deadline;
    private final @Nullable User caller;
    private final List<Delivery> unacknowledged = new ArrayList<>(); // Guards itself and ended.
    private boolean ended;
    private volatile @Nullable ScheduledFuture<?> heartbeats;

    /**
     * A call, not started yet.
     *
     * @param expiration the time to live of the message, which is the timeout of its caller
     * @param unacknowledged the delivery to acknowledge when the call ends, {@code null} if there is none
     * @param user who has sent it, {@code null} if unknown
     */
    OsloCall(
            OsloListener listener,
            Request request,
            @Nullable String expiration,
            @Nullable Delivery unacknowledged,
            @Nullable String user) {
        this.caller = user == null ? null : new User(user);
        this.listener = listener;
        this.request = request;
        if (unacknowledged != null) {
            this.unacknowledged.add(unacknowledged);
        }
        this.deadline = deadline(expiration);
    }

    /** Starts the heartbeats for the caller's call monitor, if it asks for them. */
    void start() {
        heartbeats = heartbeats();
    }

    /** When a caller stops waiting, by the time to live of its message; {@code null} if unknown. */
    static @Nullable Instant deadline(@Nullable String expiration) {
        try {
            return expiration == null ? null : Instant.now().plusMillis(Long.parseLong(expiration));
        } catch (ArithmeticException | java.time.DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    private @Nullable ScheduledFuture<?> heartbeats() {
        Number timeout = request.timeout();
        if (timeout == null || !wantsReply()) {
            return null;
        } else if (!(timeout.doubleValue() >= MIN_MONITOR_SECONDS)) {
            faults.warn(
                    null,
                    "ignored the call monitor timeout {} of {}: it is less than {} s",
                    timeout,
                    request.method(),
                    MIN_MONITOR_SECONDS);
            return null;
        }
        double seconds = Math.min(timeout.doubleValue() / 2, MAX_HEARTBEAT_SECONDS);
        return Timers.every((long) (seconds * 1e9), () -> listener.replies().sendHeartbeat(request));
    }

    private boolean wantsReply() {
        return request.msgId() != null && request.replyQueue() != null;
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public @Nullable String namespace() {
        return request.namespace();
    }

    @Override
    public String version() {
        return request.version();
    }

    @Override
    public ObjectMapper mapper() {
        return listener.codec().mapper();
    }

    @Override
    public @Nullable JsonParser arguments() {
        return request.arguments();
    }

    @Override
    public long messageBytes() {
        return request.argumentsLength();
    }

    /** As the broker has verified: it refuses messages that name another user than the one that has logged in. */
    @Override
    public @Nullable Principal principal() {
        return caller;
    }

    @Override
    public Map<String, @Nullable Object> context() {
        return request.context();
    }

    @Override
    public @Nullable Instant deadline() {
        return deadline;
    }

    @Override
    public String wire() {
        return listener.scheme();
    }

    @Override
    public void reply(@Nullable Object value, Type type) {
        if (wantsReply()) {
            // If this throws, fail is called next and ends the call.
            byte[] body = listener.codec().reply(msgId(), value, type, null, request.hasTimeout());
            end();
            listener.replies().send(request, body, deadline);
        } else {
            end();
        }
    }

    @Override
    public boolean streams() {
        return wantsReply() && (request.window() > 0 || isMulticall());
    }

    private boolean isMulticall() {
        return listener.isMulticall() && !request.hasTimeout();
    }

    @Override
    public void stream(Iterator<? extends @Nullable Object> items) {
        if (request.window() == 0) {
            multicall(items);
            return;
        }
        OutboundStream stream = new OutboundStream(this, request.window());
        int sent;
        try {
            String queue = listener.credits().register(msgId(), stream);
            sent = stream.send(
                    items,
                    item -> listener.replies()
                            .sendItem(request, listener.codec().item(msgId(), item, queue), () -> {}, this::cancel));
        } finally {
            listener.credits().forget(msgId());
        }
        end();
        listener.replies().send(request, listener.codec().ending(msgId(), sent), null);
    }

    /**
     * One message per item, then the ending. openstack.common.rpc has no flow control, so the broker's confirms serve
     * as credit.
     */
    private void multicall(Iterator<? extends @Nullable Object> items) {
        OutboundStream stream = new OutboundStream(this, PendingStream.WINDOW);
        stream.send(items, item -> {
            byte[] body = listener.codec().reply(msgId(), item, Object.class, null, false);
            listener.replies().sendItem(request, body, () -> stream.grant(1), this::cancel);
        });
        end();
        listener.replies().sendEnding(request, deadline);
    }

    @Override
    public void fail(RpcException error) {
        end();
        if (wantsReply()) {
            listener.replies().send(request, failure(error), deadline);
        }
    }

    private byte[] failure(RpcException error) {
        try {
            return failure(Failure.encode(error, listener.codec()));
        } catch (SerializationException e) {
            faults.warn(null, "shortened the failure of a call: {}", e.getMessage());
            return failure(Failure.encodeBriefly(error, listener.codec()));
        }
    }

    private byte[] failure(String text) {
        return listener.codec().reply(msgId(), null, Object.class, text, request.hasTimeout());
    }

    private String msgId() {
        String id = request.msgId();
        return id == null ? "" : id;
    }

    /**
     * Takes over a duplicate of the message, which the broker delivers after it has lost the channel of the first one:
     * it is acknowledged at the end too. Returns {@code false} if the call has ended already.
     */
    boolean acknowledgeToo(Delivery copy) {
        synchronized (unacknowledged) {
            return !ended && unacknowledged.add(copy);
        }
    }

    private void end() {
        ScheduledFuture<?> timer = heartbeats;
        if (timer != null) {
            timer.cancel(false);
        }
        List<Delivery> settled;
        synchronized (unacknowledged) {
            if (ended) {
                return;
            }
            ended = true;
            settled = List.copyOf(unacknowledged);
            unacknowledged.clear();
        }
        settled.forEach(Delivery::acknowledge);
        listener.ended(request);
    }
}
