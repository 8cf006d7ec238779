package dev.parley.jsonrpc.session;

import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.jsonrpc.message.Introspection;
import dev.parley.spi.ClientTransport.PeerCaller;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks a peer what it offers: by {@code rpc.discover}, else by {@code system.listMethods}. */
public final class PeerDescription {
    private PeerDescription() {}

    public static ServiceDescription read(PeerCaller peer) {
        try {
            JsonNode document = peer.call(Introspection.DISCOVER, JsonNode.class);
            if (document != null && document.path("methods").isArray()) {
                return Introspection.read(document);
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException | SerializationException e) {
            // A server without OpenRPC; how it says so differs a lot.
        }
        try {
            List<?> names = peer.call(Introspection.LIST, List.class);
            if (names != null) {
                return Introspection.ofNames(names.stream().map(String::valueOf).toList());
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException | SerializationException e) {
            throw none(e);
        }
        throw none(null);
    }

    private static InvalidTargetException none(@Nullable RpcException cause) {
        return new InvalidTargetException("the peer has neither " + Introspection.DISCOVER + " nor "
                + Introspection.LIST + (cause == null ? "" : ": " + cause.getMessage()));
    }
}
