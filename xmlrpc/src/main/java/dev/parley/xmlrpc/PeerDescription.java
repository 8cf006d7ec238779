package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.spi.ClientTransport.PeerCaller;
import dev.parley.spi.Signatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a peer for its methods by the {@code system.} methods that it has. Not thread-safe. */
final class PeerDescription {
    private final PeerCaller peer;
    private final Address address;

    PeerDescription(PeerCaller peer, Address address) {
        this.peer = peer;
        this.address = address;
    }

    /**
     * Asks.
     *
     * @throws InvalidTargetException if the peer has no {@code system.listMethods}
     */
    ServiceDescription read() {
        List<?> names;
        try {
            names = list(call("system.listMethods"));
        } catch (MethodNotFoundException | RemoteException | ProtocolException e) {
            throw new InvalidTargetException("the peer at " + address
                    + " does not list its methods (it has no system.listMethods): " + e.getMessage());
        }
        List<String> methods = names.stream()
                .map(String::valueOf)
                .filter(name -> !SystemMethods.isOwn(name))
                .sorted()
                .toList();
        List<? extends @Nullable Object> details = details(methods);
        List<Method> described = new ArrayList<>();
        for (int i = 0; i < methods.size(); i++) {
            described.add(Signatures.method(methods.get(i), details.get(2 * i), details.get(2 * i + 1)));
        }
        return new ServiceDescription(address.toString(), described);
    }

    /** Signature and help of each method, {@code null} if unknown; in one round trip if the peer has multicall. */
    private List<? extends @Nullable Object> details(List<String> methods) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (String method : methods) {
            for (String question : List.of("system.methodSignature", "system.methodHelp")) {
                calls.add(Map.of("methodName", question, "params", List.of(method)));
            }
        }
        List<@Nullable Object> results = new ArrayList<>();
        try {
            List<?> all = list(call("system.multicall", calls));
            // Supervisor does not put each result into an array of one: its help then is plain text.
            boolean flat = all.stream().anyMatch(String.class::isInstance);
            for (Object result : all) {
                boolean fault = result instanceof Map<?, ?>;
                results.add(
                        fault
                                ? null
                                : flat
                                        ? result
                                        : result instanceof List<?> one && one.size() == 1 ? one.getFirst() : null);
            }
            if (results.size() == calls.size()) {
                return results;
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException e) {
            // Asked one by one below.
        }
        results.clear();
        for (Map<String, Object> call : calls) {
            try {
                results.add(call(
                        String.valueOf(call.get("methodName")),
                        list(call.get("params")).getFirst()));
            } catch (MethodNotFoundException | RemoteException | ProtocolException e) {
                results.add(null);
            }
        }
        return results;
    }

    private @Nullable Object call(String method, Object... arguments) {
        return peer.call(method, Object.class, arguments);
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new SerializationException(
                "the peer's description does not have the form of the introspection extension");
    }
}
