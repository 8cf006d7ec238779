package dev.parley.zerorpc.client;

import dev.parley.MethodNotFoundException;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.ServiceDescription;
import dev.parley.ServiceDescription.Method;
import dev.parley.ServiceDescription.Parameter;
import dev.parley.ServiceDescription.ValueType;
import dev.parley.spi.ClientTransport.PeerCaller;
import dev.parley.spi.ValueMapping;
import dev.parley.zerorpc.event.BuiltInMethods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a peer what it offers: {@code _zerorpc_inspect}, or, where that fails as in Python since 3.11,
 * {@code _zerorpc_name}, {@code _zerorpc_list}, {@code _zerorpc_args} and {@code _zerorpc_help}. Immutable.
 */
final class PeerDescription {
    private final ValueMapping values;

    PeerDescription(ValueMapping values) {
        this.values = values;
    }

    ServiceDescription read(PeerCaller peer) {
        try {
            if (peer.call(BuiltInMethods.INSPECT, Object.class) instanceof Map<?, ?> service
                    && service.get("methods") instanceof Map<?, ?> methods) {
                List<Method> list = new ArrayList<>();
                methods.forEach((name, entry) -> list.add(method(String.valueOf(name), entry)));
                return new ServiceDescription(text(service.get("name"), ""), sorted(list));
            }
            throw new ProtocolException("the response to " + BuiltInMethods.INSPECT + " is not a description");
        } catch (RemoteException | MethodNotFoundException e) {
            return listed(peer);
        }
    }

    private ServiceDescription listed(PeerCaller peer) {
        if (!(result(peer, BuiltInMethods.LIST) instanceof List<?> names)) {
            throw new ProtocolException("the response to " + BuiltInMethods.LIST + " is not a list");
        }
        String name = text(resultOrNull(peer, BuiltInMethods.NAME), "");
        List<Method> methods = new ArrayList<>();
        boolean tellsParameters = true;
        for (Object method : names) {
            Object spec = tellsParameters ? resultOrNull(peer, BuiltInMethods.ARGS, method) : null;
            // A peer that fails for one method, as Python since 3.11, fails for all.
            tellsParameters = spec != null;
            String doc = textOrNull(resultOrNull(peer, BuiltInMethods.HELP, method));
            methods.add(new Method(String.valueOf(method), null, null, parameters(spec), null, doc));
        }
        return new ServiceDescription(name, sorted(methods));
    }

    private static @Nullable Object result(PeerCaller peer, String method, @Nullable Object... args) {
        return peer.call(method, Object.class, args);
    }

    private static @Nullable Object resultOrNull(PeerCaller peer, String method, @Nullable Object... args) {
        try {
            return result(peer, method, args);
        } catch (RemoteException | MethodNotFoundException e) {
            return null;
        }
    }

    /** Reads Python's ArgSpec: names, name of the variable argument, name of the keywords, last names' defaults. */
    private @Nullable List<Parameter> parameters(@Nullable Object argSpec) {
        if (!(argSpec instanceof List<?> parts) || parts.isEmpty() || !(parts.getFirst() instanceof List<?> names)) {
            return null;
        }
        List<?> defaults = parts.size() > 3 && parts.get(3) instanceof List<?> given ? given : List.of();
        int required = names.size() - defaults.size();
        List<Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = text(names.get(i), "?");
            if (i == 0 && name.equals("self")) {
                continue;
            }
            Object value = i < required ? null : defaults.get(i - Math.max(0, required));
            String json = value == null ? null : values.json().writeValueAsString(value);
            parameters.add(new Parameter(name, null, i < required, json, false));
        }
        if (parts.size() > 1 && parts.get(1) instanceof String variable) {
            parameters.add(new Parameter(variable, null, false, null, true));
        }
        return parameters;
    }

    private static List<Method> sorted(List<Method> methods) {
        methods.sort(Comparator.comparing(Method::name));
        return methods;
    }

    private Method method(String name, @Nullable Object entry) {
        if (!(entry instanceof Map<?, ?> about)) {
            return new Method(name, null, null, null, null, null);
        }
        List<Parameter> parameters = null;
        if (about.get("args") instanceof List<?> args) {
            parameters = new ArrayList<>();
            for (Object arg : args) {
                Parameter parameter = parameter(arg);
                // Python counts the object itself among a method's arguments.
                if (!(parameters.isEmpty() && parameter.name().equals("self"))) {
                    parameters.add(parameter);
                }
            }
        }
        String doc = textOrNull(about.get("doc"));
        return new Method(name, null, null, parameters, null, doc == null || doc.isEmpty() ? null : doc);
    }

    private Parameter parameter(@Nullable Object arg) {
        if (!(arg instanceof Map<?, ?> about)) {
            return new Parameter(String.valueOf(arg), null, true, null, false);
        }
        boolean optional = about.containsKey("default");
        Object value = about.get("default");
        return new Parameter(
                text(about.get("name"), "?"),
                type(about.get("type")),
                !optional,
                value == null ? null : values.json().writeValueAsString(value),
                false);
    }

    private static @Nullable ValueType type(@Nullable Object name) {
        for (ValueType type : ValueType.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return type;
            }
        }
        return null;
    }

    private static @Nullable String textOrNull(@Nullable Object value) {
        return value instanceof String text ? text : null;
    }

    private static String text(@Nullable Object value, String otherwise) {
        return value instanceof String text ? text : otherwise;
    }
}
