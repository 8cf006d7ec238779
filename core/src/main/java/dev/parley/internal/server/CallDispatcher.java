package dev.parley.internal.server;

import dev.parley.AccessDeniedException;
import dev.parley.Execution;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.Serializer;
import dev.parley.ServerInterceptor;
import dev.parley.ServiceDescription;
import dev.parley.spi.CallSource;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.PrintableText;
import dev.parley.spi.ServedMethod;
import dev.parley.spi.ServerCall;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the methods of calls and runs them within the concurrency limit. Thread-safe. */
final class CallDispatcher implements Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final String name;
    private final ReentrantLock changes = new ReentrantLock();
    private final Execution execution;
    private final Map<String, Execution> methodExecutions;
    private final List<ServerInterceptor> interceptors;
    private final FailureNames failureNames;
    private final @Nullable Serializer serializer;
    private final boolean includeStackTraces;
    private final long maxItems;
    private final ConcurrencyLimiter limiter;
    private final @Nullable Authorization authorization;
    private volatile MethodTable methods;
    private volatile @Nullable Served served;

    /** The methods of a table, which are found out once. */
    private record Served(MethodTable table, List<ServedMethod> methods) {}

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
        this.authorization = settings.authorizer() == null ? null : new Authorization(settings.authorizer());
        this.limiter = new ConcurrencyLimiter(
                settings.maxConcurrentCalls(), settings.maxConcurrentCallsPerConnection(), settings.maxQueuedCalls());
    }

    ConcurrencyLimiter limiter() {
        return limiter;
    }

    List<ServerInterceptor> interceptors() {
        return interceptors;
    }

    @Nullable
    Serializer serializer() {
        return serializer;
    }

    /** How many items of a stream are collected where the wire cannot stream. */
    long maxItems() {
        return maxItems;
    }

    /**
     * Replaces the table of methods. Takes effect for the next call.
     *
     * @return whether the table has changed
     */
    @SuppressWarnings("ReferenceEquality") // A changed table is a new object.
    boolean change(UnaryOperator<MethodTable> change) {
        changes.lock();
        try {
            MethodTable before = methods;
            methods = change.apply(before);
            return before != methods;
        } finally {
            changes.unlock();
        }
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
    @SuppressWarnings("ReferenceEquality") // A changed table is a new object.
    public List<ServedMethod> methods() {
        MethodTable table = methods;
        Served known = served;
        if (known == null || known.table() != table) {
            known = new Served(table, table.methods(failureNames));
            served = known;
        }
        return known.methods();
    }

    @Override
    public Dispatcher visibleTo(@Nullable Principal caller) {
        Authorization asked = authorization;
        return asked == null ? this : new VisibleMethods(this, method -> asked.permits(caller, method));
    }

    @Override
    public CallSource source(Runnable resume) {
        return new Calls(this, limiter.source(resume));
    }

    @Override
    public CallSource soleSource(Runnable resume) {
        return new Calls(this, limiter.soleSource(resume));
    }

    private record Calls(CallDispatcher dispatcher, LimitedSource source) implements CallSource {
        @Override
        public boolean dispatch(ServerCall call) {
            return dispatcher.dispatch(call, source);
        }

        @Override
        public void keepsCalls(boolean keeps) {
            dispatcher.limiter.keepsCalls(source, keeps);
        }

        @Override
        public void refuseNone() {
            source.refuseNone();
        }
    }

    private boolean dispatch(ServerCall call, LimitedSource source) {
        AccessDeniedException denied = authorization == null ? null : authorization.refusal(call);
        if (denied != null) {
            call.fail(denied);
            return true;
        }
        MethodGroup found = null;
        RpcException failure = null;
        Execution where = execution;
        try {
            found = methods.find(call);
            where = methodExecutions.getOrDefault(found.name(), found.inline() ? Execution.inline() : execution);
            if (where.isInline() && (found.streaming() || LargeArguments.isLarge(call))) {
                where = Execution.virtual();
            }
        } catch (RpcException e) {
            if (interceptors.isEmpty()) {
                // Fails fast, on the wire's thread and without a permit.
                log.debug(
                        "{} {} from {}: {}",
                        call.wire(),
                        PrintableText.line(call.method()),
                        call.remoteAddress(),
                        PrintableText.line(e.getMessage()));
                call.fail(e);
                return true;
            }
            failure = e;
        }
        Share share = limiter.share(source, call);
        ActiveCall active = new ActiveCall(this, call, share, found, failure, !where.isInline());
        return limiter.execute(source, share, call, active, where.executor());
    }

    /** What a method has thrown, without the exceptions that only wrap it. */
    static Throwable unwrap(Throwable thrown) {
        Throwable error = thrown;
        while ((error instanceof CompletionException
                        || error instanceof ExecutionException
                        || error instanceof InvocationTargetException)
                && error.getCause() != null) {
            error = error.getCause();
        }
        return error;
    }

    /** What a method has thrown, as it is sent to the caller. */
    RpcException outgoing(Throwable error) {
        RpcException outgoing = failureNames.outgoing(error);
        if (includeStackTraces
                && outgoing instanceof RemoteException remote
                && remote.traceback().isEmpty()) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            return remote.withTraceback(
                    trace.toString().lines().map(line -> line + "\n").toList());
        }
        return outgoing;
    }
}
