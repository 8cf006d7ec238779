package dev.parley;

import org.jspecify.annotations.Nullable;

/** The peer sent a message that is malformed or exceeds a limit. */
public final class ProtocolException extends RpcException {
    /** With a message. */
    public ProtocolException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public ProtocolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public ProtocolException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
