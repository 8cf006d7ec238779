package dev.parley.internal.server;

import dev.parley.RpcContext;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.spi.ServerCall;
import java.security.Principal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The context of a call, read from the wire when it is asked for. */
final class CallContext implements RpcContext {
    private final ServerCall call;
    private final @Nullable Serializer serializer;
    private @Nullable Map<String, @Nullable Object> values;

    CallContext(ServerCall call, @Nullable Serializer serializer) {
        this.call = call;
        this.serializer = serializer;
    }

    @Override
    public String method() {
        return call.method();
    }

    @Override
    public Optional<String> namespace() {
        return Optional.ofNullable(call.namespace());
    }

    @Override
    public Optional<String> version() {
        return Optional.ofNullable(call.version());
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
        try {
            return call.mapper().convertValue(values(), type);
        } catch (JacksonException e) {
            throw new SerializationException(
                    "the context of " + method() + " is no " + type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public String wire() {
        return call.wire();
    }

    @Override
    public Optional<String> remoteAddress() {
        return Optional.ofNullable(call.remoteAddress());
    }

    @Override
    public Optional<Principal> principal() {
        return Optional.ofNullable(call.principal());
    }

    @Override
    public Map<String, String> metadata() {
        return call.metadata();
    }

    @Override
    public Optional<Instant> deadline() {
        return Optional.ofNullable(call.deadline());
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }
}
