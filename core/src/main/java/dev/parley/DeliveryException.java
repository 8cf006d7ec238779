package dev.parley;

import org.jspecify.annotations.Nullable;

/** The broker did not take the message, or had nowhere to route it: no server got the call. */
public final class DeliveryException extends RpcException {
    /** With a message. */
    public DeliveryException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public DeliveryException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
