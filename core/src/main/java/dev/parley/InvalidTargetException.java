package dev.parley;

import org.jspecify.annotations.Nullable;

/** The target or the address cannot be used: malformed, incomplete, or asking for what its wire cannot do. */
public final class InvalidTargetException extends RpcException {
    /** With a message. */
    public InvalidTargetException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public InvalidTargetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
