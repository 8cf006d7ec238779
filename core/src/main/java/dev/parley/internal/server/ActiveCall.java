package dev.parley.internal.server;

import dev.parley.RemoteException;
import dev.parley.RpcContext;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.ServerInterceptor;
import dev.parley.internal.CallPermit;
import dev.parley.internal.TaskContext;
import dev.parley.internal.ValueTypes;
import dev.parley.spi.Guard;
import dev.parley.spi.PeerLog;
import dev.parley.spi.PrintableText;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ValueErrors;
import java.lang.invoke.MethodType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * One accepted call, from the permit to run until its outcome is with the wire. Runs on the thread of the call; the
 * completion of a stage, and the streams of inline methods, run on another thread, after the first one has let go.
 */
final class ActiveCall implements Runnable, CallPermit {
    private static final Logger log = LoggerFactory.getLogger(ActiveCall.class);
    private static final PeerLog faults = new PeerLog(log);

    private final CallDispatcher dispatcher;
    private final ServerCall call;
    private final Share share;
    private final @Nullable MethodGroup methods;
    private final @Nullable RpcException lookupFailure;
    private final boolean interruptible;
    private final CallContext context;
    private @Nullable BoundMethod method;
    private boolean proceeded;
    private final AtomicBoolean begun = new AtomicBoolean();

    /**
     * A call.
     *
     * @param share holds its permit
     * @param methods the methods of the call's name; {@code null} if there is none
     * @param lookupFailure why there is none
     * @param interruptible whether cancelling the call may interrupt its thread
     */
    ActiveCall(
            CallDispatcher dispatcher,
            ServerCall call,
            Share share,
            @Nullable MethodGroup methods,
            @Nullable RpcException lookupFailure,
            boolean interruptible) {
        this.dispatcher = dispatcher;
        this.call = call;
        this.share = share;
        this.methods = methods;
        this.lookupFailure = lookupFailure;
        this.interruptible = interruptible;
        this.context = new CallContext(call, dispatcher.serializer());
    }

    /** Runs the call, the first time. Does not throw. */
    @Override
    public void run() {
        if (!begun.compareAndSet(false, true)) {
            return; // The executor has failed, but not before it has started the call.
        }
        boolean pending = false;
        boolean lends = false;
        RpcContext outer = TaskContext.enter(context);
        try {
            if (interruptible && !call.isCancelled()) {
                call.onCancel(Thread.currentThread()::interrupt);
            }
            lends = interruptible && call.connection() != null;
            if (lends) {
                CallPermit.CURRENT.set(this);
            }
            Object result = dispatcher.interceptors().isEmpty() ? proceed() : new Link(this, 0).proceed();
            if (result instanceof CompletionStage<?> stage) {
                stage.whenComplete(this::complete);
                pending = true;
            } else if (!interruptible && isStream(result)) {
                pending = true;
                startStream(result);
            } else {
                finish(result);
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            TaskContext.exit(outer);
            try {
                if (interruptible) {
                    endInterrupts();
                }
                if (lends) {
                    CallPermit.CURRENT.remove();
                }
            } finally {
                if (!pending) {
                    dispatcher.limiter().release(share);
                }
            }
        }
    }

    /** There is no thread for the call. */
    void notRun(Throwable error) {
        if (begun.compareAndSet(false, true)) {
            fail(error);
            dispatcher.limiter().release(share);
        }
    }

    @Override
    public @Nullable Object connection() {
        return call.connection();
    }

    @Override
    public void lend() {
        dispatcher.limiter().lend(share);
    }

    @Override
    public void takeBack() {
        dispatcher.limiter().takeBack(share);
    }

    private void endInterrupts() {
        call.onCancel(null);
        // An interrupt of this call must not reach the next one on the same thread.
        if (Thread.interrupted()) {
            log.debug("{} {} was cancelled", call.wire(), call.method());
        }
    }

    /** A part of the chain of interceptors: runs the interceptor of an index, or the method after the last one. */
    private record Link(ActiveCall call, int index) implements ServerInterceptor.Chain {
        @Override
        public @Nullable Object proceed() throws Throwable {
            List<ServerInterceptor> interceptors = call.dispatcher.interceptors();
            return index == interceptors.size()
                    ? call.proceed()
                    : interceptors.get(index).intercept(call.context, new Link(call, index + 1));
        }
    }

    /** Binds the arguments and runs the method. */
    private @Nullable Object proceed() throws Throwable {
        if (proceeded) {
            throw new IllegalStateException("proceed() may be called once: the arguments are read only once");
        }
        proceeded = true;
        if (call.isCancelled()) {
            throw new RpcTimeoutException("the caller of " + call.method() + " is gone");
        }
        Instant deadline = call.deadline();
        if (deadline != null && Instant.now().isAfter(deadline)) {
            throw new RpcTimeoutException("the deadline of " + call.method() + " has passed");
        }
        if (methods == null) {
            throw Objects.requireNonNull(lookupFailure);
        }
        Serializer serializer = dispatcher.serializer();
        BoundMethod selected = methods.single();
        @Nullable Object[] arguments;
        LargeArguments large = LargeArguments.of(call);
        if (large != null) {
            context.onComplete(error -> large.close());
        }
        try (JsonParser parser = large == null ? call.arguments() : large.open()) {
            if (selected == null) {
                MethodGroup.Selected overload = methods.select(parser, call.mapper(), serializer, context);
                selected = overload.method();
                arguments = overload.arguments();
            } else {
                arguments = selected.bind(parser, call.mapper(), serializer, context);
            }
        } catch (RuntimeException e) {
            throw large == null ? e : large.cause(e);
        } finally {
            if (large != null) {
                large.decoded();
            }
        }
        if (large != null) {
            large.keep();
        }
        method = selected;
        return selected.invoke(context, arguments);
    }

    private void complete(@Nullable Object value, @Nullable Throwable error) {
        if (error == null && isStream(value)) {
            // A stream blocks, and the thread that completed the stage may be one that must not.
            startStream(value);
            return;
        }
        try {
            if (error == null) {
                finish(value);
            } else {
                fail(error);
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            dispatcher.limiter().release(share);
        }
    }

    /** Sends a stream, on a thread of its own. Does not throw. */
    private void startStream(@Nullable Object result) {
        AtomicBoolean started = new AtomicBoolean();
        Thread unused = Guard.start(
                "parley-call",
                () -> {
                    started.set(true);
                    stream(result);
                },
                error -> {
                    if (!started.get()) {
                        fail(error);
                        dispatcher.limiter().release(share);
                    }
                });
    }

    private void stream(@Nullable Object result) {
        RpcContext outer = TaskContext.enter(context);
        try {
            call.onCancel(Thread.currentThread()::interrupt);
            finish(result);
        } catch (Throwable e) {
            fail(e);
        } finally {
            TaskContext.exit(outer);
            endInterrupts();
            dispatcher.limiter().release(share);
        }
    }

    private static boolean isStream(@Nullable Object result) {
        return result instanceof BaseStream<?, ?>
                || result instanceof Iterator<?>
                || result instanceof Flow.Publisher<?>;
    }

    private void finish(@Nullable Object result) {
        Object value = result instanceof Optional<?> optional ? optional.orElse(null) : result;
        boolean delivered = true;
        try {
            switch (value) {
                case BaseStream<?, ?> stream -> {
                    try (stream) {
                        delivered = items(stream.iterator());
                    }
                }
                case Flow.Publisher<?> publisher -> {
                    try (var items = Publishers.iterate(publisher)) {
                        delivered = items(items);
                    }
                }
                case Iterator<?> iterator -> delivered = items(iterator);
                case null, default -> reply(value);
            }
        } catch (JacksonException e) {
            throw new SerializationException(
                    "the result of " + call.method() + " cannot be encoded: " + ValueErrors.text(e), e);
        }
        context.complete(
                delivered ? null : new CancellationException("the caller of " + call.method() + " stopped reading"));
    }

    private void reply(@Nullable Object value) {
        Serializer serializer = dispatcher.serializer();
        if (serializer == null) {
            call.reply(value, resultType(value));
        } else {
            call.reply(serializer.serializeEntity(context.values(), value), Object.class);
        }
    }

    /** The declared type, unless an interceptor has replaced the result by something else. */
    private Type resultType(@Nullable Object value) {
        BoundMethod called = method;
        if (called == null) {
            return Object.class;
        }
        Type type = called.resultType();
        if (value == null || dispatcher.interceptors().isEmpty()) {
            return type;
        }
        Class<?> raw = MethodType.methodType(ValueTypes.raw(type)).wrap().returnType();
        return raw.isInstance(value) ? type : Object.class;
    }

    /** The type of the list that a stream becomes: of the declared items, where these are what the method returned. */
    private Type listType() {
        Type declared = method == null ? Object.class : method.resultType();
        boolean asDeclared =
                dispatcher.serializer() == null && dispatcher.interceptors().isEmpty();
        return asDeclared
                        && declared instanceof ParameterizedType generic
                        && generic.getActualTypeArguments().length == 1
                ? new ListType(generic.getActualTypeArguments()[0])
                : List.class;
    }

    /** Sends the items of a stream; {@code false} if the caller was gone before the last one. */
    private boolean items(Iterator<?> items) {
        Items encoded = new Items(items);
        if (call.streams()) {
            call.stream(encoded);
            return encoded.exhausted || !call.isCancelled();
        }
        List<@Nullable Object> list = new ArrayList<>();
        while (encoded.hasNext()) {
            if (list.size() >= dispatcher.maxItems()) {
                throw new SerializationException("the stream of " + call.method() + " has more than "
                        + dispatcher.maxItems() + " items, too many for the list that " + call.wire() + " needs");
            }
            list.add(encoded.next());
        }
        call.reply(list, listType());
        return true;
    }

    /** The items of a stream as they go to the wire; notes whether the last one was taken. */
    private final class Items implements Iterator<@Nullable Object> {
        private final Iterator<?> items;
        private boolean exhausted;

        Items(Iterator<?> items) {
            this.items = items;
        }

        @Override
        public boolean hasNext() {
            boolean more = items.hasNext();
            exhausted = !more;
            return more;
        }

        @Override
        public @Nullable Object next() {
            Serializer serializer = dispatcher.serializer();
            Object item = items.next();
            return serializer == null ? item : serializer.serializeEntity(context.values(), item);
        }
    }

    /** Reports a failure, even if it cannot be told as it is. Does not throw. */
    private void fail(Throwable thrown) {
        Throwable error = CallDispatcher.unwrap(thrown);
        try {
            logFailure(error);
        } catch (Throwable unprintable) {
            Guard.log("printing an error of " + call.method(), unprintable);
        }
        try {
            call.fail(dispatcher.outgoing(error));
        } catch (Throwable untellable) {
            // Such as a message that cannot be made, or has no room in memory.
            Guard.log("telling an error of " + call.method(), untellable);
            Guard.run(
                    "telling of an internal error",
                    () -> call.fail(RemoteException.of("InternalError", "the server failed to tell an error")),
                    call::abandon);
        }
        context.complete(error);
    }

    private void logFailure(Throwable error) {
        boolean expected = error instanceof RpcException
                || call.isCancelled()
                || (method != null ? method.expects(error) : methods != null && methods.expects(error));
        if (expected) {
            log.debug("{} {} failed: {}", call.wire(), call.method(), PrintableText.line(error.toString()));
        } else {
            faults.warn(call.remoteAddress(), "{} {} failed", call.wire(), call.method(), error);
        }
    }
}
