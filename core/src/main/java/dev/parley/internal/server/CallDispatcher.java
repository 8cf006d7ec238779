package dev.parley.internal.server;

import dev.parley.Execution;
import dev.parley.RemoteException;
import dev.parley.RpcContext;
import dev.parley.RpcException;
import dev.parley.RpcTimeoutException;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.ServerInterceptor;
import dev.parley.ServiceDescription;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ServerCall;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/** The way of a call from the wire to the method and of its outcome back. */
final class CallDispatcher implements Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final String name;
    private final MethodTable methods;
    private final Execution execution;
    private final Map<String, Execution> methodExecutions;
    private final List<ServerInterceptor> interceptors;
    private final FailureNames failureNames;
    private final @Nullable Serializer serializer;
    private final boolean includeStackTraces;
    private final long maxItems;
    private final ConcurrencyLimiter limiter;

    CallDispatcher(ServerSettings settings, MethodTable methods) {
        this.name = settings.name();
        this.methods = methods;
        this.execution = settings.execution();
        this.methodExecutions = settings.methodExecutions();
        this.interceptors = settings.interceptors();
        this.failureNames = settings.failureNames();
        this.serializer = settings.serializer();
        this.includeStackTraces = settings.includeStackTraces();
        this.maxItems = settings.limits().elements();
        this.limiter = new ConcurrencyLimiter(settings.maxConcurrentCalls());
    }

    ConcurrencyLimiter limiter() {
        return limiter;
    }

    @Override
    public int maxConcurrentCalls() {
        return limiter.maxConcurrentCalls();
    }

    @Override
    public int available() {
        return limiter.available();
    }

    @Override
    public boolean has(String method) {
        return methods.has(method);
    }

    @Override
    public ServiceDescription describe() {
        return methods.describe(name);
    }

    @Override
    public boolean dispatch(ServerCall call, Runnable resume) {
        BoundMethod method;
        try {
            method = methods.find(call);
        } catch (RpcException e) {
            log.debug("{} {} from {}: {}", call.wire(), call.method(), call.remoteAddress(), e.getMessage());
            call.fail(e);
            return true;
        }
        Execution where =
                methodExecutions.getOrDefault(method.name(), method.inline() ? Execution.inline() : execution);
        if (where.isInline() && method.streaming()) {
            where = Execution.virtual();
        }
        boolean interruptible = !where.isInline();
        return limiter.execute(() -> run(call, method, interruptible), where.executor(), resume);
    }

    private void run(ServerCall call, BoundMethod method, boolean interruptible) {
        boolean pending = false;
        try {
            if (call.isCancelled()) {
                throw new RpcTimeoutException("the caller of " + call.method() + " is gone");
            }
            Instant deadline = call.deadline();
            if (deadline != null && Instant.now().isAfter(deadline)) {
                throw new RpcTimeoutException("the caller of " + call.method() + " no longer waits");
            }
            if (interruptible) {
                call.onCancel(Thread.currentThread()::interrupt);
            }
            CallContext context = new CallContext(call, serializer);
            Object result = invoke(call, method, context);
            if (result instanceof CompletionStage<?> stage) {
                pending = true;
                stage.whenComplete((value, error) -> {
                    try {
                        if (error == null) {
                            finish(call, method, context, value);
                        } else {
                            fail(call, method, error);
                        }
                    } catch (Throwable e) {
                        fail(call, method, e);
                    } finally {
                        limiter.release();
                    }
                });
            } else {
                finish(call, method, context, result);
            }
        } catch (Throwable e) {
            fail(call, method, e);
        } finally {
            if (interruptible) {
                call.onCancel(null);
                // An interrupt meant for this call must not reach the thread's next one.
                if (Thread.interrupted()) {
                    log.debug("{} was cancelled", call.method());
                }
            }
            if (!pending) {
                limiter.release();
            }
        }
    }

    private @Nullable Object invoke(ServerCall call, BoundMethod method, RpcContext context) throws Throwable {
        @Nullable Object[] arguments;
        try (JsonParser parser = call.arguments()) {
            arguments = method.bind(parser, call.mapper(), serializer, context);
        }
        if (interceptors.isEmpty()) {
            return method.invoke(context, arguments);
        }
        ServerInterceptor.Invocation chain = () -> method.invoke(context, arguments);
        for (ServerInterceptor interceptor : interceptors.reversed()) {
            ServerInterceptor.Invocation next = chain;
            chain = () -> interceptor.intercept(context, next);
        }
        return chain.proceed();
    }

    private void finish(ServerCall call, BoundMethod method, RpcContext context, @Nullable Object result) {
        Object value = result instanceof Optional<?> optional ? optional.orElse(null) : result;
        try {
            switch (value) {
                case BaseStream<?, ?> stream -> {
                    try (stream) {
                        items(call, context, stream.iterator());
                    }
                }
                case Flow.Publisher<?> publisher -> {
                    try (var items = Publishers.iterate(publisher)) {
                        items(call, context, items);
                    }
                }
                case Iterator<?> iterator -> items(call, context, iterator);
                case null, default ->
                    call.reply(
                            serializer == null ? value : serializer.serializeEntity(context.values(), value),
                            serializer == null ? method.resultType() : Object.class);
            }
        } catch (JacksonException e) {
            throw new SerializationException(
                    "the result of " + call.method() + " cannot be encoded: " + e.getOriginalMessage(), e);
        }
    }

    private void items(ServerCall call, RpcContext context, Iterator<?> items) {
        Serializer front = serializer;
        Iterator<?> encoded = front == null
                ? items
                : new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return items.hasNext();
                    }

                    @Override
                    public @Nullable Object next() {
                        return front.serializeEntity(context.values(), items.next());
                    }
                };
        if (call.streams()) {
            call.stream(encoded);
            return;
        }
        List<@Nullable Object> list = new ArrayList<>();
        while (encoded.hasNext()) {
            if (list.size() >= maxItems) {
                throw new SerializationException("the stream of " + call.method() + " has more than " + maxItems
                        + " items, too many for the list that " + call.wire() + " needs");
            }
            list.add(encoded.next());
        }
        call.reply(list, List.class);
    }

    private void fail(ServerCall call, BoundMethod method, Throwable thrown) {
        Throwable error = thrown;
        while ((error instanceof CompletionException
                        || error instanceof ExecutionException
                        || error instanceof InvocationTargetException)
                && error.getCause() != null) {
            error = error.getCause();
        }
        if (error instanceof RpcException || method.expects(error) || call.isCancelled()) {
            log.debug("{} {} failed: {}", call.wire(), call.method(), error.toString());
        } else {
            log.warn("{} {} failed", call.wire(), call.method(), error);
        }
        RpcException outgoing = failureNames.outgoing(error);
        if (includeStackTraces
                && outgoing instanceof RemoteException remote
                && remote.traceback().isEmpty()) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            outgoing = remote.withTraceback(
                    trace.toString().lines().map(line -> line + "\n").toList());
        }
        call.fail(outgoing);
    }
}
