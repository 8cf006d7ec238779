package dev.parley.internal.server;

import dev.parley.AccessPolicy;
import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.Functions;
import dev.parley.Limits;
import dev.parley.RpcServer;
import dev.parley.Serializer;
import dev.parley.ServerInterceptor;
import dev.parley.Target;
import dev.parley.security.Authenticator;
import dev.parley.security.Authorizer;
import dev.parley.security.LoginLimits;
import dev.parley.spi.Authentication;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wires;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/** The builder of {@link RpcServer}. Not thread-safe. */
public final class ServerBuilder implements RpcServer.Builder {
    /** An endpoint that is made when the access policy is known. */
    private record Served(Class<?> type, Function<AccessPolicy, Endpoint> endpoint) {}

    private final List<Served> endpoints = new ArrayList<>();
    private final List<BoundMethod> functions = new ArrayList<>();
    private final List<ServerSettings.Listen> listens = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private final List<Consumer<MapperBuilder<?, ?>>> customizers = new ArrayList<>();
    private final Map<String, Execution> methodExecutions = new HashMap<>();
    private final Map<Class<? extends Exception>, String> exceptionNames = new HashMap<>();
    private Functions.@Nullable Fallback fallback;
    private @Nullable String name;
    private AccessPolicy accessPolicy = AccessPolicy.declared();
    private Execution execution = Execution.virtual();
    private int maxConcurrentCalls = 1024;
    private @Nullable Integer maxConcurrentCallsPerConnection;
    private @Nullable Integer maxQueuedCalls;
    private @Nullable Serializer serializer;
    private Limits limits = Limits.defaults();
    private @Nullable Supplier<SSLContext> tls;
    private boolean includeStackTraces;
    private Consumer<? super Throwable> onFailure = error -> {};
    private @Nullable Authentication authentication;
    private @Nullable Authorizer authorizer;

    @Override
    public ServerBuilder endpoint(Object endpoint) {
        Objects.requireNonNull(endpoint, "endpoint");
        return add(endpoint.getClass(), policy -> Endpoint.of(endpoint.getClass(), endpoint, null, policy));
    }

    @Override
    public ServerBuilder endpoint(Object endpoint, Target target) {
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(target, "target");
        return add(endpoint.getClass(), policy -> Endpoint.of(endpoint.getClass(), endpoint, target, policy));
    }

    @Override
    public <T> ServerBuilder endpoint(Class<T> type, T endpoint) {
        checkInterface(type);
        Objects.requireNonNull(endpoint, "endpoint");
        return add(type, policy -> Endpoint.of(type, endpoint, null, policy));
    }

    /** Checks that a type is an interface. */
    static void checkInterface(Class<?> type) {
        if (!Objects.requireNonNull(type, "type").isInterface()) {
            throw new IllegalArgumentException(type.getName() + " is not an interface");
        }
    }

    @Override
    public ServerBuilder staticMethods(Class<?> type) {
        Objects.requireNonNull(type, "type");
        return add(type, policy -> Endpoint.ofStaticMethods(type, null, policy));
    }

    @Override
    public ServerBuilder staticMethods(Class<?> type, Target target) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(target, "target");
        return add(type, policy -> Endpoint.ofStaticMethods(type, target, policy));
    }

    private ServerBuilder add(Class<?> type, Function<AccessPolicy, Endpoint> endpoint) {
        endpoints.add(new Served(type, endpoint));
        return this;
    }

    @Override
    public ServerBuilder method(String method, Functions.Function0<?> function) {
        return add(method, function);
    }

    @Override
    public <A> ServerBuilder method(String method, Class<A> a, Functions.Function1<? super A, ?> function) {
        return add(method, function, a);
    }

    @Override
    public <A, B> ServerBuilder method(
            String method, Class<A> a, Class<B> b, Functions.Function2<? super A, ? super B, ?> function) {
        return add(method, function, a, b);
    }

    @Override
    public <A, B, C> ServerBuilder method(
            String method,
            Class<A> a,
            Class<B> b,
            Class<C> c,
            Functions.Function3<? super A, ? super B, ? super C, ?> function) {
        return add(method, function, a, b, c);
    }

    @Override
    public <A, B, C, D> ServerBuilder method(
            String method,
            Class<A> a,
            Class<B> b,
            Class<C> c,
            Class<D> d,
            Functions.Function4<? super A, ? super B, ? super C, ? super D, ?> function) {
        return add(method, function, a, b, c, d);
    }

    private ServerBuilder add(String method, Object function, Class<?>... types) {
        functions.add(function(method, function, types));
        return this;
    }

    /** A function that is served under a name. */
    static BoundMethod function(String method, Object function, Class<?>... types) {
        if (Objects.requireNonNull(method, "name").isEmpty()) {
            throw new IllegalArgumentException("the name of a function must not be empty");
        }
        for (int i = 0; i < types.length; i++) {
            Objects.requireNonNull(types[i], String.valueOf("abcd".charAt(i)));
        }
        return BoundMethod.of(method, Objects.requireNonNull(function, "function"), List.of(types));
    }

    @Override
    public ServerBuilder fallback(Functions.Fallback newFallback) {
        fallback = Objects.requireNonNull(newFallback, "fallback");
        return this;
    }

    @Override
    public ServerBuilder listen(String address) {
        return listen(address, Target.none());
    }

    @Override
    public ServerBuilder listen(String address, Target target) {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(target, "target");
        Address parsed = Address.parse(address);
        listens.add(new ServerSettings.Listen(() -> parsed, target));
        return this;
    }

    @Override
    public ServerBuilder listen(Supplier<String> address, Target target) {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(target, "target");
        listens.add(new ServerSettings.Listen(() -> Address.parse(address.get()), target));
        return this;
    }

    @Override
    public ServerBuilder name(String newName) {
        name = Objects.requireNonNull(newName, "name");
        return this;
    }

    @Override
    public ServerBuilder accessPolicy(AccessPolicy policy) {
        accessPolicy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    @Override
    public ServerBuilder execution(Execution newExecution) {
        execution = Objects.requireNonNull(newExecution, "execution");
        return this;
    }

    @Override
    public ServerBuilder execution(String method, Execution methodExecution) {
        methodExecutions.put(
                Objects.requireNonNull(method, "method"), Objects.requireNonNull(methodExecution, "execution"));
        return this;
    }

    @Override
    public ServerBuilder maxConcurrentCalls(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxConcurrentCalls must be at least 1, not " + calls);
        }
        maxConcurrentCalls = calls;
        return this;
    }

    @Override
    public ServerBuilder maxConcurrentCallsPerConnection(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxConcurrentCallsPerConnection must be at least 1, not " + calls);
        }
        maxConcurrentCallsPerConnection = calls;
        return this;
    }

    @Override
    public ServerBuilder maxQueuedCalls(int calls) {
        if (calls < 0) {
            throw new IllegalArgumentException("maxQueuedCalls must be at least 0, not " + calls);
        }
        maxQueuedCalls = calls;
        return this;
    }

    @Override
    public ServerBuilder interceptor(ServerInterceptor interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return this;
    }

    @Override
    public ServerBuilder serializer(Serializer newSerializer) {
        serializer = Objects.requireNonNull(newSerializer, "serializer");
        return this;
    }

    @Override
    public ServerBuilder mapException(Class<? extends Exception> exception, String type) {
        Objects.requireNonNull(exception, "exception");
        exceptionNames.put(exception, FailureNames.checked(Objects.requireNonNull(type, "type")));
        return this;
    }

    @Override
    public ServerBuilder limits(Limits newLimits) {
        limits = Objects.requireNonNull(newLimits, "limits");
        return this;
    }

    @Override
    public ServerBuilder mapper(Consumer<MapperBuilder<?, ?>> customizer) {
        customizers.add(Objects.requireNonNull(customizer, "customizer"));
        return this;
    }

    @Override
    public ServerBuilder tls(SSLContext context) {
        Objects.requireNonNull(context, "context");
        return tls(() -> context);
    }

    @Override
    public ServerBuilder tls(Supplier<SSLContext> context) {
        tls = Objects.requireNonNull(context, "context");
        return this;
    }

    @Override
    public ServerBuilder includeStackTraces(boolean include) {
        includeStackTraces = include;
        return this;
    }

    @Override
    public ServerBuilder onFailure(Consumer<? super Throwable> action) {
        onFailure = Objects.requireNonNull(action, "action");
        return this;
    }

    @Override
    public ServerBuilder authenticator(Authenticator authenticator) {
        return authenticator(authenticator, LoginLimits.defaults());
    }

    @Override
    public ServerBuilder authenticator(Authenticator authenticator, LoginLimits loginLimits) {
        Objects.requireNonNull(authenticator, "authenticator");
        authentication = new Authentication(authenticator, Objects.requireNonNull(loginLimits, "limits"));
        return this;
    }

    @Override
    public ServerBuilder authorizer(Authorizer newAuthorizer) {
        authorizer = Objects.requireNonNull(newAuthorizer, "authorizer");
        return this;
    }

    @Override
    public RpcServer build() {
        if (endpoints.isEmpty() && functions.isEmpty() && fallback == null) {
            throw new IllegalArgumentException("a server needs at least one endpoint, method or fallback");
        }
        ServerSettings settings = settings();
        List<Endpoint> built = endpoints.stream()
                .map(served -> served.endpoint().apply(accessPolicy))
                .toList();
        return new MultiWireServer(settings, new CallDispatcher(settings, new MethodTable(built, functions, fallback)));
    }

    /**
     * What runs the calls of a peer without a server: for a client with endpoints.
     *
     * @param served endpoints and settings
     * @throws IllegalArgumentException if an endpoint exposes no method, or two methods cannot be distinguished
     */
    public static Dispatcher dispatcher(ServerBuilder served) {
        MultiWireServer server = (MultiWireServer) served.build();
        return server.dispatcher();
    }

    /** A checked copy of the settings. */
    ServerSettings settings() {
        for (ServerSettings.Listen listen : listens) {
            Wires.Resolved unused = Wires.resolve(listen.address().get(), listen.target());
        }
        return new ServerSettings(
                name != null
                        ? name
                        : endpoints.isEmpty()
                                ? "parley"
                                : endpoints.getFirst().type().getSimpleName(),
                List.copyOf(listens),
                accessPolicy,
                execution,
                Map.copyOf(methodExecutions),
                maxConcurrentCalls,
                maxConcurrentCallsPerConnection == null
                        ? ConcurrencyLimiter.half(maxConcurrentCalls)
                        : maxConcurrentCallsPerConnection,
                maxQueuedCalls == null ? maxConcurrentCalls : maxQueuedCalls,
                List.copyOf(interceptors),
                new FailureNames(Map.copyOf(exceptionNames)),
                serializer,
                limits,
                new ValueMapping(limits, customizers),
                tls,
                includeStackTraces,
                authentication,
                authorizer,
                onFailure);
    }
}
