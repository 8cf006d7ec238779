package dev.parley.internal.server;

import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ServiceDescription;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.ServerCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the method of a call: the first endpoint, in the order given, that answers to its namespace and version and has the method. Immutable. */
final class MethodTable {
    private record Candidate(Endpoint endpoint, @Nullable String namespace, BoundMethod method) {}

    private final List<Endpoint> endpoints;
    private final Map<String, List<Candidate>> candidates = new HashMap<>();

    MethodTable(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
        for (Endpoint endpoint : endpoints) {
            for (@Nullable String namespace : endpoint.namespaces()) {
                endpoint.methods()
                        .forEach((name, method) -> candidates
                                .computeIfAbsent(qualified(namespace, name), key -> new ArrayList<>())
                                .add(new Candidate(endpoint, namespace, method)));
            }
        }
    }

    private static String qualified(@Nullable String namespace, String name) {
        return namespace == null ? name : namespace + "." + name;
    }

    boolean has(String method) {
        return candidates.containsKey(method);
    }

    BoundMethod find(ServerCall call) {
        String version = call.version();
        List<Candidate> named = candidates.get(qualified(call.namespace(), call.method()));
        if (named != null) {
            for (Candidate candidate : named) {
                if (version == null || supports(candidate.endpoint(), candidate.namespace(), version)) {
                    return candidate.method();
                }
            }
        }
        // oslo.messaging's rule: the version is to blame only if no endpoint at all answers to it.
        if (version == null || endpoints.stream().anyMatch(one -> supports(one, call.namespace(), version))) {
            throw new MethodNotFoundException("Endpoint does not support RPC method " + call.method());
        }
        throw new UnsupportedVersionException(
                "Endpoint does not support RPC version " + version + ". Attempted method: " + call.method());
    }

    private static boolean supports(Endpoint endpoint, @Nullable String namespace, String version) {
        try {
            return endpoint.compatible(namespace, version);
        } catch (InvalidTargetException e) {
            throw new UnsupportedVersionException(e.getMessage(), e);
        }
    }

    ServiceDescription describe(String name) {
        List<ServiceDescription.Method> methods = new ArrayList<>();
        for (Endpoint endpoint : endpoints) {
            for (BoundMethod method : endpoint.methods().values()) {
                methods.add(method.describe(endpoint.namespaces().getFirst(), endpoint.version()));
            }
        }
        methods.sort(Comparator.comparing(ServiceDescription.Method::qualifiedName));
        return new ServiceDescription(name, methods);
    }
}
