package dev.parley.internal.server;

import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcContext;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ValueErrors;
import dev.parley.spi.Wires;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** The context of a call. Reads from the wire on demand. Thread-safe. */
final class CallContext implements RpcContext {
    private static final Logger log = LoggerFactory.getLogger(RpcContext.class);

    private final ServerCall call;
    private final @Nullable Serializer serializer;
    private @Nullable Map<String, @Nullable Object> values;
    private @Nullable List<Consumer<? super @Nullable Throwable>> actions;
    private boolean completed;
    private @Nullable Throwable outcome;

    CallContext(ServerCall call, @Nullable Serializer serializer) {
        this.call = call;
        this.serializer = serializer;
    }

    @Override
    public String method() {
        return call.method();
    }

    @Override
    public @Nullable String namespace() {
        return call.namespace();
    }

    @Override
    public @Nullable String version() {
        return call.version();
    }

    @Override
    public Map<String, @Nullable Object> values() {
        synchronized (this) {
            if (values == null) {
                values = serializer == null ? call.context() : serializer.deserializeContext(call.context());
            }
            return values;
        }
    }

    @Override
    public <T> T values(Class<T> type) {
        Objects.requireNonNull(type, "type");
        try {
            return call.mapper().convertValue(values(), type);
        } catch (JacksonException e) {
            throw new SerializationException(
                    "the context of " + method() + " is not a " + type.getSimpleName() + ": " + ValueErrors.text(e), e);
        }
    }

    @Override
    public String wire() {
        return call.wire();
    }

    @Override
    public @Nullable String remoteAddress() {
        return call.remoteAddress();
    }

    @Override
    public @Nullable Principal principal() {
        return call.principal();
    }

    @Override
    public Map<String, String> metadata() {
        return call.metadata();
    }

    @Override
    public RpcClient caller() {
        RpcClient caller = call.caller();
        if (caller == null) {
            throw new InvalidTargetException(wire() + " cannot carry a call to the caller of " + method() + "; "
                    + Wires.bidirectional() + " can");
        }
        return caller;
    }

    @Override
    public @Nullable Instant deadline() {
        return call.deadline();
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    public void onComplete(Consumer<? super @Nullable Throwable> action) {
        Objects.requireNonNull(action, "action");
        synchronized (this) {
            if (!completed) {
                if (actions == null) {
                    actions = new ArrayList<>(2);
                }
                actions.add(action);
                return;
            }
        }
        run(action);
    }

    /** Completes the call, the first time; {@code null} for success. Runs the actions. */
    void complete(@Nullable Throwable error) {
        List<Consumer<? super @Nullable Throwable>> registered;
        synchronized (this) {
            if (completed) {
                return;
            }
            completed = true;
            outcome = error;
            registered = actions;
            actions = null;
        }
        if (registered != null) {
            registered.forEach(this::run);
        }
    }

    private void run(Consumer<? super @Nullable Throwable> action) {
        try {
            action.accept(outcome());
        } catch (Throwable e) {
            log.warn("{} {}: an action of onComplete failed", wire(), method(), e);
        }
    }

    private synchronized @Nullable Throwable outcome() {
        return outcome;
    }

    private synchronized boolean isComplete() {
        return completed;
    }

    @Override
    public void progress(double done, @Nullable Double total, @Nullable String message) {
        check("done", done);
        if (total != null) {
            check("total", total);
        }
        if (!isComplete()) {
            call.progress(done, total, message);
        }
    }

    private static void check(String name, double number) {
        if (!(number >= 0) || Double.isInfinite(number)) {
            throw new IllegalArgumentException(name + " must be a finite number and not negative, not " + number);
        }
    }
}
