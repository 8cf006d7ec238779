package dev.parley.jsonrpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.Target;
import dev.parley.spi.ClientContext;
import dev.parley.spi.Connection;
import dev.parley.spi.Listener;
import dev.parley.spi.ServerContext;
import dev.parley.spi.Wire;
import java.util.Set;

/**
 * JSON-RPC 2.0 and 1.0. A server takes both on the same address and answers each in its own shape; a client speaks 2.0 unless its address says
 * {@code version=1.0}. Thread-safe.
 */
public final class JsonRpcWire implements Wire {
    private static final String TCP = "jsonrpc+tcp";

    /** Made by {@link java.util.ServiceLoader}. */
    public JsonRpcWire() {}

    @Override
    public Set<String> schemes() {
        return Set.of("jsonrpc+http", "jsonrpc+https", "jsonrpc+unix", TCP);
    }

    @Override
    public Listener listen(Address address, Target target, ServerContext context) {
        refuseBrokerTarget(target);
        return address.scheme().equals(TCP)
                ? TcpListener.start(address, context)
                : HttpListener.start(address, context);
    }

    @Override
    public Connection connect(Address address, ClientContext context) {
        refuseBrokerTarget(context.target());
        return address.scheme().equals(TCP)
                ? JsonRpcTcpConnection.open(address, context)
                : JsonRpcHttpConnection.open(address, context);
    }

    private static void refuseBrokerTarget(Target target) {
        if (target.needsBroker()) {
            throw new InvalidTargetException("JSON-RPC has no " + target + ": only namespace and version");
        }
    }
}
