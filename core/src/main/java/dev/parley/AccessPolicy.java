package dev.parley;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * Decides which methods of an endpoint's class a peer may call. A method that is not allowed is not found. Methods of
 * {@link Object}, synthetic and non-public methods are never exposed, whatever the policy; static methods are exposed
 * only by {@link RpcServer.Builder#staticMethods}. Implementations must be thread-safe.
 */
@FunctionalInterface
public interface AccessPolicy {
    /** Whether peers may call this method. */
    boolean allows(Method method);

    /** Every public method, including inherited ones, as oslo.messaging's legacy policy. */
    static AccessPolicy legacy() {
        return method -> true;
    }

    /**
     * The public methods that the class itself declares and whose name does not start with an underscore; inherited
     * methods only if they have {@link Expose}. The default.
     */
    static AccessPolicy declared() {
        return new AccessPolicy() {
            @Override
            public boolean allows(Method method) {
                return !method.getName().startsWith("_");
            }

            @Override
            public boolean inherited() {
                return false;
            }
        };
    }

    /** Only methods with {@link Expose}. */
    static AccessPolicy explicit() {
        return method -> method.isAnnotationPresent(Expose.class);
    }

    /** Whether inherited methods without {@link Expose} are considered at all; {@code true} unless overridden. */
    default boolean inherited() {
        return true;
    }

    /**
     * Whether a policy may expose a method of an endpoint object: whether it is public, not static, not synthetic and
     * not a method of {@link Object}.
     */
    static boolean callable(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && !method.isSynthetic()
                && !method.isBridge()
                && method.getDeclaringClass() != Object.class
                && !overridesObject(method);
    }

    private static boolean overridesObject(Method method) {
        return Arrays.stream(Object.class.getDeclaredMethods())
                .anyMatch(own -> own.getName().equals(method.getName())
                        && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
    }
}
