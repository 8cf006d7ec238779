package dev.parley.oslo.rpc;

import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.oslo.driver.Delivery;
import dev.parley.oslo.message.Failure;
import dev.parley.oslo.message.Request;
import dev.parley.oslo.time.Timers;
import dev.parley.spi.ServerCall;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** One request that is served. */
final class OsloCall extends ServerCall {
    private static final Logger log = LoggerFactory.getLogger(OsloCall.class);
    private static final int SHORTEST_MONITOR = 2;
    private static final double LONGEST_PAUSE = 86_400;

    private final OsloListener listener;
    private final Request request;
    private final @Nullable Instant deadline;
    private final List<Delivery> unacknowledged = new ArrayList<>();
    private boolean ended;
    private final @Nullable ScheduledFuture<?> signsOfLife;

    /**
     * A call.
     *
     * @param expiration the message's time to live: so long its caller waits at most
     * @param unacknowledged what to acknowledge when it is over, {@code null} for nothing
     */
    OsloCall(OsloListener listener, Request request, @Nullable String expiration, @Nullable Delivery unacknowledged) {
        this.listener = listener;
        this.request = request;
        if (unacknowledged != null) {
            this.unacknowledged.add(unacknowledged);
        }
        this.deadline = deadline(expiration);
        this.signsOfLife = signsOfLife();
    }

    private static @Nullable Instant deadline(@Nullable String expiration) {
        try {
            return expiration == null ? null : Instant.now().plusMillis(Long.parseLong(expiration));
        } catch (ArithmeticException | java.time.DateTimeException | NumberFormatException e) {
            return null;
        }
    }

    private @Nullable ScheduledFuture<?> signsOfLife() {
        Number timeout = request.timeout();
        if (timeout == null || !wantsReply()) {
            return null;
        } else if (!(timeout.doubleValue() >= SHORTEST_MONITOR)) {
            log.warn(
                    "call monitor timeout {} of {} is below {} s and ignored",
                    timeout,
                    request.method(),
                    SHORTEST_MONITOR);
            return null;
        }
        double seconds = Math.min(timeout.doubleValue() / 2, LONGEST_PAUSE);
        return Timers.every((long) (seconds * 1e9), () -> listener.replies().signOfLife(request));
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
            // May throw: then fail follows, and ends what is to be ended.
            byte[] body = listener.codec().reply(msgId(), value, type, null, request.timeoutTold());
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
        return listener.answersMulticalls() && !request.timeoutTold();
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

    /** One message for each item, then the ending: openstack.common.rpc knows no flow control, so the broker's confirms alone hold the items back. */
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
            log.warn("the failure of a call is told briefly: {}", e.getMessage());
            return failure(Failure.encodeBriefly(error, listener.codec()));
        }
    }

    private byte[] failure(String text) {
        return listener.codec().reply(msgId(), null, Object.class, text, request.timeoutTold());
    }

    private String msgId() {
        String id = request.msgId();
        return id == null ? "" : id;
    }

    /**
     * Takes a further copy of the message, which the broker delivers when it has lost sight of the first: it is acknowledged at the end too. {@code false} if
     * the end has been.
     */
    boolean acknowledgeToo(Delivery copy) {
        synchronized (unacknowledged) {
            return !ended && unacknowledged.add(copy);
        }
    }

    private void end() {
        if (signsOfLife != null) {
            signsOfLife.cancel(false);
        }
        List<Delivery> settled;
        synchronized (unacknowledged) {
            ended = true;
            settled = List.copyOf(unacknowledged);
            unacknowledged.clear();
        }
        settled.forEach(Delivery::acknowledge);
        listener.over(request);
    }
}
