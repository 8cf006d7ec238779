package dev.parley;

import org.jspecify.annotations.Nullable;

/** The arguments do not fit the method: too few, too many, an unknown name, or a value of the wrong type. */
public final class InvalidArgumentsException extends RpcException {
    /** With a message. */
    public InvalidArgumentsException(String message) {
        super(message);
    }

    /** With a message and its cause. */
    public InvalidArgumentsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** As a peer reported it, with the peer's own code and data, if there are any. */
    public InvalidArgumentsException(String message, @Nullable Integer code, @Nullable Object data) {
        super(message, code, data);
    }
}
