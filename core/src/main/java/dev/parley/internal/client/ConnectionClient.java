package dev.parley.internal.client;

import dev.parley.Address;
import dev.parley.CallOptions;
import dev.parley.RpcClient;
import dev.parley.Serializer;
import dev.parley.Target;
import dev.parley.spi.ClientTransport;
import dev.parley.spi.ValueMapping;
import dev.parley.spi.Wires;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the clients that call the peer of a connection which they do not own. Stateless and thread-safe. */
public final class ConnectionClient {
    private static final int MAX_PENDING_CALLS = 100_000;

    private ConnectionClient() {}

    /**
     * A client, which never closes its transport.
     *
     * @param address of the server, whichever side it is on
     */
    public static RpcClient of(
            Address address, ClientTransport transport, ValueMapping values, @Nullable Serializer serializer) {
        return new TransportClient(
                new TransportClient.Shared(
                        new CallEngine(transport, MAX_PENDING_CALLS),
                        Wires.resolve(address, Target.none()),
                        () -> address,
                        values,
                        serializer,
                        List.of(),
                        new ExceptionMapping(Map.of(), Map.of())),
                CallOptions.defaults(),
                false);
    }
}
