package dev.parley.internal.server;

import dev.parley.AccessPolicy;
import dev.parley.Address;
import dev.parley.Execution;
import dev.parley.Limits;
import dev.parley.RpcServer;
import dev.parley.Serializer;
import dev.parley.ServerInterceptor;
import dev.parley.Target;
import dev.parley.internal.Wires;
import dev.parley.spi.ValueMapping;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/** The builder of {@link RpcServer}. */
public final class ServerBuilder implements RpcServer.Builder {
    private record Served(
            Class<?> type, Object object, @Nullable Target target) {}

    private final List<Served> endpoints = new ArrayList<>();
    private final List<ServerSettings.Listen> listens = new ArrayList<>();
    private final List<ServerInterceptor> interceptors = new ArrayList<>();
    private final List<Consumer<MapperBuilder<?, ?>>> customizers = new ArrayList<>();
    private final Map<String, Execution> methodExecutions = new HashMap<>();
    private final Map<Class<? extends Exception>, String> failures = new HashMap<>();
    private @Nullable String name;
    private AccessPolicy policy = AccessPolicy.declared();
    private Execution execution = Execution.virtual();
    private int maxConcurrentCalls = 1024;
    private @Nullable Serializer serializer;
    private Limits limits = Limits.defaults();
    private @Nullable SSLContext tls;
    private boolean includeStackTraces;

    @Override
    public ServerBuilder endpoint(Object endpoint) {
        endpoints.add(new Served(endpoint.getClass(), endpoint, null));
        return this;
    }

    @Override
    public ServerBuilder endpoint(Object endpoint, Target target) {
        endpoints.add(new Served(endpoint.getClass(), endpoint, Objects.requireNonNull(target, "target")));
        return this;
    }

    @Override
    public <T> ServerBuilder endpoint(Class<T> type, T endpoint) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException(type.getName() + " is no interface");
        }
        endpoints.add(new Served(type, endpoint, null));
        return this;
    }

    @Override
    public ServerBuilder listen(String address) {
        return listen(address, Target.none());
    }

    @Override
    public ServerBuilder listen(String address, Target target) {
        listens.add(new ServerSettings.Listen(Address.parse(address), target));
        return this;
    }

    @Override
    public ServerBuilder name(String newName) {
        name = newName;
        return this;
    }

    @Override
    public ServerBuilder accessPolicy(AccessPolicy newPolicy) {
        policy = newPolicy;
        return this;
    }

    @Override
    public ServerBuilder execution(Execution newExecution) {
        execution = newExecution;
        return this;
    }

    @Override
    public ServerBuilder execution(String method, Execution methodExecution) {
        methodExecutions.put(method, methodExecution);
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
    public ServerBuilder interceptor(ServerInterceptor interceptor) {
        interceptors.add(interceptor);
        return this;
    }

    @Override
    public ServerBuilder serializer(Serializer newSerializer) {
        serializer = newSerializer;
        return this;
    }

    @Override
    public ServerBuilder mapException(Class<? extends Exception> exception, String type) {
        failures.put(exception, FailureNames.checked(type));
        return this;
    }

    @Override
    public ServerBuilder limits(Limits newLimits) {
        limits = newLimits;
        return this;
    }

    @Override
    public ServerBuilder mapper(Consumer<MapperBuilder<?, ?>> customizer) {
        customizers.add(customizer);
        return this;
    }

    @Override
    public ServerBuilder tls(SSLContext context) {
        tls = context;
        return this;
    }

    @Override
    public ServerBuilder includeStackTraces(boolean include) {
        includeStackTraces = include;
        return this;
    }

    @Override
    public RpcServer build() {
        ServerSettings settings = settings();
        List<Endpoint> built = endpoints.stream()
                .map(one -> new Endpoint(one.type(), one.object(), one.target(), policy))
                .toList();
        return new MultiWireServer(settings, new CallDispatcher(settings, new MethodTable(built)));
    }

    /** What was told, checked. */
    ServerSettings settings() {
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("a server needs at least one endpoint");
        }
        for (ServerSettings.Listen listen : listens) {
            Wires.of(listen.address(), listen.target());
        }
        return new ServerSettings(
                name == null ? endpoints.getFirst().type().getSimpleName() : name,
                List.copyOf(listens),
                execution,
                Map.copyOf(methodExecutions),
                maxConcurrentCalls,
                List.copyOf(interceptors),
                new FailureNames(Map.copyOf(failures)),
                serializer,
                limits,
                new ValueMapping(limits, customizers),
                tls,
                includeStackTraces);
    }
}
