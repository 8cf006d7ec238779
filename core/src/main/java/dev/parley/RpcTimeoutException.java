package dev.parley;

import org.jspecify.annotations.Nullable;

/** No answer came within the call's timeout. Whether the method ran is not known. */
public final class RpcTimeoutException extends RpcException {
    /** With a message. */
    public RpcTimeoutException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public RpcTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
