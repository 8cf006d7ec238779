package dev.parley;

import org.jspecify.annotations.Nullable;

/**
 * The broker rejected the message or could not route it, or there was no connection and no retries of sending were left:
 * no server received the call.
 */
public final class DeliveryException extends RpcException {
    /** With a message. */
    public DeliveryException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public DeliveryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public DeliveryException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
