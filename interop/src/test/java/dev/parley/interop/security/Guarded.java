package dev.parley.interop.security;

import dev.parley.RpcContext;

/** A service that tells who calls. */
public final class Guarded {
    /** The caller's name. */
    public String whoami(RpcContext context) {
        return context.principal() == null ? "nobody" : context.principal().getName();
    }

    /** What alice may not call. */
    public int closed() {
        return 1;
    }
}
