package dev.parley;

import org.jspecify.annotations.Nullable;

/** The peer has no such method, or its access policy hides it: the two are indistinguishable. */
public final class MethodNotFoundException extends RpcException {
    /** With a message. */
    public MethodNotFoundException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public MethodNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public MethodNotFoundException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
