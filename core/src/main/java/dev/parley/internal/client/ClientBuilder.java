package dev.parley.internal.client;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.ClientInterceptor;
import dev.parley.Execution;
import dev.parley.Functions;
import dev.parley.InvalidTargetException;
import dev.parley.Limits;
import dev.parley.PeerProfile;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.internal.server.ServerBuilder;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.Dispatcher;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wires;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/** The builder of {@link RpcClient}. */
public final class ClientBuilder implements RpcClient.Builder {
    private final Supplier<Address> address;
    private final List<ClientInterceptor> interceptors = new ArrayList<>();
    private final List<Consumer<MapperBuilder<?, ?>>> customizers = new ArrayList<>();
    private CallOptions options = CallOptions.defaults();
    private @Nullable Serializer serializer;
    private final Map<String, Function<RemoteException, ? extends RuntimeException>> exceptions = new HashMap<>();
    private final Map<String, Function<RemoteException, ? extends RuntimeException>> modules = new HashMap<>();
    private Limits limits = Limits.defaults();
    private PeerProfile peer = PeerProfile.STRICT;
    private int maxPendingCalls = 100_000;
    private @Nullable SSLContext tls;
    private final ServerBuilder served = new ServerBuilder();
    private boolean hasEndpoints;

    /** For this address. */
    public ClientBuilder(String address) {
        Address parsed = Address.parse(address);
        this.address = () -> parsed;
    }

    /** For the address that this supplies. */
    public ClientBuilder(Supplier<String> address) {
        Objects.requireNonNull(address, "address");
        this.address = () -> Address.parse(address.get());
    }

    @Override
    public ClientBuilder target(Target target) {
        options = options.withTarget(Objects.requireNonNull(target, "target"));
        return this;
    }

    @Override
    public ClientBuilder timeout(Duration timeout) {
        options = options.withTimeout(Objects.requireNonNull(timeout, "timeout"));
        return this;
    }

    @Override
    public ClientBuilder options(UnaryOperator<CallOptions> change) {
        options = Objects.requireNonNull(change.apply(options), "options");
        return this;
    }

    @Override
    public ClientBuilder interceptor(ClientInterceptor interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return this;
    }

    @Override
    public ClientBuilder serializer(Serializer newSerializer) {
        serializer = Objects.requireNonNull(newSerializer, "serializer");
        return this;
    }

    @Override
    public ClientBuilder mapException(String type, Function<RemoteException, ? extends RuntimeException> exception) {
        exceptions.put(Objects.requireNonNull(type, "type"), Objects.requireNonNull(exception, "exception"));
        return this;
    }

    @Override
    public ClientBuilder mapExceptions(String module, Function<RemoteException, ? extends RuntimeException> exception) {
        modules.put(Objects.requireNonNull(module, "module"), Objects.requireNonNull(exception, "exception"));
        return this;
    }

    @Override
    public ClientBuilder limits(Limits newLimits) {
        limits = Objects.requireNonNull(newLimits, "limits");
        return this;
    }

    @Override
    public ClientBuilder peer(PeerProfile profile) {
        peer = Objects.requireNonNull(profile, "profile");
        return this;
    }

    @Override
    public ClientBuilder mapper(Consumer<MapperBuilder<?, ?>> customizer) {
        customizers.add(Objects.requireNonNull(customizer, "customizer"));
        return this;
    }

    @Override
    public ClientBuilder tls(SSLContext context) {
        tls = Objects.requireNonNull(context, "context");
        return this;
    }

    @Override
    public ClientBuilder maxPendingCalls(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("maxPendingCalls must be at least 1, not " + calls);
        }
        maxPendingCalls = calls;
        return this;
    }

    @Override
    public ClientBuilder endpoint(Object endpoint) {
        served.endpoint(endpoint);
        hasEndpoints = true;
        return this;
    }

    @Override
    public <T> ClientBuilder endpoint(Class<T> type, T endpoint) {
        served.endpoint(type, endpoint);
        hasEndpoints = true;
        return this;
    }

    @Override
    public ClientBuilder fallback(Functions.Fallback fallback) {
        served.fallback(fallback);
        hasEndpoints = true;
        return this;
    }

    @Override
    public ClientBuilder execution(Execution execution) {
        served.execution(execution);
        return this;
    }

    @Override
    public ClientBuilder maxConcurrentCalls(int calls) {
        served.maxConcurrentCalls(calls);
        return this;
    }

    /** What serves the endpoints; {@code null} if there are none. */
    private @Nullable Dispatcher dispatcher(Wires.Resolved wire) {
        if (!hasEndpoints) {
            return null;
        } else if (!wire.bidirectional()) {
            throw new InvalidTargetException(wire.address().scheme()
                    + " cannot carry calls of a server to its client, so a client of it cannot have endpoints; "
                    + Wires.bidirectional() + " can");
        }
        if (serializer != null) {
            served.serializer(serializer);
        }
        return ServerBuilder.dispatcher(served.limits(limits));
    }

    @Override
    public RpcClient build() {
        ValueMapping values = new ValueMapping(limits, customizers, peer);
        Wires.Resolved wire = Wires.resolve(address.get(), options.target());
        ClientContext context =
                new ClientContext(values, options.target(), tls, dispatcher(wire), serializer).withOptions(options);
        ClientTransport transport = wire.wire().connect(wire.address(), context);
        try {
            CallEngine engine = new CallEngine(transport, maxPendingCalls);
            return new TransportClient(
                    new TransportClient.Shared(
                            engine,
                            wire,
                            address,
                            values,
                            serializer,
                            List.copyOf(interceptors),
                            new ExceptionMapping(Map.copyOf(exceptions), Map.copyOf(modules))),
                    options,
                    true);
        } catch (RuntimeException e) {
            transport.close();
            throw e;
        }
    }
}
