package dev.parley.internal.server;

import dev.parley.AccessPolicy;
import dev.parley.Expose;
import dev.parley.Namespace;
import dev.parley.Target;
import dev.parley.Version;
import dev.parley.spi.Versions;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One object that is served, or a set of functions: its namespaces, its version and its methods by name. Immutable. */
final class Endpoint {
    private final Object source;
    private final List<@Nullable String> namespaces;
    private final @Nullable String version;
    private final Map<String, MethodGroup> methods;

    private Endpoint(
            Object source,
            List<@Nullable String> namespaces,
            @Nullable String version,
            Collection<BoundMethod> methods) {
        this.source = source;
        this.namespaces = namespaces;
        this.version = version;
        Map<String, List<BoundMethod>> byName = new TreeMap<>();
        for (BoundMethod method : methods) {
            byName.computeIfAbsent(method.name(), name -> new ArrayList<>()).add(method);
        }
        Map<String, MethodGroup> groups = new TreeMap<>();
        byName.forEach((name, overloads) -> groups.put(name, new MethodGroup(name, overloads)));
        this.methods = Collections.unmodifiableMap(groups);
    }

    /**
     * An endpoint object.
     *
     * @param type the type whose methods and annotations are read: the class of the object, or the interface served
     * @param target overrides the annotations; {@code null} for the annotations
     */
    static Endpoint of(Class<?> type, Object object, @Nullable Target target, AccessPolicy policy) {
        return of(type, object, object, target, policy);
    }

    /** The static methods of a class. */
    static Endpoint ofStaticMethods(Class<?> type, @Nullable Target target, AccessPolicy policy) {
        return of(type, null, type, target, policy);
    }

    /** Functions, which have no namespace and no version. */
    static Endpoint ofFunctions(List<BoundMethod> functions) {
        return new Endpoint(functions, Collections.singletonList(null), null, functions);
    }

    private static Endpoint of(
            Class<?> type, @Nullable Object object, Object source, @Nullable Target target, AccessPolicy policy) {
        List<BoundMethod> methods = new ArrayList<>();
        for (Method method : type.getMethods()) {
            boolean candidate = type.isInterface()
                    || policy.inherited()
                    || method.getDeclaringClass() == type
                    || method.isAnnotationPresent(Expose.class);
            boolean callable = object == null ? isStatic(method) : AccessPolicy.callable(method);
            if (candidate && callable && policy.allows(method)) {
                methods.add(BoundMethod.of(object, method));
            }
        }
        if (methods.isEmpty()) {
            throw new IllegalArgumentException(type.getName() + " exposes no method: it needs public "
                    + (object == null ? "static " : "") + "methods of its own that the access policy allows");
        }
        try {
            if (target != null) {
                List<@Nullable String> namespaces = new ArrayList<>();
                namespaces.add(target.namespace());
                namespaces.addAll(target.legacyNamespaces());
                return new Endpoint(source, Collections.unmodifiableList(namespaces), target.version(), methods);
            }
            Namespace namespace = type.getAnnotation(Namespace.class);
            Version version = type.getAnnotation(Version.class);
            return new Endpoint(
                    source,
                    Collections.singletonList(namespace == null ? null : namespace.value()),
                    version == null ? null : version.value(),
                    methods);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(type.getName() + ": " + e.getMessage(), e);
        }
    }

    private static boolean isStatic(Method method) {
        int modifiers = method.getModifiers();
        return Modifier.isPublic(modifiers) && Modifier.isStatic(modifiers) && !method.isSynthetic();
    }

    /** What the endpoint was made of: an object, or the class of static methods. */
    Object source() {
        return source;
    }

    List<@Nullable String> namespaces() {
        return namespaces;
    }

    /** The version, {@code null} if the endpoint has none. */
    @Nullable
    String version() {
        return version;
    }

    /** Its methods by name. */
    Map<String, MethodGroup> methods() {
        return methods;
    }

    /** Whether it serves a namespace and a version. As in oslo.messaging, an endpoint without a version has 1.0. */
    boolean compatible(@Nullable String namespace, @Nullable String requested) {
        return namespaces.stream().anyMatch(own -> Objects.equals(own, namespace))
                && (requested == null || Versions.compatible(version == null ? "1.0" : version, requested));
    }
}
