package dev.parley;

import org.jspecify.annotations.Nullable;

/** The credentials were refused, or do not permit the call. */
public final class AccessDeniedException extends RpcException {
    /** With a message. */
    public AccessDeniedException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public AccessDeniedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public AccessDeniedException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
