package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The peer could not be reached, or the connection broke while the call was in flight. It is not known whether the
 * method ran.
 */
public final class ConnectionLostException extends RpcException {
    /** With a message. */
    public ConnectionLostException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public ConnectionLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public ConnectionLostException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
