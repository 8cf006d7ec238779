package dev.parley.security;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Says who may call which methods, on all wires of a server; see
 * {@link dev.parley.RpcServer.Builder#authorizer(Authorizer)}. It is asked before the method is looked for, so that a
 * refused caller does not learn which methods there are; each call of a batch is asked about by itself. Introspection
 * shows a caller what it may call, and nothing else.
 *
 * <p>Implementations are thread-safe.
 */
@FunctionalInterface
public interface Authorizer {
    /**
     * Whether a caller may call a method. Must not block: it runs on event loops, for each call, and for each method of
     * an introspection.
     *
     * @param caller the caller; {@code null} if the wire or the server does not authenticate
     * @param method the method's name as the caller wrote it, with its namespace, such as {@code math.add}; perhaps not
     *     the name of a method
     * @return whether it may; an exception counts as {@code false} and is logged
     */
    boolean permits(@Nullable Principal caller, String method);

    /** Reads files and the like anew; as {@link Authenticator#reload}. Does nothing by default. */
    default void reload() {}
}
