package dev.parley.internal;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.ClientInterceptor;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.ServiceDescription;
import dev.parley.Target;
import dev.parley.TypeRef;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.ClientCall;
import dev.parley.spi.Connection;
import dev.parley.spi.ValueMapping;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/** A client on one connection; {@code prepare} makes light copies that share it. */
final class WireClient implements RpcClient {
    private final Connection connection;
    private final Address address;
    private final ValueMapping values;
    private final @Nullable Serializer serializer;
    private final List<ClientInterceptor> interceptors;
    private final RemoteFailures failures;
    private final CallOptions options;
    private final boolean owner;

    WireClient(
            Connection connection,
            Address address,
            ValueMapping values,
            @Nullable Serializer serializer,
            List<ClientInterceptor> interceptors,
            RemoteFailures failures,
            CallOptions options,
            boolean owner) {
        this.connection = connection;
        this.address = address;
        this.values = values;
        this.serializer = serializer;
        this.interceptors = interceptors;
        this.failures = failures;
        this.options = options;
        this.owner = owner;
    }

    /** Whether arguments go by name on this wire, so that a proxy must name them. */
    boolean namesArguments() {
        return connection.arguments() == Connection.ArgumentStyle.NAMED;
    }

    @Override
    public <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args) {
        return cast(callFor(method, resultType, args(args)));
    }

    @Override
    public <T> @Nullable T call(String method, TypeRef<T> resultType, @Nullable Object... args) {
        return cast(callFor(method, resultType.type(), args(args)));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> callAsync(String method, Class<T> resultType, @Nullable Object... args) {
        return cast(callAsyncFor(method, resultType, args(args)));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> callAsync(
            String method, TypeRef<T> resultType, @Nullable Object... args) {
        return cast(callAsyncFor(method, resultType.type(), args(args)));
    }

    @Override
    public void cast(String method, @Nullable Object... args) {
        castFor(method, args(args));
    }

    @Override
    public <T> Stream<@Nullable T> stream(String method, Class<T> itemType, @Nullable Object... args) {
        return cast(streamFor(method, itemType, args(args)));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"
    }) // The wire has read the value as the type asked for.
    private static <T> T cast(@Nullable Object value) {
        return (T) value;
    }

    private static Args args(@Nullable Object[] args) {
        if (args == null) {
            return Args.of((Object) null);
        }
        return args.length == 1 && args[0] instanceof Args given ? given : Args.of(args);
    }

    @Nullable
    Object callFor(String method, Type type, Args args) {
        ClientInterceptor.Request request = request(method, args);
        requireOne(request.options().target());
        try {
            return result(request, type, connection.call(wireCall(request, type)));
        } catch (RpcException e) {
            throw error(request, e);
        }
    }

    CompletableFuture<@Nullable Object> callAsyncFor(String method, Type type, Args args) {
        ClientInterceptor.Request request;
        CompletableFuture<@Nullable Object> sent;
        try {
            request = request(method, args);
            requireOne(request.options().target());
            sent = connection.callAsync(wireCall(request, type));
        } catch (RpcException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (passesOutcomesOn()) {
            return sent;
        }
        CompletableFuture<@Nullable Object> outcome = sent.handle((value, thrown) -> {
            if (thrown == null) {
                return result(request, type, value);
            }
            Throwable cause =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            throw cause instanceof RpcException e ? error(request, e) : new CompletionException(cause);
        });
        outcome.whenComplete((value, thrown) -> {
            if (outcome.isCancelled()) {
                sent.cancel(true);
            }
        });
        return outcome;
    }

    void castFor(String method, Args args) {
        ClientInterceptor.Request request = request(method, args);
        try {
            connection.cast(wireCall(request, void.class));
        } catch (RpcException e) {
            throw error(request, e);
        }
    }

    Stream<@Nullable Object> streamFor(String method, Type type, Args args) {
        ClientInterceptor.Request request = request(method, args);
        requireOne(request.options().target());
        Stream<@Nullable Object> items;
        try {
            items = connection.stream(wireCall(request, type));
        } catch (RpcException e) {
            throw error(request, e);
        }
        if (passesOutcomesOn()) {
            return items;
        }
        return StreamSupport.stream(new Items(items.spliterator(), request, type), false)
                .onClose(items::close);
    }

    /** The items of a stream as the caller gets them, and its error. */
    private final class Items extends Spliterators.AbstractSpliterator<@Nullable Object> {
        private final Spliterator<@Nullable Object> source;
        private final ClientInterceptor.Request request;
        private final Type type;
        private @Nullable Object item;

        Items(Spliterator<@Nullable Object> source, ClientInterceptor.Request request, Type type) {
            super(source.estimateSize(), Spliterator.ORDERED);
            this.source = source;
            this.request = request;
            this.type = type;
        }

        @Override
        public boolean tryAdvance(Consumer<? super @Nullable Object> action) {
            try {
                if (!source.tryAdvance(next -> item = next)) {
                    return false;
                }
            } catch (RpcException e) {
                throw error(request, e);
            }
            action.accept(entity(request, type, item));
            return true;
        }
    }

    /** Whether nothing stands between the wire and the caller. */
    private boolean passesOutcomesOn() {
        return interceptors.isEmpty() && serializer == null && failures.isEmpty();
    }

    private ClientInterceptor.Request request(String method, Args args) {
        ClientInterceptor.Request request = new ClientInterceptor.Request(method, args, options);
        for (ClientInterceptor interceptor : interceptors) {
            request = interceptor.beforeRequest(request);
        }
        String version = request.options().target().version();
        String cap = request.options().versionCap();
        if (cap != null && version != null && !Versions.compatible(cap, version)) {
            throw new UnsupportedVersionException(
                    "version " + version + " of " + method + " is above the version cap " + cap);
        }
        return request;
    }

    private ClientCall wireCall(ClientInterceptor.Request request, Type type) {
        Args args = request.args();
        switch (connection.arguments()) {
            case POSITIONAL -> {
                if (args instanceof Args.Named) {
                    throw new InvalidArgumentsException(
                            address.scheme() + " carries no named arguments: give them by position");
                }
            }
            case NAMED -> {
                if (args instanceof Args.Positional && args.size() > 0) {
                    throw new InvalidArgumentsException(address.scheme()
                            + " carries named arguments only: give them as Args.named(\"name\", value)");
                }
                args = args.size() == 0 ? Args.named(Map.of()) : args;
            }
            case EITHER -> {
                // As given.
            }
        }
        CallOptions sent = request.options();
        Serializer front = serializer;
        if (front != null) {
            Map<String, @Nullable Object> context = sent.context();
            args = switch (args) {
                case Args.Positional positional ->
                    Args.of(positional.values().stream()
                            .map(value -> front.serializeEntity(context, value))
                            .toArray());
                case Args.Named named -> {
                    Map<String, @Nullable Object> encoded = new LinkedHashMap<>();
                    named.values().forEach((name, value) -> encoded.put(name, front.serializeEntity(context, value)));
                    yield Args.named(encoded);
                }
            };
            sent = sent.context(front.serializeContext(context));
        }
        Duration timeout = sent.timeout() == null ? connection.defaultTimeout() : sent.timeout();
        return new ClientCall(request.method(), args, front == null ? type : Object.class, sent, timeout);
    }

    private static void requireOne(Target target) {
        if (target.fanout()) {
            throw new InvalidTargetException("a fanout target can only be cast to, not called: " + target);
        }
    }

    private @Nullable Object result(ClientInterceptor.Request request, Type type, @Nullable Object value) {
        Object result = entity(request, type, value);
        for (ClientInterceptor interceptor : interceptors.reversed()) {
            result = interceptor.afterResult(request, result);
        }
        return result;
    }

    private @Nullable Object entity(ClientInterceptor.Request request, Type type, @Nullable Object value) {
        if (serializer == null || type == void.class || type == Void.class) {
            return value;
        }
        Object entity = serializer.deserializeEntity(request.options().context(), value);
        try {
            return entity == null || ValueTypes.raw(type).isInstance(entity)
                    ? entity
                    : connection
                            .mapper()
                            .convertValue(entity, connection.mapper().constructType(type));
        } catch (JacksonException e) {
            throw new SerializationException(
                    "result of " + request.method() + " is not of type " + type.getTypeName() + ": "
                            + e.getOriginalMessage(),
                    e);
        }
    }

    private RuntimeException error(ClientInterceptor.Request request, RpcException thrown) {
        RpcException error = thrown;
        for (ClientInterceptor interceptor : interceptors.reversed()) {
            error = interceptor.afterError(request, error);
        }
        return failures.thrown(error);
    }

    @Override
    public <T> T proxy(Class<T> type) {
        return Proxies.of(type, this);
    }

    @Override
    public RpcClient with(Map<String, ? extends @Nullable Object> context) {
        return prepare(old -> old.context(context));
    }

    @Override
    public RpcClient with(Object context) {
        try {
            return with(values.json().convertValue(context, new TypeReference<Map<String, @Nullable Object>>() {}));
        } catch (JacksonException e) {
            throw new SerializationException(
                    "a context must be a map, a record or a bean: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public WireClient prepare(UnaryOperator<CallOptions> change) {
        CallOptions changed = change.apply(options);
        Wires.of(address, changed.target());
        return new WireClient(connection, address, values, serializer, interceptors, failures, changed, false);
    }

    @Override
    public CallOptions options() {
        return options;
    }

    @Override
    public Connection.ArgumentStyle argumentStyle() {
        return connection.arguments();
    }

    @Override
    public boolean canSendVersion(String version) {
        String cap = options.versionCap();
        return cap == null || Versions.compatible(cap, version);
    }

    @Override
    public ServiceDescription describe() {
        return connection.describe(options);
    }

    @Override
    public void close() {
        if (owner) {
            connection.close();
        }
    }

    @Override
    public String toString() {
        return "RpcClient[" + address + "]";
    }
}
