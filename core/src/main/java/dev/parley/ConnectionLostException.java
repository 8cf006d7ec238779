package dev.parley;

import org.jspecify.annotations.Nullable;

/** The peer could not be reached, or the connection broke while the call was under way. Whether the method ran is not known. */
public final class ConnectionLostException extends RpcException {
    /** With a message. */
    public ConnectionLostException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public ConnectionLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
