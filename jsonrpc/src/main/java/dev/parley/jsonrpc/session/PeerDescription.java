package dev.parley.jsonrpc.session;

import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.jsonrpc.message.SystemMethods;
import dev.parley.jsonrpc.openrpc.OpenRpcReader;
import dev.parley.spi.ClientTransport.PeerCaller;
import dev.parley.spi.Signatures;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Asks a peer what it offers: by {@code rpc.discover}, else by {@code system.listMethods}, {@code methodSignature} and
 * {@code methodHelp}. Confined to one description.
 */
public final class PeerDescription {
    /** More methods than these are listed by name only, since each is asked about twice. */
    private static final int MAX_ASKED = 1_000;

    private final PeerCaller peer;
    private boolean signatures = true;
    private boolean help = true;

    private PeerDescription(PeerCaller peer) {
        this.peer = peer;
    }

    public static ServiceDescription read(PeerCaller peer) {
        try {
            JsonNode document = peer.call(SystemMethods.DISCOVER, JsonNode.class);
            if (document != null && document.path("methods").isArray()) {
                return OpenRpcReader.read(document);
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException | SerializationException e) {
            // A server without OpenRPC; how it says so differs a lot.
        }
        try {
            List<?> names = peer.call(SystemMethods.LIST, List.class);
            if (names != null) {
                return new PeerDescription(peer).listed(names);
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException | SerializationException e) {
            throw none(e);
        }
        throw none(null);
    }

    private ServiceDescription listed(List<?> names) {
        List<String> methods = names.stream()
                .map(String::valueOf)
                .filter(name -> !name.startsWith("system.") && !name.equals(SystemMethods.DISCOVER))
                .distinct()
                .sorted()
                .toList();
        List<Method> described = new ArrayList<>();
        for (String method : methods) {
            boolean ask = described.size() < MAX_ASKED;
            described.add(Signatures.method(method, ask ? signature(method) : null, ask ? help(method) : null));
        }
        return new ServiceDescription("JSON-RPC service", described);
    }

    private @Nullable Object signature(String method) {
        try {
            return signatures ? peer.call(SystemMethods.SIGNATURE, Object.class, method) : null;
        } catch (MethodNotFoundException e) {
            signatures = false;
            return null;
        } catch (RemoteException | ProtocolException | SerializationException e) {
            return null;
        }
    }

    private @Nullable Object help(String method) {
        try {
            return help ? peer.call(SystemMethods.HELP, Object.class, method) : null;
        } catch (MethodNotFoundException e) {
            help = false;
            return null;
        } catch (RemoteException | ProtocolException | SerializationException e) {
            return null;
        }
    }

    private static InvalidTargetException none(@Nullable RpcException cause) {
        return new InvalidTargetException("the peer has neither " + SystemMethods.DISCOVER + " nor "
                + SystemMethods.LIST + (cause == null ? "" : ": " + cause.getMessage()));
    }
}
