package dev.parley.internal.server;

import dev.parley.AccessPolicy;
import dev.parley.Expose;
import dev.parley.Namespace;
import dev.parley.Target;
import dev.parley.Version;
import dev.parley.internal.Versions;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One object that is served: the namespaces and the version it answers to, and its methods by name. Immutable. */
final class Endpoint {
    private final List<@Nullable String> namespaces = new ArrayList<>();
    private final @Nullable String version;
    private final Map<String, BoundMethod> methods = new TreeMap<>();

    /**
     * An endpoint.
     *
     * @param type what is looked at for methods and annotations: the object's class, or the interface served
     * @param target overrides the annotations; {@code null} for these
     */
    Endpoint(Class<?> type, Object object, @Nullable Target target, AccessPolicy policy) {
        Namespace namespace = type.getAnnotation(Namespace.class);
        Version annotated = type.getAnnotation(Version.class);
        if (target != null) {
            namespaces.add(target.namespace());
            namespaces.addAll(target.legacyNamespaces());
            version = target.version();
        } else {
            namespaces.add(namespace == null ? null : namespace.value());
            version = annotated == null ? null : annotated.value();
        }
        for (Method method : type.getMethods()) {
            boolean candidate = type.isInterface()
                    || policy.inherited()
                    || method.getDeclaringClass() == type
                    || method.isAnnotationPresent(Expose.class);
            if (candidate && AccessPolicy.callable(method) && policy.allows(method)) {
                add(new BoundMethod(object, method), type);
            }
        }
        if (methods.isEmpty()) {
            throw new IllegalArgumentException(type.getName()
                    + " offers no method: it needs public methods of its own that the access policy allows");
        }
    }

    private void add(BoundMethod method, Class<?> type) {
        BoundMethod other = methods.putIfAbsent(method.name(), method);
        if (other != null) {
            throw new IllegalArgumentException(type.getName() + " offers two methods named '" + method.name()
                    + "'; give one of them another name with @Expose(\"…\"): " + other + ", " + method);
        }
    }

    List<@Nullable String> namespaces() {
        return namespaces;
    }

    /** The version, {@code null} if the endpoint tells none. */
    @Nullable
    String version() {
        return version;
    }

    /** Its methods by name. */
    Map<String, BoundMethod> methods() {
        return methods;
    }

    /** As oslo.messaging: an endpoint without a version is 1.0. */
    boolean compatible(@Nullable String namespace, @Nullable String requested) {
        return namespaces.stream().anyMatch(own -> Objects.equals(own, namespace))
                && (requested == null || Versions.compatible(version == null ? "1.0" : version, requested));
    }
}
