package dev.parley.xmlrpc;

import dev.parley.Address;
import dev.parley.Args;
import dev.parley.CallOptions;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.SerializationException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.Target;
import dev.parley.spi.ClientCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a peer for its methods by the {@code system.} methods that it has. Used by one thread. */
final class PeerDescription {
    private final XmlRpcConnection connection;
    private final CallOptions options;
    private final Address address;

    PeerDescription(XmlRpcConnection connection, CallOptions options, Address address) {
        this.connection = connection;
        // The introspection methods are in no namespace of the service.
        this.options = options.target(target -> Target.none());
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
                    + " does not tell its methods (it has no system.listMethods): " + e.getMessage());
        }
        List<String> methods = names.stream()
                .map(String::valueOf)
                .filter(name -> !SystemMethods.isOwn(name))
                .sorted()
                .toList();
        List<? extends @Nullable Object> details = details(methods);
        List<Method> described = new ArrayList<>();
        for (int i = 0; i < methods.size(); i++) {
            described.add(method(methods.get(i), details.get(2 * i), details.get(2 * i + 1)));
        }
        return new ServiceDescription(address.toString(), described);
    }

    /** Signature and help of each method, {@code null} where the peer does not tell; in one round trip if it has multicall. */
    private List<? extends @Nullable Object> details(List<String> methods) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (String method : methods) {
            for (String question : List.of("system.methodSignature", "system.methodHelp")) {
                calls.add(Map.of("methodName", question, "params", List.of(method)));
            }
        }
        List<@Nullable Object> answers = new ArrayList<>();
        try {
            for (Object answer : list(call("system.multicall", calls))) {
                answers.add(answer instanceof List<?> one && one.size() == 1 ? one.getFirst() : null);
            }
            if (answers.size() == calls.size()) {
                return answers;
            }
        } catch (MethodNotFoundException | RemoteException | ProtocolException e) {
            // One by one, then.
        }
        answers.clear();
        for (Map<String, Object> call : calls) {
            try {
                answers.add(call(
                        String.valueOf(call.get("methodName")),
                        list(call.get("params")).getFirst()));
            } catch (MethodNotFoundException | RemoteException | ProtocolException e) {
                answers.add(null);
            }
        }
        return answers;
    }

    private static Method method(String name, @Nullable Object signatures, @Nullable Object help) {
        List<?> longest = List.of();
        int shortest = Integer.MAX_VALUE;
        if (signatures instanceof List<?> all) {
            for (Object signature : all) {
                if (signature instanceof List<?> types && !types.isEmpty()) {
                    longest = types.size() > longest.size() ? types : longest;
                    shortest = Math.min(shortest, types.size());
                }
            }
        }
        List<Parameter> parameters = null;
        ValueType result = null;
        if (!longest.isEmpty()) {
            result = SystemMethods.valueType(String.valueOf(longest.getFirst()));
            parameters = new ArrayList<>();
            for (int i = 1; i < longest.size(); i++) {
                ValueType type = SystemMethods.valueType(String.valueOf(longest.get(i)));
                parameters.add(new Parameter("arg" + i, type, i < shortest, null, false));
            }
        }
        String doc = help instanceof String text && !text.isBlank() ? text.strip() : null;
        return new Method(name, null, null, parameters, result, doc);
    }

    private @Nullable Object call(String method, Object... arguments) {
        Duration timeout = options.timeout() == null ? connection.defaultTimeout() : options.timeout();
        return connection.call(new ClientCall(method, Args.of(arguments), Object.class, options, timeout));
    }

    private static List<?> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new SerializationException("the peer's description of itself is not of the form that the extension has");
    }
}
