package dev.parley;

import org.jspecify.annotations.Nullable;

/** No response arrived within the call's timeout. It is not known whether the method ran. */
public final class RpcTimeoutException extends RpcException {
    /** With a message. */
    public RpcTimeoutException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public RpcTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public RpcTimeoutException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
