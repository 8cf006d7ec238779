package dev.parley;

import org.jspecify.annotations.Nullable;

/** The peer sent bytes that its protocol does not allow, or that are over a limit. */
public final class ProtocolException extends RpcException {
    /** With a message. */
    public ProtocolException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public ProtocolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
