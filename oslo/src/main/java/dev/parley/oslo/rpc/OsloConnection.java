package dev.parley.oslo.rpc;

import dev.parley.Address;
import dev.parley.ConnectionLostException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.oslo.driver.Driver;
import dev.parley.oslo.driver.OutboundMessage;
import dev.parley.oslo.message.Codec;
import dev.parley.oslo.message.Failure;
import dev.parley.oslo.message.Reply;
import dev.parley.oslo.options.OsloOptions;
import dev.parley.oslo.time.Timers;
import dev.parley.oslo.topology.Exchange;
import dev.parley.oslo.topology.ShortString;
import dev.parley.oslo.topology.Topology;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
import dev.parley.spi.ResultReaders;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** The client side of oslo.messaging RPC on one driver. Safe for use by any thread. */
public final class OsloConnection implements Connection {
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final String scheme;
    private final OsloOptions options;
    private final Driver driver;
    private final Codec codec;
    private final ResultReaders readers;
    private final ReplyQueue replies;
    private volatile boolean closed;

    /** A connection, not started yet. */
    public OsloConnection(Address address, OsloOptions options, Driver driver, ClientContext context) {
        this.scheme = address.scheme();
        this.options = options;
        this.driver = driver;
        this.codec = new Codec(context.values());
        this.readers = new ResultReaders(codec.mapper());
        this.replies = new ReplyQueue(driver, codec, options);
    }

    /**
     * Connects. Blocks.
     *
     * @throws RpcException if no host accepts the connection
     */
    public void start() {
        driver.start();
    }

    @Override
    public ArgumentStyle arguments() {
        return ArgumentStyle.NAMED;
    }

    @Override
    public ObjectMapper mapper() {
        return codec.mapper();
    }

    @Override
    public Duration defaultTimeout() {
        return options.responseTimeout();
    }

    @Override
    public @Nullable Object call(ClientCall call) {
        PendingCall pending = send(call, replyQueue(call));
        try {
            return read(await(pending.reply(), call), call);
        } finally {
            replies.forget(pending);
        }
    }

    /** Waits for the reply queue, with as many attempts to reach the broker as the call allows. */
    private String replyQueue(ClientCall call) {
        for (int failures = 0; ; failures++) {
            try {
                return await(replies.name(), call);
            } catch (ConnectionLostException e) {
                if (!triesAgain(call, failures)) {
                    throw e;
                }
            }
            LockSupport.parkNanos(Math.min(RETRY_NANOS, Math.max(0, call.remainingNanos())));
        }
    }

    private boolean triesAgain(ClientCall call, int failures) {
        int retries = call.options().retry();
        return !closed
                && (retries < 0 || failures < retries)
                && !Thread.currentThread().isInterrupted()
                && call.remainingNanos() > 0;
    }

    private static <T> T await(CompletableFuture<T> future, ClientCall call) {
        try {
            return future.get(call.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw call.timedOut();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectionLostException(
                    "interrupted while waiting for the response to " + call.qualifiedMethod(), e);
        }
    }

    private static RpcException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RpcException error) {
            // Created on another thread; the stack trace of the caller is more helpful.
            error.setStackTrace(new Throwable().getStackTrace());
            return error;
        }
        throw new CompletionException(cause);
    }

    @Override
    public CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();
        var timer = Timers.after(call.remainingNanos(), () -> fail(outcome, call.timedOut()));
        outcome.whenComplete((value, error) -> timer.cancel(false));
        callAsync(call, outcome, 0);
        return outcome;
    }

    private void callAsync(ClientCall call, CompletableFuture<@Nullable Object> outcome, int failures) {
        replies.whenReady((queue, error) -> {
            if (error == null) {
                sendAsync(call, queue, outcome);
                return;
            }
            Throwable cause = error instanceof CompletionException e && e.getCause() != null ? e.getCause() : error;
            if (cause instanceof ConnectionLostException && triesAgain(call, failures)) {
                Timers.after(RETRY_NANOS, () -> callAsync(call, outcome, failures + 1));
            } else {
                fail(outcome, cause);
            }
        });
    }

    /** On a separate thread: what the caller does next must not block the timers or reconnecting. */
    private static void fail(CompletableFuture<?> outcome, Throwable error) {
        if (!outcome.isDone()) {
            Thread.ofVirtual().name("parley-oslo-failed").start(() -> outcome.completeExceptionally(error));
        }
    }

    private void sendAsync(ClientCall call, String queue, CompletableFuture<@Nullable Object> outcome) {
        PendingCall pending;
        try {
            pending = send(call, queue);
        } catch (RpcException e) {
            fail(outcome, e);
            return;
        }
        pending.reply().whenComplete((reply, error) -> {
            replies.forget(pending);
            if (error != null) {
                fail(outcome, error);
                return;
            }
            try {
                outcome.complete(read(reply, call));
            } catch (RpcException e) {
                fail(outcome, e);
            }
        });
        outcome.whenComplete((value, error) -> {
            // Timed out or cancelled.
            pending.reply().cancel(false);
        });
    }

    @Override
    public Stream<@Nullable Object> stream(ClientCall call) {
        Type listType = codec.mapper()
                .getTypeFactory()
                .constructCollectionType(List.class, codec.mapper().constructType(call.resultType()));
        PendingStream pending = new PendingStream(call, reply -> read(reply, call), reply -> {
            Object list = read(reply, call.withResultType(listType));
            return list == null ? Collections.emptyIterator() : ((List<?>) list).iterator();
        });
        send(call, replyQueue(call), pending, PendingStream.WINDOW);
        pending.grantBy(items -> grant(pending, items));
        Stream<@Nullable Object> items =
                StreamSupport.stream(Spliterators.spliteratorUnknownSize(pending, Spliterator.ORDERED), false);
        return items.onClose(() -> {
            replies.forget(pending);
            if (!pending.isEnded()) {
                grant(pending, 0);
            }
        });
    }

    private void grant(PendingStream pending, int items) {
        String queue = pending.creditQueue();
        if (queue != null) {
            driver.publish(OutboundMessage.builder(
                            Exchange.DEFAULT,
                            queue,
                            codec.credit(pending.id(), items),
                            System.nanoTime() + options.responseTimeout().toNanos())
                    .build());
        }
    }

    private PendingCall send(ClientCall call, String queue) {
        PendingCall pending = new PendingCall(call);
        send(call, queue, pending, 0);
        return pending;
    }

    private void send(ClientCall call, String queue, PendingReply pending, int window) {
        OutboundMessage message = message(call, codec.request(call, pending.id(), queue, window))
                .expirationMillis(Math.max(1, call.timeout().toMillis()))
                .build();
        replies.expect(pending);
        // The confirm is not waited for, since the reply follows; a refusal by the broker fails the call.
        message.confirmed().whenComplete((nothing, error) -> {
            if (error instanceof RpcException e) {
                pending.fail(e);
            }
        });
        driver.publish(message);
    }

    private @Nullable Object read(Reply reply, ClientCall call) {
        String failure = reply.failure();
        if (failure != null) {
            throw Failure.decode(failure, codec.mapper());
        }
        try (JsonParser result = reply.result()) {
            return result == null ? readers.absent(call) : readers.read(result, call);
        }
    }

    @Override
    public void cast(ClientCall call) {
        OutboundMessage message =
                message(call, codec.request(call, null, null, 0)).build();
        driver.publish(message);
        await(message.confirmed(), call);
    }

    private OutboundMessage.Builder message(ClientCall call, byte[] body) {
        Target target = call.target();
        String topic = target.topic();
        if (topic == null || topic.isEmpty()) {
            throw new InvalidTargetException("a call over " + scheme + " needs a topic: " + target);
        }
        Topology topology = options.topology();
        if (target.fanout()) {
            // A fanout has neither server nor exchange, and may reach no server.
            return OutboundMessage.builder(topology.fanoutExchange(topic), "", body, call.deadlineNanos())
                    .retries(call.options().retry());
        }
        String exchange = target.exchange() == null ? options.controlExchange() : target.exchange();
        String key = ShortString.check("topic", target.server() == null ? topic : topic + "." + target.server());
        return OutboundMessage.builder(topology.topicExchange(exchange), key, body, call.deadlineNanos())
                .mandatory(call.options().mustRoute())
                .retries(call.options().retry());
    }

    @Override
    public void close() {
        closed = true;
        replies.close();
        driver.close();
    }
}
