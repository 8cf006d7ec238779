package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The target or the address is malformed, incomplete, or requires something that its wire does not support or its
 * broker does not permit.
 */
public final class InvalidTargetException extends RpcException {
    /** With a message. */
    public InvalidTargetException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public InvalidTargetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public InvalidTargetException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
