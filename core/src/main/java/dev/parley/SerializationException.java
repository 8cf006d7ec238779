package dev.parley;

import org.jspecify.annotations.Nullable;

/** A value cannot be written to the wire, or a received one cannot be read as the type asked for. */
public final class SerializationException extends RpcException {
    /** With a message. */
    public SerializationException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public SerializationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
