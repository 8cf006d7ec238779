package dev.parley;

import org.jspecify.annotations.Nullable;

/** A value cannot be encoded, or a received value cannot be decoded as the requested type. */
public final class SerializationException extends RpcException {
    /** With a message. */
    public SerializationException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public SerializationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public SerializationException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
