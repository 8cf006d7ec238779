package dev.parley.internal.server;

import dev.parley.AccessDeniedException;
import dev.parley.security.Authorizer;
import dev.parley.spi.PeerLog;
import dev.parley.spi.PrintableText;
import dev.parley.spi.ServerCall;
import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Asks a server's authorizer. Thread-safe. */
record Authorization(Authorizer authorizer) {
    private static final PeerLog faults = new PeerLog(LoggerFactory.getLogger(Authorization.class));
    private static final int MAX_NAME = 200;

    /** Whether a caller may call a method, by its qualified name. */
    boolean permits(@Nullable Principal caller, String method) {
        try {
            return authorizer.permits(caller, method);
        } catch (RuntimeException | Error e) {
            faults.error(null, "the authorizer failed, so that {} may not call {}", name(caller), method, e);
            return false;
        }
    }

    /** The error for a call that is not permitted; {@code null} if it is. */
    @Nullable
    AccessDeniedException refusal(ServerCall call) {
        Principal caller = call.principal();
        String method = MethodTable.qualified(call.namespace(), call.method());
        if (permits(caller, method)) {
            return null;
        }
        faults.warn(call.remoteAddress(), "{} may not call {}", name(caller), method);
        return new AccessDeniedException(
                name(caller) + " may not call the method " + PrintableText.line(method, MAX_NAME));
    }

    private static String name(@Nullable Principal caller) {
        return caller == null ? "a caller that is not authenticated" : PrintableText.line(caller.getName(), MAX_NAME);
    }
}
