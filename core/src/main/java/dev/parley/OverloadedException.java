package dev.parley;

import org.jspecify.annotations.Nullable;

/** A limit on calls in flight is reached, on the server or on the client. */
public final class OverloadedException extends RpcException {
    /** With a message. */
    public OverloadedException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public OverloadedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public OverloadedException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
