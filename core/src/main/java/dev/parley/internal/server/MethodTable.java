package dev.parley.internal.server;

import dev.parley.Functions;
import dev.parley.InvalidTargetException;
import dev.parley.MethodNotFoundException;
import dev.parley.ServiceDescription;
import dev.parley.UnsupportedVersionException;
import dev.parley.spi.ServedMethod;
import dev.parley.spi.ServerCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method of a call: that of the first endpoint that has the method and serves its namespace and version.
 * Functions come before endpoints, and endpoints are in the order in which they were given. Immutable: a changed table
 * is a new one.
 */
final class MethodTable {
    private record Candidate(Endpoint endpoint, @Nullable String namespace, MethodGroup methods) {}

    private final List<Endpoint> endpoints;
    private final List<BoundMethod> functions;
    private final @Nullable MethodGroup fallback;
    private final List<Endpoint> all;
    private final Map<String, List<Candidate>> candidates = new HashMap<>();

    /**
     * A table.
     *
     * @throws IllegalArgumentException if two functions cannot be distinguished
     */
    MethodTable(List<Endpoint> endpoints, List<BoundMethod> functions, Functions.@Nullable Fallback fallback) {
        this(
                endpoints,
                functions,
                fallback == null ? null : new MethodGroup("fallback", List.of(BoundMethod.of(fallback))));
    }

    private MethodTable(List<Endpoint> endpoints, List<BoundMethod> functions, @Nullable MethodGroup fallback) {
        this.endpoints = List.copyOf(endpoints);
        this.functions = List.copyOf(functions);
        this.fallback = fallback;
        this.all = functions.isEmpty()
                ? this.endpoints
                : Stream.concat(Stream.of(Endpoint.ofFunctions(functions)), endpoints.stream())
                        .toList();
        for (Endpoint endpoint : all) {
            for (@Nullable String namespace : endpoint.namespaces()) {
                endpoint.methods()
                        .forEach((name, methods) -> candidates
                                .computeIfAbsent(qualified(namespace, name), key -> new ArrayList<>())
                                .add(new Candidate(endpoint, namespace, methods)));
            }
        }
    }

    /** This table with one more endpoint, after the others. */
    MethodTable with(Endpoint endpoint) {
        return new MethodTable(
                Stream.concat(endpoints.stream(), Stream.of(endpoint)).toList(), functions, fallback);
    }

    /** This table with one more function. */
    MethodTable with(BoundMethod function) {
        return new MethodTable(
                endpoints,
                Stream.concat(functions.stream(), Stream.of(function)).toList(),
                fallback);
    }

    /** This table without the endpoints made of an object; this table itself if there is none. */
    @SuppressWarnings("ReferenceEquality") // Endpoints are known by identity: their equals() is the user's.
    MethodTable without(Object source) {
        List<Endpoint> left =
                endpoints.stream().filter(one -> one.source() != source).toList();
        return left.size() == endpoints.size() ? this : new MethodTable(left, functions, fallback);
    }

    /** This table without the functions of a name; this table itself if there is none. */
    MethodTable withoutFunctions(String name) {
        List<BoundMethod> left =
                functions.stream().filter(one -> !one.name().equals(name)).toList();
        return left.size() == functions.size() ? this : new MethodTable(endpoints, left, fallback);
    }

    /** The name of a method with its namespace. */
    static String qualified(@Nullable String namespace, String name) {
        return namespace == null ? name : namespace + "." + name;
    }

    boolean has(String method) {
        return candidates.containsKey(method);
    }

    /**
     * The methods of a call's name.
     *
     * @throws MethodNotFoundException if there is none
     * @throws UnsupportedVersionException if no endpoint serves the version
     */
    MethodGroup find(ServerCall call) {
        String version = call.version();
        List<Candidate> named = candidates.get(qualified(call.namespace(), call.method()));
        if (named != null) {
            for (Candidate candidate : named) {
                if (version == null || supports(candidate.endpoint(), candidate.namespace(), version)) {
                    return candidate.methods();
                }
            }
        } else if (fallback != null) {
            return fallback;
        }
        // As oslo.messaging: the version is the reason only if no endpoint at all serves it.
        if (version == null || all.stream().anyMatch(one -> supports(one, call.namespace(), version))) {
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
        for (Endpoint endpoint : all) {
            for (MethodGroup group : endpoint.methods().values()) {
                for (BoundMethod method : group.methods()) {
                    methods.add(method.describe(endpoint.namespaces().getFirst(), endpoint.version()));
                }
            }
        }
        methods.sort(Comparator.comparing(ServiceDescription.Method::qualifiedName));
        return new ServiceDescription(name, methods);
    }

    /** The methods that a call without a version reaches, by qualified name. */
    List<ServedMethod> methods(FailureNames names) {
        List<ServedMethod> methods = new ArrayList<>();
        new TreeMap<>(candidates).values().stream().map(List::getFirst).forEach(first -> {
            for (BoundMethod method : first.methods().methods()) {
                methods.add(method.served(first.namespace(), first.endpoint().version(), names));
            }
        });
        return List.copyOf(methods);
    }
}
