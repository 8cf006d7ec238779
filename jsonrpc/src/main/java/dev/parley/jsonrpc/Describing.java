package dev.parley.jsonrpc;

import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.spi.ClientCall;
import dev.parley.spi.Connection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks a peer what it offers: by {@code rpc.discover}, else by {@code system.listMethods}. */
final class Describing {
    private Describing() {}

    static ServiceDescription describe(Connection connection, CallOptions options) {
        try {
            JsonNode document =
                    (JsonNode) connection.call(call(connection, options, Introspection.DISCOVER, JsonNode.class));
            if (document != null && document.path("methods").isArray()) {
                return Introspection.read(document);
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException | SerializationException e) {
            // A server without OpenRPC; what it answers differs a lot.
        }
        try {
            Object names = connection.call(call(connection, options, Introspection.LIST, List.class));
            if (names instanceof List<?> list) {
                return Introspection.ofNames(list.stream().map(String::valueOf).toList());
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException | SerializationException e) {
            throw none(e);
        }
        throw none(null);
    }

    private static ClientCall call(Connection connection, CallOptions options, String method, Class<?> type) {
        Duration timeout = options.timeout() == null ? connection.defaultTimeout() : options.timeout();
        return new ClientCall(method, Args.of(), type, options.namespace(null), timeout);
    }

    private static InvalidTargetException none(@Nullable RpcException cause) {
        return new InvalidTargetException("the peer has neither " + Introspection.DISCOVER + " nor "
                + Introspection.LIST + (cause == null ? "" : ": " + cause.getMessage()));
    }
}
