package dev.parley;

import org.jspecify.annotations.Nullable;

/** The peer has no such method, or its access policy hides it: the two are not told apart. */
public final class MethodNotFoundException extends RpcException {
    /** With a message. */
    public MethodNotFoundException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public MethodNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
