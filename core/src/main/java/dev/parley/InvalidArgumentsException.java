package dev.parley;

import org.jspecify.annotations.Nullable;

/** The arguments do not fit the method: too few, too many, an unknown name, or a value of the wrong type. */
public final class InvalidArgumentsException extends RpcException {
    /** With a message. */
    public InvalidArgumentsException(String message) {
        super(message);
    }

    /** With a message and what led to it. */
    public InvalidArgumentsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
