package dev.parley.internal.server;

import dev.parley.RemoteException;
import dev.parley.RpcException;
import dev.parley.internal.ThrownErrors;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names under which a server sends the exceptions of its methods. Immutable and thread-safe.
 *
 * @param byClass names with their modules, by exception class
 */
record FailureNames(Map<Class<? extends Exception>, String> byClass) {
    private static final Pattern NAME = Pattern.compile("(\\w+\\.)*\\w+");

    /** Checks the form of a name. */
    static String checked(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not the name of a type, such as nova.exception.InstanceNotFound");
        }
        return name;
    }

    /** What a method has thrown, as it is sent to the caller. */
    RpcException outgoing(Throwable error) {
        String name = error instanceof RpcException || byClass.isEmpty() ? null : nearest(error.getClass());
        if (name == null) {
            return ThrownErrors.outgoing(error);
        }
        int dot = name.lastIndexOf('.');
        return RemoteException.of(name.substring(dot + 1), error.getMessage())
                .withModule(dot < 0 ? "builtins" : name.substring(0, dot))
                .withCause(error);
    }

    /** The name under which callers see an exception of a class, without its module. */
    String name(Class<? extends Throwable> type) {
        String name = RpcException.class.isAssignableFrom(type) ? null : nearest(type);
        return name == null ? ThrownErrors.name(type) : name.substring(name.lastIndexOf('.') + 1);
    }

    private @Nullable String nearest(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            String name = byClass.get(each);
            if (name != null) {
                return name;
            }
        }
        return null;
    }
}
