package dev.parley.internal.server;

import dev.parley.Limits;
import dev.parley.RpcException;
import dev.parley.spi.ServerCall;
import dev.parley.spi.ValueMapping;
import java.lang.reflect.Type;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.ObjectMapper;

/** A call whose arguments are JSON text and whose outcome is kept: the smallest possible wire. */
class RecordedCall extends ServerCall {
    static final ValueMapping VALUES = new ValueMapping(Limits.defaults(), List.of());

    final CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();
    private final String method;
    private final @Nullable String json;
    private final long messageBytes;

    @Nullable
    String namespace;

    @Nullable
    String version;

    @Nullable
    Instant deadline;

    @Nullable
    Principal principal;

    boolean streams;
    final List<String> progress = new CopyOnWriteArrayList<>();
    Map<String, @Nullable Object> context = Map.of();

    RecordedCall(String method, @Nullable String json) {
        this(method, json, 0);
    }

    RecordedCall(String method, @Nullable String json, long messageBytes) {
        this.method = method;
        this.json = json;
        this.messageBytes = messageBytes;
    }

    /** The result as JSON text, or the error thrown. */
    String result() throws Exception {
        try {
            return VALUES.json().writeValueAsString(outcome.get(10, TimeUnit.SECONDS));
        } catch (java.util.concurrent.ExecutionException e) {
            throw (RpcException) e.getCause();
        }
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public @Nullable String namespace() {
        return namespace;
    }

    @Override
    public @Nullable String version() {
        return version;
    }

    @Override
    public ObjectMapper mapper() {
        return VALUES.json();
    }

    @Override
    public @Nullable JsonParser arguments() {
        return json == null ? null : VALUES.json().createParser(json);
    }

    @Override
    public long messageBytes() {
        return messageBytes;
    }

    @Override
    public Map<String, @Nullable Object> context() {
        return context;
    }

    @Override
    public @Nullable Instant deadline() {
        return deadline;
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    @Override
    public String wire() {
        return "recorded";
    }

    @Override
    public boolean streams() {
        return streams;
    }

    @Override
    public void reply(@Nullable Object value, Type type) {
        // Encoded at once, as a wire does, so that a value that cannot be encoded fails here.
        String unused = VALUES.json().writeValueAsString(value);
        outcome.complete(value);
    }

    @Override
    public void progress(double done, @Nullable Double total, @Nullable String message) {
        progress.add(done + " of " + total + ": " + message);
    }

    @Override
    public void fail(RpcException error) {
        outcome.completeExceptionally(error);
    }

    @Override
    public void stream(Iterator<? extends @Nullable Object> items) {
        List<@Nullable Object> all = new ArrayList<>();
        while (!isCancelled() && items.hasNext()) {
            all.add(items.next());
        }
        outcome.complete(Map.of("streamed", all));
    }
}
