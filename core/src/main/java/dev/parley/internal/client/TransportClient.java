package dev.parley.internal.client;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.ArgumentStyle;
import dev.parley.CallOption;
import dev.parley.CallOptions;
import dev.parley.ClientInterceptor;
import dev.parley.ClientRequest.Kind;
import dev.parley.InvalidArgumentsException;
import dev.parley.InvalidTargetException;
import dev.parley.RemoteException;
import dev.parley.RpcBatch;
import dev.parley.RpcClient;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.Serializer;
import dev.parley.ServiceDescription;
import dev.parley.TypeRef;
import dev.parley.internal.ValueTypes;
import dev.parley.spi.ClientCall;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ValueErrors;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wires;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * A client: options, serializer and interceptors in front of a {@link CallEngine}. {@code prepare} makes light copies
 * that share it. Immutable, thread-safe.
 */
final class TransportClient implements RpcClient {
    record Shared(
            CallEngine engine,
            Wires.Resolved wire,
            Supplier<Address> address,
            ValueMapping values,
            @Nullable Serializer serializer,
            List<ClientInterceptor> interceptors,
            ExceptionMapping exceptions) {}

    private final Shared shared;
    final CallEngine engine;
    private final CallOptions options;
    private final boolean owner;
    private final @Nullable DeclaredTypes declared;

    TransportClient(Shared shared, CallOptions options, boolean owner) {
        this(shared, options, owner, null);
    }

    private TransportClient(Shared shared, CallOptions options, boolean owner, @Nullable DeclaredTypes declared) {
        this.shared = shared;
        this.engine = shared.engine();
        this.options = options;
        this.owner = owner;
        this.declared = declared;
        shared.wire().check(options.target());
        for (CallOption<?> option : options.wireOptions()) {
            if (!transport().callOptions().contains(option)) {
                throw new InvalidTargetException(scheme() + " has no call option '" + option + "'");
            }
        }
    }

    private ClientTransport transport() {
        return engine.transport();
    }

    private String scheme() {
        return shared.wire().address().scheme();
    }

    @Override
    public void reset() {
        transport()
                .reset(Wires.resolve(shared.address().get(), options.target()).address());
    }

    @Override
    public <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args) {
        return cast(callFor(method, Objects.requireNonNull(resultType, "resultType"), args(args), options));
    }

    @Override
    public <T> @Nullable T call(String method, TypeRef<T> resultType, @Nullable Object... args) {
        return cast(callFor(method, resultType.type(), args(args), options));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> callAsync(String method, Class<T> resultType, @Nullable Object... args) {
        return cast(callAsyncFor(method, Objects.requireNonNull(resultType, "resultType"), args(args), options));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> callAsync(
            String method, TypeRef<T> resultType, @Nullable Object... args) {
        return cast(callAsyncFor(method, resultType.type(), args(args), options));
    }

    @Override
    public void cast(String method, @Nullable Object... args) {
        castFor(method, args(args), options);
    }

    @Override
    public <T> Stream<@Nullable T> stream(String method, Class<T> itemType, @Nullable Object... args) {
        return cast(streamFor(method, Objects.requireNonNull(itemType, "itemType"), args(args), options));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"
    }) // The engine has read the value as the type asked for.
    private static <T> T cast(@Nullable Object value) {
        return (T) value;
    }

    static Args args(@Nullable Object @Nullable [] args) {
        if (args == null) {
            return Args.of((Object) null);
        }
        return args.length == 1 && args[0] instanceof Args given ? given : Args.of(args);
    }

    @Nullable
    Object callFor(String method, Type type, Args args, CallOptions given) {
        CallOptions callOptions = InheritedContext.add(transport(), given);
        requireOneServer(callOptions);
        if (shared.interceptors().isEmpty()) {
            try {
                return entity(
                        method, type, callOptions, engine.call(clientCall(method, args, Kind.CALL, type, callOptions)));
            } catch (RpcException e) {
                throw shared.exceptions().thrown(e);
            }
        }
        return intercepted(
                request(method, args, callOptions, Kind.CALL),
                request -> entity(
                        request.method(),
                        type,
                        request.options(),
                        engine.call(clientCall(request.method(), request.args(), Kind.CALL, type, request.options()))),
                true);
    }

    CompletableFuture<@Nullable Object> callAsyncFor(String method, Type type, Args args, CallOptions given) {
        CallOptions callOptions = InheritedContext.add(transport(), given);
        if (!shared.interceptors().isEmpty()) {
            return onVirtualThread(method, type, args, callOptions);
        }
        CompletableFuture<@Nullable Object> sent;
        try {
            requireOneServer(callOptions);
            sent = engine.callAsync(clientCall(method, args, Kind.CALL, type, callOptions));
        } catch (RpcException e) {
            return CompletableFuture.failedFuture(e);
        }
        if (shared.serializer() == null && shared.exceptions().isEmpty()) {
            return sent;
        }
        CompletableFuture<@Nullable Object> outcome = sent.handle((value, thrown) -> {
            if (thrown == null) {
                return entity(method, type, callOptions, value);
            }
            Throwable cause =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            throw cause instanceof RpcException e ? shared.exceptions().thrown(e) : new CompletionException(cause);
        });
        outcome.whenComplete((value, thrown) -> {
            if (outcome.isCancelled()) {
                sent.cancel(true);
            }
        });
        return outcome;
    }

    private CompletableFuture<@Nullable Object> onVirtualThread(
            String method, Type type, Args args, CallOptions callOptions) {
        CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("parley-call").start(() -> {
            try {
                outcome.complete(callFor(method, type, args, callOptions));
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        outcome.whenComplete((value, thrown) -> {
            if (outcome.isCancelled()) {
                thread.interrupt();
            }
        });
        return outcome;
    }

    void castFor(String method, Args args, CallOptions given) {
        CallOptions callOptions = InheritedContext.add(transport(), given);
        if (shared.interceptors().isEmpty()) {
            try {
                engine.cast(clientCall(method, args, Kind.CAST, void.class, callOptions), error -> {});
            } catch (RpcException e) {
                throw shared.exceptions().thrown(e);
            }
            return;
        }
        InterceptedRequest started = request(method, args, callOptions, Kind.CAST);
        intercepted(
                started,
                request -> {
                    engine.cast(
                            clientCall(request.method(), request.args(), Kind.CAST, void.class, request.options()),
                            started::complete);
                    return null;
                },
                false);
    }

    Stream<@Nullable Object> streamFor(String method, Type type, Args args, CallOptions given) {
        CallOptions callOptions = InheritedContext.add(transport(), given);
        requireOneServer(callOptions);
        if (shared.interceptors().isEmpty()) {
            try {
                return items(method, type, callOptions, error -> {}, openStream(method, type, args, callOptions));
            } catch (RpcException e) {
                throw shared.exceptions().thrown(e);
            }
        }
        InterceptedRequest started = request(method, args, callOptions, Kind.STREAM);
        Object items = intercepted(
                started,
                request -> items(
                        request.method(),
                        type,
                        request.options(),
                        started::complete,
                        openStream(request.method(), type, request.args(), request.options())),
                false);
        return cast(Objects.requireNonNull(items, "an interceptor returned null in place of a stream"));
    }

    private Stream<@Nullable Object> openStream(String method, Type type, Args args, CallOptions callOptions) {
        return engine.stream(clientCall(method, args, Kind.STREAM, type, callOptions));
    }

    /** The items as the caller gets them. */
    private Stream<@Nullable Object> items(
            String method,
            Type type,
            CallOptions callOptions,
            Consumer<@Nullable Throwable> whenOver,
            Stream<@Nullable Object> source) {
        if (shared.interceptors().isEmpty()
                && shared.serializer() == null
                && shared.exceptions().isEmpty()) {
            return source;
        }
        return StreamItems.of(
                source, item -> entity(method, type, callOptions, item), shared.exceptions()::thrown, whenOver);
    }

    private static InterceptedRequest request(String method, Args args, CallOptions callOptions, Kind kind) {
        return new InterceptedRequest(method, args, callOptions, kind, new Completion());
    }

    /**
     * Runs a call through the interceptors.
     *
     * @param endsHere whether the call is over when the outermost interceptor returns
     */
    private @Nullable Object intercepted(
            InterceptedRequest request, ClientInterceptor.Chain transport, boolean endsHere) {
        ClientInterceptor.Chain chain = transport;
        for (ClientInterceptor interceptor : shared.interceptors().reversed()) {
            ClientInterceptor.Chain next = chain;
            chain = each -> interceptor.intercept(each, next);
        }
        try {
            Object value = chain.proceed(request);
            if (endsHere) {
                request.complete(null);
            }
            return value;
        } catch (RpcException e) {
            request.complete(e);
            throw shared.exceptions().thrown(e);
        } catch (RuntimeException | Error e) {
            request.complete(e);
            throw e;
        } catch (Exception e) {
            request.complete(e);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw RemoteException.of(e.getClass().getSimpleName(), e.getMessage())
                    .withCause(e);
        }
    }

    ClientCall clientCall(String method, Args given, Kind kind, Type type, CallOptions callOptions) {
        Args args = inStyle(given);
        CallOptions sent = callOptions;
        Serializer front = shared.serializer();
        if (front != null) {
            Map<String, @Nullable Object> context = sent.context();
            args = SerializedArguments.of(args, front, context);
            sent = sent.withContext(front.serializeContext(context));
        } else if (declared != null) {
            args = declared.typed(args);
        }
        return new ClientCall(
                Objects.requireNonNull(method, "method"),
                args,
                kind,
                front == null ? type : Object.class,
                sent,
                timeout(sent));
    }

    private Duration timeout(CallOptions callOptions) {
        Duration timeout = callOptions.timeout();
        return timeout == null ? transport().defaultTimeout() : timeout;
    }

    private Args inStyle(Args args) {
        return switch (transport().argumentStyle()) {
            case POSITIONAL -> {
                if (args instanceof Args.Named) {
                    throw new InvalidArgumentsException(
                            scheme() + " carries no named arguments: give them by position");
                }
                yield args;
            }
            case NAMED -> {
                if (args instanceof Args.Positional && args.size() > 0) {
                    throw new InvalidArgumentsException(
                            scheme() + " carries named arguments only: give them as Args.named(\"name\", value)");
                }
                yield args.size() == 0 ? Args.named(Map.of()) : args;
            }
            case EITHER -> args;
        };
    }

    private static void requireOneServer(CallOptions callOptions) {
        if (callOptions.target().fanout()) {
            throw new InvalidTargetException(
                    "a fanout target can only be cast to, not called: " + callOptions.target());
        }
    }

    @Nullable
    Object entity(String method, Type type, CallOptions callOptions, @Nullable Object value) {
        Serializer front = shared.serializer();
        if (front == null || type == void.class || type == Void.class) {
            return value;
        }
        Object entity = front.deserializeEntity(callOptions.context(), value);
        try {
            return entity == null || ValueTypes.raw(type).isInstance(entity)
                    ? entity
                    : transport()
                            .mapper()
                            .convertValue(entity, transport().mapper().constructType(type));
        } catch (JacksonException e) {
            throw new SerializationException(
                    "result of " + method + " is not of type " + type.getTypeName() + ": " + ValueErrors.text(e), e);
        }
    }

    @Override
    public RpcBatch batch() {
        requireOneServer(options);
        return new Batch(prepare(given -> InheritedContext.add(transport(), given)));
    }

    boolean hasInterceptors() {
        return !shared.interceptors().isEmpty();
    }

    /** What the caller gets for an error. */
    RuntimeException thrown(RpcException error) {
        return shared.exceptions().thrown(error);
    }

    /** Runs a call of a batch through the interceptors. */
    @Nullable
    Object intercepted(String method, Args args, Kind kind, ClientInterceptor.Chain transport) {
        return intercepted(request(method, args, options, kind), transport, true);
    }

    @Override
    public <T> T proxy(Class<T> type) {
        return Proxies.of(type, this);
    }

    @Override
    public RpcClient with(Map<String, ? extends @Nullable Object> context) {
        return prepare(old -> old.withContext(context));
    }

    @Override
    public RpcClient with(Object context) {
        try {
            return with(shared.values()
                    .json()
                    .convertValue(context, new TypeReference<Map<String, @Nullable Object>>() {}));
        } catch (JacksonException e) {
            throw new SerializationException("a context must be a map, a record or a bean: " + ValueErrors.text(e), e);
        }
    }

    @Override
    public TransportClient prepare(UnaryOperator<CallOptions> change) {
        CallOptions changed = Objects.requireNonNull(change, "change").apply(options);
        return new TransportClient(shared, Objects.requireNonNull(changed, "options"), false);
    }

    /** The same client for calls of a method of an interface. */
    TransportClient calling(Method method) {
        DeclaredTypes types = DeclaredTypes.of(method, transport().mapper()::constructType);
        return types == null ? this : new TransportClient(shared, options, false, types);
    }

    @Override
    public CallOptions options() {
        return options;
    }

    @Override
    public ArgumentStyle argumentStyle() {
        return transport().argumentStyle();
    }

    @Override
    public boolean canSendVersion(String version) {
        return transport().canSendVersion(options, Objects.requireNonNull(version, "version"));
    }

    @Override
    public boolean canSendVersion() {
        return transport().canSendVersion(options, options.target().version());
    }

    @Override
    public boolean isReady() {
        return engine.isReady();
    }

    @Override
    public void onDisconnect(Runnable action) {
        transport().onDisconnect(Objects.requireNonNull(action, "action"));
    }

    @Override
    public ServiceDescription describe() {
        CallOptions plain = options.withNamespace(null).withVersion(null);
        return transport().describe(new ClientTransport.PeerCaller() {
            @Override
            public <T> @Nullable T call(String method, Class<T> resultType, @Nullable Object... args) {
                return cast(engine.call(
                        new ClientCall(method, Args.of(args), Kind.CALL, resultType, plain, timeout(plain))));
            }
        });
    }

    @Override
    public void stop() {
        engine.stop();
    }

    @Override
    public boolean await(Duration atMost) throws InterruptedException {
        return engine.await(Objects.requireNonNull(atMost, "atMost"));
    }

    @Override
    public void close() {
        if (owner) {
            engine.close();
        }
    }

    @Override
    public String toString() {
        return "RpcClient[" + shared.wire().address() + "]";
    }
}
