package dev.parley;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/**
 * Which methods of an endpoint's class a peer may call. A method that is not allowed is not found. Methods of {@link Object}, static, synthetic and
 * non-public ones are never exposed, whatever the policy.
 */
@FunctionalInterface
public interface AccessPolicy {
    /** Whether peers may call this method. */
    boolean allows(Method method);

    /** Every public method, inherited ones too, as oslo.messaging's legacy policy. */
    static AccessPolicy legacy() {
        return method -> true;
    }

    /**
     * The public methods that the class itself declares and whose name does not start with an underscore; methods with {@link Expose} wherever they are. The
     * default.
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

    /** Whether a method can be exposed by any policy: public, an instance method, not synthetic, not of {@link Object}. */
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
