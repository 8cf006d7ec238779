package dev.parley.oslo;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.RpcException;
import dev.parley.Target;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
import dev.parley.spi.ResultReaders;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** The client side of oslo.messaging RPC on one driver. Thread-safe. */
final class OsloConnection implements Connection {
    private final String scheme;
    private final OsloOptions options;
    private final Driver driver;
    private final Codec codec;
    private final ResultReaders readers;
    private final ReplyQueue replies;

    OsloConnection(Address address, OsloOptions options, Driver driver, ClientContext context) {
        this.scheme = address.scheme();
        this.options = options;
        this.driver = driver;
        this.codec = new Codec(context.values());
        this.readers = new ResultReaders(codec.mapper());
        this.replies = new ReplyQueue(driver, codec, options);
        driver.connect();
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
        PendingCall pending = send(call, await(replies.name(), call));
        try {
            return read(await(pending.reply(), call), call);
        } finally {
            replies.forget(pending);
        }
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
            throw new dev.parley.ConnectionLostException(
                    "interrupted while waiting for the answer to " + call.qualifiedMethod(), e);
        }
    }

    private static RpcException rethrown(@Nullable Throwable cause) {
        if (cause instanceof RpcException error) {
            // It was made on another thread; the trace of the caller is what helps.
            error.setStackTrace(new Throwable().getStackTrace());
            return error;
        }
        throw new CompletionException(cause);
    }

    @Override
    public CompletableFuture<@Nullable Object> callAsync(ClientCall call) {
        CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();
        replies.whenReady((queue, error) -> {
            if (error != null) {
                outcome.completeExceptionally(
                        error instanceof CompletionException e && e.getCause() != null ? e.getCause() : error);
            } else {
                sendAsync(call, queue, outcome);
            }
        });
        return outcome;
    }

    private void sendAsync(ClientCall call, String queue, CompletableFuture<@Nullable Object> outcome) {
        PendingCall pending;
        try {
            pending = send(call, queue);
        } catch (RpcException e) {
            outcome.completeExceptionally(e);
            return;
        }
        var timer = Timers.after(call.remainingNanos(), () -> pending.fail(call.timedOut()));
        pending.reply().whenComplete((reply, error) -> {
            timer.cancel(false);
            replies.forget(pending);
            if (error != null) {
                outcome.completeExceptionally(error);
                return;
            }
            try {
                outcome.complete(read(reply, call));
            } catch (RpcException e) {
                outcome.completeExceptionally(e);
            }
        });
        outcome.whenComplete((value, error) -> {
            if (outcome.isCancelled()) {
                pending.reply().cancel(false);
            }
        });
    }

    private PendingCall send(ClientCall call, String queue) {
        PendingCall pending = new PendingCall(call);
        Outgoing message = message(call, codec.request(call, pending.id(), queue))
                .expires(Math.max(1, call.timeout().toMillis()));
        replies.expect(pending);
        // The broker's confirmation needs no wait of its own: the reply says more. Its refusal ends the call.
        message.confirmed().whenComplete((nothing, error) -> {
            if (error instanceof RpcException e) {
                pending.fail(e);
            }
        });
        driver.publish(message);
        return pending;
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
        Outgoing message = message(call, codec.request(call, null, null));
        driver.publish(message);
        await(message.confirmed(), call);
    }

    private Outgoing message(ClientCall call, byte[] body) {
        Target target = call.target();
        String topic = target.topic();
        if (topic == null || topic.isEmpty()) {
            throw new InvalidTargetException("a call over " + scheme + " needs a topic: " + target);
        }
        Topology topology = options.topology();
        if (target.fanout()) {
            // Fanouts know neither server nor exchange, and may find nobody.
            return new Outgoing(topology.fanoutExchange(topic), "", body, call.deadlineNanos())
                    .retries(call.options().retry());
        }
        String exchange = target.exchange() == null ? options.controlExchange() : target.exchange();
        String key = target.server() == null ? topic : topic + "." + target.server();
        return new Outgoing(topology.topicExchange(exchange), key, body, call.deadlineNanos())
                .mandatory(call.options().mustRoute())
                .retries(call.options().retry());
    }

    @Override
    public void close() {
        replies.close();
        driver.close();
    }
}
