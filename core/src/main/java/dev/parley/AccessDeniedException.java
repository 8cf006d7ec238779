package dev.parley;

import org.jspecify.annotations.Nullable;

/** The credentials were refused, or do not permit the call. */
public final class AccessDeniedException extends RpcException {
    /** With a message. */
    public AccessDeniedException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public AccessDeniedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
