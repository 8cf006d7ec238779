package dev.parley.internal;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.ClientInterceptor;
import dev.parley.Limits;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.spi.ClientContext;
import dev.parley.spi.ValueMapping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperBuilder;

/** The builder of {@link RpcClient}. */
public final class ClientBuilder implements RpcClient.Builder {
    private final Address address;
    private final List<ClientInterceptor> interceptors = new ArrayList<>();
    private final List<Consumer<MapperBuilder<?, ?>>> customizers = new ArrayList<>();
    private CallOptions options = CallOptions.defaults();
    private @Nullable Serializer serializer;
    private final Map<String, Function<RemoteException, ? extends RuntimeException>> failures = new HashMap<>();
    private Limits limits = Limits.defaults();
    private @Nullable SSLContext tls;

    /** For this address. */
    public ClientBuilder(String address) {
        this.address = Address.parse(address);
    }

    @Override
    public ClientBuilder target(Target target) {
        options = options.target(old -> target);
        return this;
    }

    @Override
    public ClientBuilder timeout(Duration timeout) {
        options = options.timeout(timeout);
        return this;
    }

    @Override
    public ClientBuilder options(UnaryOperator<CallOptions> change) {
        options = change.apply(options);
        return this;
    }

    @Override
    public ClientBuilder interceptor(ClientInterceptor interceptor) {
        interceptors.add(interceptor);
        return this;
    }

    @Override
    public ClientBuilder serializer(Serializer newSerializer) {
        serializer = newSerializer;
        return this;
    }

    @Override
    public ClientBuilder failure(String type, Function<RemoteException, ? extends RuntimeException> exception) {
        failures.put(type, exception);
        return this;
    }

    @Override
    public ClientBuilder limits(Limits newLimits) {
        limits = newLimits;
        return this;
    }

    @Override
    public ClientBuilder mapper(Consumer<MapperBuilder<?, ?>> customizer) {
        customizers.add(customizer);
        return this;
    }

    @Override
    public ClientBuilder tls(SSLContext context) {
        tls = context;
        return this;
    }

    @Override
    public RpcClient build() {
        ValueMapping values = new ValueMapping(limits, customizers);
        return new WireClient(
                Wires.of(address, options.target()).connect(address, new ClientContext(values, options.target(), tls)),
                address,
                values,
                serializer,
                List.copyOf(interceptors),
                new RemoteFailures(Map.copyOf(failures)),
                options,
                true);
    }
}
